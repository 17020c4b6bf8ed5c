"""Staff with some permissions, and their browsers."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q
from django.test import Client


def staff(name: str, *permissions: str) -> Any:
    """One of the staff, with these permissions (`app.codename`) and no other."""
    user = get_user_model().objects.create_user(name, password=f"pw-{name}", is_staff=True)
    permit(user, *permissions)
    return user


def permit(user: Any, *permissions: str) -> None:
    """Give somebody these permissions, too."""
    wanted = Q(pk__in=())
    for permission in permissions:
        app, _, codename = permission.partition(".")
        wanted |= Q(content_type__app_label=app, codename=codename)
    found = Permission.objects.filter(wanted)
    assert len(found) == len(set(permissions)), permissions
    user.user_permissions.add(*found)


def browser(user: Any) -> Client:
    """Somebody's browser, logged in."""
    client = Client()
    client.force_login(user)
    return client
