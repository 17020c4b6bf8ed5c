"""Who may chat. The site's own rule is the dotted path in CHATKIT["ACCESS"]."""

from __future__ import annotations

from typing import Any

from django.utils.module_loading import import_string

from . import conf


def active_users(user: Any, workflow_id: str) -> bool:
    """The default rule: every logged-in, active user may use every workflow."""
    return bool(user.is_authenticated and user.is_active)


def allowed(user: Any, workflow_id: str) -> bool:
    """Whether `user` may use `workflow_id` ("" where the request names no known workflow)."""
    if not (user.is_authenticated and user.is_active):
        return False
    rule = import_string(conf.get("ACCESS"))
    return bool(rule(user, workflow_id))
