"""Carries out Confirm and Cancel: once, only for the call's user, with the arguments shown."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from pydantic import BaseModel, ValidationError

from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.types import ThreadItemReplacedEvent, ThreadStreamEvent, WidgetItem

from ...fields import JsonObject
from ...models import ToolCall
from ...toolbox import Tool, tools_of
from ..runs.process import current
from . import confirmation, tool_calls, tools
from .messages import say

logger = logging.getLogger("chatkit.tools")

Status = ToolCall.Status


@dataclass
class NotDone(Exception):
    """A confirmed call that can't be made: its outcome for the record, and a text for the user."""

    status: str
    outcome: str
    said: str = ""


async def decide(
    answer: tools.AnswerState, action: Action[str, Any], sender: WidgetItem | None
) -> AsyncIterator[ThreadStreamEvent]:
    """Run or drop the call that a card asked about. The button sends its id only."""
    row, held = await take(answer, action, sender, action.type == confirmation.CONFIRM)
    if row is None or sender is None:
        raise CustomStreamError(_("This has been decided already."))
    if row.status != Status.RUNNING:
        yield replaced(sender, row.status)
        return
    begun = False
    try:
        try:
            tool, parsed, user = await _ready(answer, row, held)
        except NotDone as reason:
            await tools.end(row, reason.status, reason.outcome)
            yield replaced(sender, reason.status)
            said = reason.said
        else:
            yield replaced(sender, Status.RUNNING)
            begun = True
            done, value = await tools.run(answer, tool, parsed, user, row)
            if not done:
                yield replaced(sender, Status.FAILED)
            said = value if isinstance(value, str) and value.strip() else _("Done.")
    except BaseException as error:  # the answer was stopped, or this generator was closed
        tools.stop(row)
        if isinstance(error, asyncio.CancelledError):
            caption = _("Stopped: it may or may not have been done.") if begun else ""
            yield replaced(sender, Status.FAILED, caption)
        raise
    if said:
        for event in say(answer.thread, said, answer.store, answer.context):
            yield event


async def take(
    answer: tools.AnswerState, action: Action[str, Any], sender: WidgetItem | None, confirmed: bool
) -> tool_calls.Taken:
    """Take the call that the card asked about, which can be done once."""
    if sender is None:
        return None, None
    payload = action.payload if isinstance(action.payload, dict) else {}
    database = current().database
    future = database.submit(
        tool_calls.take,
        answer.context,
        str(payload.get("call")),
        answer.thread.id,
        sender.id,
        confirmed,
    )
    try:
        return await tools.settled(future)
    except asyncio.CancelledError:
        database.submit(tool_calls.stop_taken, future)
        raise


async def _ready(
    answer: tools.AnswerState, row: ToolCall, held: JsonObject | None
) -> tuple[Tool, BaseModel, Any]:
    """The tool as it is now, its arguments and who acts; NotDone."""
    tool = tools_of(answer.context.session.workflow_id).get(row.tool)
    if tool is None:
        raise NotDone(Status.FAILED, "no such tool", _changed())
    try:
        parsed = tools.arguments_of(tool).model_validate(held)
        user = await current().database.run(tool_calls.acting_user, answer.context)
        allowed = await answer.context.database(tool_calls.may_use, user, tool)
    except ValidationError as error:
        raise NotDone(Status.FAILED, tools.unfit(error), _changed()) from None
    except Exception as error:
        logger.exception("The tool %s can't be used: call %s", row.tool, row.pk)
        raise NotDone(Status.FAILED, type(error).__name__, _("That did not work.")) from None
    if not allowed:
        raise NotDone(Status.REFUSED, "permission")
    return tool, parsed, user


def _changed() -> str:
    return _("This has changed on the site since you were asked, so it was not done. Ask again.")


def replaced(sender: WidgetItem, status: str, caption: str = "") -> ThreadItemReplacedEvent:
    return ThreadItemReplacedEvent(item=confirmation.decided(sender, status, caption))
