"""Joins characters that some models split between two deltas."""

from __future__ import annotations

from collections.abc import AsyncIterator

from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WidgetStreamingTextValueDelta,
)

from .records import join_halves

DELTAS = (AssistantMessageContentPartTextDelta, WidgetStreamingTextValueDelta)


async def whole_characters(
    stream: AsyncIterator[ThreadStreamEvent],
) -> AsyncIterator[ThreadStreamEvent]:
    """The same events, with the first half of a character (a UTF-16 high surrogate) moved from
    the end of a delta to the beginning of the next of its text. A half whose other half never
    comes is sent as it is, before the next event."""
    held: ThreadStreamEvent | None = None  # an update whose delta is half a character
    try:
        async for event in stream:
            if held is not None:
                if _place(event) == _place(held):
                    event = _with_delta(event, _delta(held) + _delta(event))
                else:
                    yield held
                held = None
            text = _delta(event)
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


def _place(event: ThreadStreamEvent) -> tuple[str, object] | None:
    """Which text a delta belongs to; None for any other event."""
    if isinstance(event, ThreadItemUpdatedEvent):
        if isinstance(event.update, AssistantMessageContentPartTextDelta):
            return event.item_id, event.update.content_index
        if isinstance(event.update, WidgetStreamingTextValueDelta):
            return event.item_id, event.update.component_id
    return None


def _delta(event: ThreadStreamEvent) -> str:
    """The text that a delta adds; "" for any other event."""
    if isinstance(event, ThreadItemUpdatedEvent) and isinstance(event.update, DELTAS):
        return event.update.delta
    return ""


def _with_delta(event: ThreadStreamEvent, delta: str) -> ThreadItemUpdatedEvent:
    assert isinstance(event, ThreadItemUpdatedEvent)
    update = event.update.model_copy(update={"delta": join_halves(delta)})
    return event.model_copy(update={"update": update})
