"""What every template of the site may read."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest

from chatkit.access import DEMO_NAMES

THEMES = ("light", "dark", "system")


def chosen_theme(request: HttpRequest) -> str:
    """The colour scheme that the user chose: "light", "dark", or "system" for none."""
    theme = request.COOKIES.get("theme", "")
    return theme if theme in THEMES else "system"


def site(request: HttpRequest) -> dict[str, object]:
    """`theme`, which is written into the page so that it does not first show the other colours,
    `demo_logins`: pairs of user name and password, only in development, and `may_reset`: whether
    the site sends links to who forgot a password.
    """
    return {
        "theme": chosen_theme(request),
        "may_reset": settings.PASSWORD_RESET,
        "demo_logins": [(name, name) for name in DEMO_NAMES] if settings.DEBUG else [],
    }
