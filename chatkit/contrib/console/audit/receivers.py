"""What comes into the log."""

from __future__ import annotations

from typing import Any

from chatkit import access
from chatkit.managers import is_visitor
from chatkit.signals import conversations_read, row_changed

from ..changes import record
from .models import Reading


def connect() -> None:
    conversations_read.connect(_read, dispatch_uid="chatkit_console.read")
    row_changed.connect(_changed, dispatch_uid="chatkit_console.changed")


def _read(
    user: Any, action: str, thread: Any = None, person: Any = None, what: str = "", **kwargs: Any
) -> None:
    Reading.objects.create(
        user=None if is_visitor(user) else user,
        user_name=access.login_name(user)[:150] if user else "",
        action=action,
        person=None if is_visitor(person) else person,
        thread_id=thread.pk if thread else "",
        what=what[:32],
    )


def _changed(
    user: Any,
    row: Any,
    before: dict[str, Any],
    after: dict[str, Any],
    name: str = "",
    **kwargs: Any,
) -> None:
    record(user, row, before, after, name)
