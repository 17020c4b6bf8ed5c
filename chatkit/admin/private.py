"""Which fields of our rows are private, for every list, search, filter, page and label.

A row's `__str__` names no private field either: Django puts it into histories and onto the page
that asks before a user is deleted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.http import HttpRequest

from .. import access
from ..models import (
    Attachment,
    Feedback,
    Run,
    RunEvent,
    Session,
    Thread,
    ThreadItem,
    ToolCall,
    Visitor,
)

READ_PERMISSION = "chatkit.read_conversation"
# What users, assistants and tools wrote: shown to those who may read conversations.
WORDS: dict[type[models.Model], frozenset[str]] = {
    Thread: frozenset({"title", "last_line", "status", "allowed_image_domains", "metadata"}),
    ThreadItem: frozenset({"payload", "follow_ups"}),
    Attachment: frozenset({"name", "payload", "text"}),
    Feedback: frozenset({"comment"}),
    Run: frozenset({"searched", "named"}),
    RunEvent: frozenset({"data"}),
    ToolCall: frozenset({"arguments", "outcome"}),
}
# Never shown.
SECRETS: dict[type[models.Model], frozenset[str]] = {
    Session: frozenset({"auth_hash"}),
    Visitor: frozenset({"key_hash", "next_hash", "former_hash"}),
    Thread: frozenset({"title_words"}),
    ThreadItem: frozenset({"words"}),
    ToolCall: frozenset({"held"}),
}
Column = TypeVar("Column", bound=Callable[..., Any])


def may_read(request: HttpRequest) -> bool:
    """Whether the request's user may read what people wrote."""
    return access.has_perm(request.user, READ_PERMISSION)


def shows(*fields: str) -> Callable[[Column], Column]:
    """Mark a method of an admin as showing these fields of its row: it is hidden with them."""

    def mark(method: Column) -> Column:
        method.shows = fields  # type: ignore[attr-defined]
        return method

    return mark


def hidden(
    model: type[models.Model], request: HttpRequest, row: models.Model | None = None
) -> frozenset[str]:
    """The fields of `model`, or of this row of it, that the request's user may not see."""
    readable = may_read(request) and not is_deleted(row)
    words = frozenset() if readable else WORDS.get(model, frozenset())
    return words | SECRETS.get(model, frozenset())


def is_deleted(row: models.Model | None) -> bool:
    """Whether it is of a conversation that its person has deleted, and that is not gone yet."""
    thread = row if isinstance(row, Thread) else getattr(row, "thread", None)
    return isinstance(thread, Thread) and thread.deleted_at is not None


def without_hidden(
    admin: Any, names: Iterable[Any], request: HttpRequest, row: models.Model | None = None
) -> list[Any]:
    """Those of an admin's columns or fields (which may stand in groups) that may be shown, of a
    row where it is given."""
    shown: list[Any] = []
    for name in names:
        if isinstance(name, list | tuple):
            if group := without_hidden(admin, name, request, row):
                shown.append(tuple(group))
        elif not hidden(admin.model, request, row).intersection(_fields_of(admin, name)):
            shown.append(name)
    return shown


def _fields_of(admin: Any, name: Any) -> tuple[str, ...]:
    method = name if callable(name) else getattr(admin, name, None)
    return getattr(method, "shows", ()) or (str(name),)


def reaches_hidden(model: type[models.Model], lookup: str, request: HttpRequest) -> bool:
    """Whether `lookup` (`name__startswith`, `thread__title`) compares a field that is hidden.

    With such a comparison a value can be guessed letter by letter.
    """
    for part in lookup.split("__"):
        try:
            field: Any = model._meta.get_field(part)
        except FieldDoesNotExist:  # `pk`, or a lookup of the field before
            return False
        if field.name in hidden(field.model, request):
            return True
        if not getattr(field, "path_infos", None):
            return False
        model = field.path_infos[-1].to_opts.model
    return False
