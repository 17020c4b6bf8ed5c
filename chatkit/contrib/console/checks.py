"""System checks of the console."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse


@register("chatkit_console")
def check_admin(**kwargs: Any) -> list[CheckMessage]:
    """E001: readings are logged in the admin's log, and raw rows stand there."""
    if apps.is_installed("django.contrib.admin"):
        return []
    return [
        Error(
            "The console needs Django's admin.",
            hint='Add "django.contrib.admin" to INSTALLED_APPS.',
            id="chatkit_console.E001",
        )
    ]


@register("chatkit_console")
def check_urls(**kwargs: Any) -> list[CheckMessage]:
    """E002: the console's addresses are not part of the site."""
    try:
        reverse("chatkit_console:overview")
    except NoReverseMatch:
        return [
            Error(
                "The site does not include chatkit.contrib.console.urls.",
                hint='Add path("", include("chatkit.contrib.console.urls")) to the URLconf.',
                id="chatkit_console.E002",
            )
        ]
    except Exception:  # a URLconf that fails is reported by Django's own checks
        return []
    return []
