"""The record of tool calls. Plain functions for the database threads.

A call is on record before it is made, so that nothing is done which nobody can find.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone, translation

from ...models import ToolCall
from ...toolbox import Tool
from ..runs.context import ChatContext, work_of

WAITS = datetime.timedelta(hours=1)  # for its user's word
LONGEST_OUTCOME = 255
Status = ToolCall.Status


def acting_user(context: ChatContext) -> Any:
    """The user as the database has them now, rights included; None once they may not log in."""
    user = get_user_model()._default_manager.filter(pk=context.session.user_id).first()
    return user if user is not None and user.is_active else None


def may_use(user: Any, tool: Tool) -> bool:
    return user is not None and all(user.has_perm(entry) for entry in tool.permissions)


def usable(context: ChatContext, tools: list[Tool]) -> set[str]:
    """The names of the tools that the acting user may use."""
    user = acting_user(context)
    return {tool.name for tool in tools if may_use(user, tool)}


def record(
    context: ChatContext,
    thread_id: str,
    tool: Tool,
    arguments: dict[str, Any],
    status: str,
    **fields: Any,
) -> ToolCall:
    """Put a call on record."""
    work_of(context).flush()  # its run and its thread may not be in the database yet
    call: ToolCall = ToolCall.objects.create(
        thread_id=thread_id,
        run_id=context.run_id or None,
        user_id=context.session.user_id,
        tool=tool.name,
        arguments=tool.mask(arguments),
        status=status,
        **fields,
    )
    return call


def end(call_id: str, status: str, outcome: str) -> None:
    """What came of a call."""
    ToolCall.objects.filter(pk=call_id).update(
        status=status,
        held=None,
        outcome=outcome.replace("\x00", "")[:LONGEST_OUTCOME],
        ended_at=timezone.now(),
    )


def take(
    context: ChatContext, call_id: str, thread_id: str, item_id: str, confirmed: bool
) -> tuple[ToolCall | None, Any]:
    """A waiting call of this user in this thread, by the card that asked, for one time only:
    (call, its arguments). (None, None) where there is none, or none any more."""
    call = (
        ToolCall.objects.for_session(context.session)
        .filter(
            pk=call_id,
            user_id=context.session.user_id,
            thread_id=thread_id,
            item_id=item_id,
            status=Status.WAITING,
        )
        .first()
    )
    if call is None:
        return None, None
    held = call.held
    expired = call.created_at < timezone.now() - WAITS
    if expired:
        call.status = Status.EXPIRED
    else:
        call.status = Status.RUNNING if confirmed else Status.CANCELLED
    taken = ToolCall.objects.filter(pk=call.pk, status=Status.WAITING).update(
        status=call.status,
        held=None,
        ended_at=None if call.status == Status.RUNNING else timezone.now(),
    )
    return (call, held) if taken else (None, None)


def in_language(context: ChatContext, function: Callable[..., Any], *args: Any, **kw: Any) -> Any:
    """Call as a request of the user would: a database thread has no language of its own."""
    with translation.override(context.language), timezone.override(context.time_zone):
        return function(*args, **kw)
