"""System checks of the console."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register

from chatkit.checks.included import missing_urls


def has_admin() -> bool:
    """Whether Django's admin is there. Most of the console can't be loaded without it: such a site
    has the check below of it, and no pages."""
    return apps.is_installed("django.contrib.admin")


@register("chatkit_console")
def check_admin(**kwargs: Any) -> list[CheckMessage]:
    """E001: readings are logged in the admin's log, and raw rows stand there."""
    if has_admin():
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
    if not has_admin():
        return []  # it has no addresses then
    urls = "chatkit.contrib.console.urls"
    return missing_urls("chatkit_console:overview", urls, "chatkit_console.E002")
