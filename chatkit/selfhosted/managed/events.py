"""The events of OpenAI's Agents API as plain dicts, read as hostile: any value may be missing or
of another type."""

from __future__ import annotations

import logging
from typing import Any

from ...fields import JsonObject

logger = logging.getLogger("chatkit.agents")

SESSION = "agent.session."
CREATED = "agent.session.created"
IDLE = "agent.session.idle"
FAILED = "agent.session.failed"
BUDGET = "agent.session.budget_reached"
REQUIRES_ACTION = "agent.session.requires_action"
TURN_CREATED = "agent.session.turn.created"
TURN_COMPLETED = "agent.session.turn.completed"
TURN_FAILED = "agent.session.turn.failed"
TURN_CANCELLED = "agent.session.turn.cancelled"
TURN_ENDS = (TURN_COMPLETED, TURN_FAILED, TURN_CANCELLED)
ITEM_ADDED = "agent.session.turn.item.added"
ITEM_DONE = "agent.session.turn.item.done"
TEXT_DELTA = "agent.session.turn.output_text.delta"
TEXT_DONE = "agent.session.turn.output_text.done"
THOUGHT_DELTA = "agent.session.turn.reasoning_summary_text.delta"
THOUGHT_DONE = "agent.session.turn.reasoning_summary_text.done"
ERROR = "error"
# Ours, never of the API: the stream was cut; an item as it was read again afterwards; the site's
# functions have been answered.
CUT = "chatkit.cut"
ITEM_READ = "chatkit.item.read"
ANSWERED = "chatkit.answered"
# Those that change nothing that is shown.
QUIET = frozenset(
    (
        "agent.session.in_progress",
        "agent.session.turn.in_progress",
        "agent.session.turn.content_part.added",
        "agent.session.turn.content_part.done",
        "agent.session.turn.reasoning_summary_part.added",
        "agent.session.turn.reasoning_summary_part.done",
        "agent.session.environment.ready",
        "agent.session.environment.suspended",
        "agent.session.environment.expired",
        "agent.session.environment.reset",
        "agent.session.environment.pending",
        "agent.session.environment.connected",
        "agent.session.environment.disconnected",
        "agent.session.environment.failed",
        "agent.session.subagent.created",
        "agent.session.subagent.active",
        "agent.session.subagent.closed",
        "agent.output.command_execution_output.delta",
    )
)
KNOWN = QUIET | {
    CREATED,
    IDLE,
    FAILED,
    BUDGET,
    REQUIRES_ACTION,
    TURN_CREATED,
    *TURN_ENDS,
    ITEM_ADDED,
    ITEM_DONE,
    TEXT_DELTA,
    TEXT_DONE,
    THOUGHT_DELTA,
    THOUGHT_DONE,
    ERROR,
}
LONGEST_NAME = 80  # characters of an unknown type in the log
MOST_NAMES = 100

_told: set[str] = set()


def plain(model: object) -> JsonObject:
    """A model of the package as a dict; {} for what is none."""
    if isinstance(model, dict):
        return model
    try:
        found: Any = model.to_dict(warnings=False)  # type: ignore[attr-defined]
    except Exception:
        return {}
    return found if isinstance(found, dict) else {}


def text(holder: object, *names: str) -> str:
    """A text at this place, each name one level deeper; "" where there is none."""
    found = at(holder, *names)
    return found if isinstance(found, str) else ""


def at(holder: object, *names: str) -> Any:
    found: Any = holder
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def dicts(holder: object, *names: str) -> list[JsonObject]:
    """The objects of a list at this place."""
    found = at(holder, *names)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def number(holder: object, *names: str) -> int | None:
    found = at(holder, *names)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def tell_unknown(what: str, name: str) -> None:
    """Log, once for each in this process, what of the API this version does not know."""
    name = "".join(c if c.isascii() and c.isprintable() else "?" for c in name[:LONGEST_NAME])
    key = f"{what} {name}"
    if key not in _told and len(_told) < MOST_NAMES:
        _told.add(key)
        logger.warning(
            "OpenAI's Agents API sent an unknown %s, %r: nothing is shown of it.", what, name
        )
