"""System checks of the console."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from chatkit.checks.included import missing_urls


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
    urls = "chatkit.contrib.console.urls"
    return missing_urls("chatkit_console:overview", urls, "chatkit_console.E002")
