"""The records of tool calls. Plain functions for the database workers.

A call is recorded before it is made, so that nothing is done without a record, and every record
gets an outcome.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

from django.contrib.auth import get_user_model
from django.db import DatabaseError, transaction
from django.utils import timezone, translation

from ... import access
from ...fields import JsonObject, without_emoji
from ...managers import is_visitor
from ...models import ToolCall, Visitor
from ...toolbox import Tool
from ..runs.context import ChatContext, work_of

LONGEST_OUTCOME = 255
T = TypeVar("T")
Taken = tuple[ToolCall | None, JsonObject | None]
Status = ToolCall.Status


def acting_user(context: ChatContext) -> Any:
    """The user as the database has them now, rights included, or the visitor; None once they may
    not go on."""
    session = context.session
    people: Any = Visitor if session.user_id is None else get_user_model()
    user = people._default_manager.filter(pk=session.person_pk).first()
    return user if access.is_active(user) else None


def may_use(user: Any, tool: Tool) -> bool:
    """A visitor only what says that it is for visitors, too: tools were written for users."""
    if user is None or (is_visitor(user) and not tool.visitors):
        return False
    return all(access.has_perm(user, entry) for entry in tool.permissions)


def usable(context: ChatContext, tools: list[Tool]) -> set[str]:
    """The names of the tools that the acting user may use."""
    user = acting_user(context)
    return {tool.name for tool in tools if may_use(user, tool)}


def readable(arguments: str) -> JsonObject:
    """Arguments that do not fit, for the record: none where they are no JSON object."""
    try:
        found = json.loads(arguments)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def record(
    context: ChatContext, thread_id: str, tool: Tool, arguments: JsonObject, call_id: str
) -> ToolCall:
    """Record a call, as running."""
    call = ToolCall(
        id=call_id,
        thread_id=thread_id,
        run_id=context.run_id or None,
        **context.session.owned_by,
        tool=tool.name,
        arguments={} if work_of(context).temporary else tool.mask(arguments),
        status=Status.RUNNING,
    )
    work = work_of(context)
    if not work.trial:
        work.flush()  # its run and its thread may not be in the database yet
        call.save(force_insert=True)
    return call


def hold(call_id: str, arguments: JsonObject, item_id: str) -> None:
    """Let a call wait for confirmation, with the arguments that it is then made with."""
    # Unless it was stopped meanwhile.
    ToolCall.objects.filter(pk=call_id, status=Status.RUNNING).update(
        status=Status.WAITING, held=arguments, item_id=item_id
    )


def end(call_id: str, status: str, outcome: str) -> None:
    """Record the outcome of a call, also where the database can't store all of its characters."""
    outcome = outcome.replace("\x00", "").encode("utf-8", "replace").decode()[:LONGEST_OUTCOME]
    call = ToolCall.objects.filter(pk=call_id)
    if status == Status.DONE and call.filter(thread__temporary=True).exists():
        outcome = ""  # its words are kept in the conversation alone
    over: JsonObject = {"status": status, "held": None, "ended_at": timezone.now()}
    try:
        with transaction.atomic():
            call.update(outcome=outcome, **over)
    except DatabaseError:  # perhaps it can't hold the text
        call.update(outcome=without_emoji(outcome), **over)


def stop(call_id: str) -> None:
    """End a call whose answer was stopped, unless it has ended by itself."""
    ToolCall.objects.filter(pk=call_id, status__in=[Status.RUNNING, Status.WAITING]).update(
        status=Status.FAILED, held=None, outcome="stopped", ended_at=timezone.now()
    )


def stop_recorded(recorded: Future[ToolCall]) -> None:
    """Stop a call whose recording, by an earlier job, may not be over."""
    stop(recorded.result().pk)


def stop_taken(taken: Future[Taken]) -> None:
    """Stop a call whose taking, by an earlier job, may not be over."""
    call, _held = taken.result()
    if call is not None and call.status == Status.RUNNING:
        stop(call.pk)


def take(
    context: ChatContext, call_id: str, thread_id: str, item_id: str, confirmed: bool
) -> Taken:
    """Take a waiting call of this user in this thread, by the card that asked: (call, its
    arguments), once. A call that has waited too long is returned as expired. (None, None) where
    there is no such call, or it was taken."""
    call = (
        ToolCall.objects.for_session(context.session)
        .filter(
            pk=call_id,
            **context.session.owned_by,
            thread_id=thread_id,
            item_id=item_id,
            status__in=[Status.WAITING, Status.EXPIRED],
        )
        .first()
    )
    if call is None:
        return None, None
    held = call.held
    if call.current_status == Status.EXPIRED:
        status = Status.EXPIRED
    else:
        status = Status.RUNNING if confirmed else Status.CANCELLED
    if call.status == Status.WAITING:
        taken = ToolCall.objects.filter(pk=call.pk, status=Status.WAITING).update(
            status=status,
            held=None,
            ended_at=None if status == Status.RUNNING else timezone.now(),
        )
        if not taken:
            return None, None
    call.status = status
    return call, held


def in_language(context: ChatContext, function: Callable[..., T], *args: object, **kw: object) -> T:
    """Call in the user's language and time zone: a database worker has none of its own."""
    with translation.override(context.language), timezone.override(context.time_zone):
        return function(*args, **kw)
