"""Joins characters that some models split between two deltas."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    WidgetStreamingTextValueDelta,
)

from .records import join_halves


async def whole_characters(stream: AsyncIterator[Any]) -> AsyncIterator[Any]:
    """The same events, with the first half of a character (a UTF-16 high surrogate) moved from
    the end of a delta to the beginning of the next of its text. One that never gets its other
    half is sent as it is, before whatever else comes."""
    held: Any = None  # an update whose delta is the first half of a character
    try:
        async for event in stream:
            if held is not None:
                if _place(event) == _place(held):
                    event = _with_delta(event, held.update.delta + event.update.delta)
                else:
                    yield held
                held = None
            text = event.update.delta if _place(event) is not None else ""
            if text and "\ud800" <= text[-1] <= "\udbff":
                held = _with_delta(event, text[-1])
                if len(text) == 1:
                    continue
                event = _with_delta(event, text[:-1])
            yield event
    except Exception:
        if held is not None:
            yield held
        raise
    if held is not None:
        yield held


def _place(event: Any) -> tuple[str, object] | None:
    """Which text a delta belongs to; None for any other event."""
    update = getattr(event, "update", None)
    if isinstance(update, AssistantMessageContentPartTextDelta):
        return event.item_id, update.content_index
    if isinstance(update, WidgetStreamingTextValueDelta):
        return event.item_id, update.component_id
    return None


def _with_delta(event: Any, delta: str) -> Any:
    update = event.update.model_copy(update={"delta": join_halves(delta)})
    return event.model_copy(update={"update": update})
