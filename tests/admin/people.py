"""Staff with some permissions of the app."""

from __future__ import annotations

from django.test import Client

from tests import people


def staff(*permissions: str) -> Client:
    """Logged in as `staff`, with these permissions of the app."""
    return people.browser(people.staff("staff", *(f"chatkit.{name}" for name in permissions)))
