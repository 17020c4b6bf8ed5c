"""What a press of Confirm or Cancel does: once, for its user, with what the card showed."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from django.utils.translation import gettext as _

from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.types import ThreadItemReplacedEvent, ThreadStreamEvent, WidgetItem

from ...models import ToolCall
from ...toolbox import Tool, all_tools
from ..runs.process import current
from . import confirmation, tool_calls, tools
from .messages import say

Status = ToolCall.Status


async def decide(
    answer: tools.AnswerState, action: Action[str, Any], sender: WidgetItem | None
) -> AsyncIterator[ThreadStreamEvent]:
    """Run or drop the call that a card asked about. The button brings its id and no more."""
    payload = action.payload if isinstance(action.payload, dict) else {}
    row, held = None, None
    if sender is not None:
        row, held = await current().database.run(
            tool_calls.take,
            answer.context,
            str(payload.get("call")),
            answer.thread.id,
            sender.id,
            action.type == confirmation.CONFIRM,
        )
    if row is None or sender is None:
        raise CustomStreamError(_("This has been decided already."))
    tool = all_tools().get(row.tool)
    if tool is None:  # declared no more
        await current().database.run(tool_calls.end, row.pk, Status.FAILED, "no such tool")
        raise CustomStreamError(_("This button does nothing here."))
    if row.status != Status.RUNNING:
        yield _replaced(sender, row, tool)
        return
    user = await current().database.run(tool_calls.acting_user, answer.context)
    if not await answer.context.database(tool_calls.may_use, user, tool):
        await current().database.run(tool_calls.end, row.pk, Status.REFUSED, "permission")
        row.status = Status.REFUSED
        yield _replaced(sender, row, tool)
        return
    yield _replaced(sender, row, tool)
    parsed = tools.arguments_of(tool).model_validate(held)
    done, value = await tools.run(answer, tool, parsed, user, row)
    if not done:
        row.status = Status.FAILED
        yield _replaced(sender, row, tool)
    text = value if isinstance(value, str) and value.strip() else _("Done.")
    for event in say(answer.thread, text, answer.store, answer.context):
        yield event


def _replaced(sender: WidgetItem, row: ToolCall, tool: Tool) -> ThreadItemReplacedEvent:
    return ThreadItemReplacedEvent(item=confirmation.decided(sender, row, tool))
