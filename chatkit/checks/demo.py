"""Check of the demo users: they are for development."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning
from django.db import DEFAULT_DB_ALIAS

from .. import access
from .page import register


@register("chatkit", Tags.database)
def check_demo_users(databases: Sequence[str]) -> list[CheckMessage]:
    """W053: DEBUG is off, and a demo user has the password that everybody knows."""
    if settings.DEBUG or DEFAULT_DB_ALIAS not in databases:
        return []
    try:
        names = [access.login_name(user) for user in access.demo_users()]
    except Exception:  # the tables are not there yet, which Django says
        return []
    if not names:
        return []
    return [
        Warning(
            f"DEBUG is off, and everybody knows the passwords of these users: {', '.join(names)}. "
            "chatkit_demo made them while it was on.",
            hint="Delete them, or give each a password with `manage.py changepassword`.",
            id="chatkit.W053",
        )
    ]
