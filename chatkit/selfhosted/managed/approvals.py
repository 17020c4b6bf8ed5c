"""The card that asks before an agent calls a tool of an MCP server, or opens a site.

The question is on record like a call of the site's own tools: for its user alone, decided once, and
expired after a while. Until it is decided, the turn waits at OpenAI.
"""

from __future__ import annotations

import asyncio
import contextvars
import json

from django.utils.translation import gettext as _

from chatkit.types import ThreadItemDoneEvent, ThreadStreamEvent

from ...fields import JsonObject
from ...models import new_tool_call_id
from ...toolbox import LONGEST_VALUE, Tool
from ..assistant import confirmation, tool_calls, tools
from ..records import clean
from ..runs.process import current
from . import events
from .steps import title_of

APPROVE = "chatkit.agent.approve"
DENY = "chatkit.agent.deny"
ACTIONS = (APPROVE, DENY)
MCP = "mcp_approval_request"
COMPUTER = "computer_use_approval_request"
ORIGIN = "browser_origin_access"
RESULTS = {
    MCP: "agent.session.input.mcp_approval_request_result",
    COMPUTER: "agent.session.input.computer_use_approval_request_result",
}


def is_question(action: JsonObject) -> bool:
    """Whether its user decides it by a card."""
    kind = events.text(action, "type")
    return kind == MCP or (kind == COMPUTER and events.text(action, "request", "type") == ORIGIN)


async def ask(
    answer: tools.AnswerState, action: JsonObject, session_id: str, turn_id: str
) -> ThreadStreamEvent:
    """Record the question, and show its card."""
    request = events.at(action, "request")
    is_mcp = events.text(action, "type") == MCP
    if is_mcp:
        label = title_of(request)
        name = f"{events.text(request, 'server_label')}.{events.text(request, 'name')}"
        given = _arguments(events.at(request, "arguments"))
        said = events.text(request, "message")
    else:
        label, name = _("Open a web site"), ORIGIN
        given = {"origin": events.text(request, "origin")}
        said = f"{events.text(request, 'origin')}\n{events.text(request, 'reason')}"
    tool = Tool(name=_column(name), function=_nothing, description="")
    held: JsonObject = {
        "type": events.text(action, "type"),
        "request_id": events.text(action, "request_id"),
        "kind": "mcp_tool_call" if is_mcp else ORIGIN,
        "session_id": session_id,
        "turn_id": events.text(action, "turn_id") or turn_id,
    }
    database = current().database
    row = await tools.settled(
        database.submit(
            tool_calls.record, answer.context, answer.thread.id, tool, given, new_tool_call_id()
        )
    )
    item_id = answer.store.generate_item_id("message", answer.thread, answer.context)
    await database.run(tool_calls.hold, row.pk, held, item_id)
    asyncio.get_running_loop().call_later(
        tools.WAITS.total_seconds() + 1, tools.close_left, context=contextvars.Context()
    )
    # What is to be done stands in the arguments: the message is the server's own word for it.
    masked = tool.mask(given)
    shown = _shown(masked) if is_mcp else ""
    lines = "\n".join(filter(None, (said[: 4 * LONGEST_VALUE], shown)))
    card = confirmation.card(answer.thread.id, item_id, row, label, lines, masked, ACTIONS)
    return ThreadItemDoneEvent(item=card)


def decision(held: JsonObject, *, approved: bool) -> JsonObject:
    """The input that tells the API what its user has decided."""
    kind = events.text(held, "type")
    return {
        "type": RESULTS.get(kind, RESULTS[MCP]),
        "request_id": events.text(held, "request_id"),
        "response": {
            "decision": "approve" if approved else "deny",
            "type": events.text(held, "kind"),
        },
    }


def declined(action: JsonObject) -> JsonObject | None:
    """The input that cancels a request for a login elsewhere: nobody is asked here for passwords of
    other sites. None for other actions."""
    if events.text(action, "request", "type") != "browser_authentication":
        return None
    return {
        "type": RESULTS[COMPUTER],
        "request_id": events.text(action, "request_id"),
        "response": {"action": "cancel", "type": "browser_authentication"},
    }


def _arguments(given: object) -> JsonObject:
    if isinstance(given, str):
        try:
            given = json.loads(given)
        except (ValueError, RecursionError):
            return {"arguments": given}
    found: JsonObject = clean(given) if isinstance(given, dict) else {}
    return found


def _shown(masked: JsonObject) -> str:
    return "\n".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in masked.items()
    )


def _column(name: str) -> str:
    return "".join(c for c in str(clean(name)) if c.isprintable())[:64]


def _nothing(_context: object) -> None:
    """An agent's own tool is not called here."""
