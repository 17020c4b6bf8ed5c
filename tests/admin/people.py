"""Staff with some permissions."""

from __future__ import annotations

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import Client


def staff(*permissions: str) -> Client:
    """Logged in as `staff`, with these permissions of the app."""
    user = get_user_model().objects.create_user("staff", password="pw", is_staff=True)
    for codename in permissions:
        user.user_permissions.add(
            Permission.objects.get(codename=codename, content_type__app_label="chatkit")
        )
    client = Client()
    client.force_login(user)
    return client
