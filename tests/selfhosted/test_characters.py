"""A character that came in two deltas is sent, and stored, whole."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatkit.selfhosted.characters import whole_characters
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    ProgressUpdateEvent,
    ThreadItemUpdatedEvent,
)

HIGH, LOW, WHOLE = "\ud83d", "\ude00", "\U0001f600"


def delta(text: str, part: int = 0) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=part, delta=text)
    return ThreadItemUpdatedEvent(item_id="msg_1", update=update)


def told(*given: Any) -> list[Any]:
    async def source() -> AsyncIterator[Any]:
        for event in given:
            if isinstance(event, Exception):
                raise event
            yield event

    found: list[Any] = []

    async def run() -> None:
        try:
            async for event in whole_characters(source()):
                found.append(getattr(getattr(event, "update", None), "delta", event))
        except ValueError:
            found.append("failed")

    asyncio.run(run())
    return found


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ([HIGH, LOW], [WHOLE]),
        (["a" + HIGH, LOW + "b"], ["a", WHOLE + "b"]),
        ([HIGH, LOW + HIGH, LOW], [WHOLE, WHOLE]),
        (["a", "b"], ["a", "b"]),
        ([HIGH, "x"], [HIGH + "x"]),
        ([HIGH], [HIGH]),
    ],
)
def test_halves_are_joined(parts: list[str], expected: list[str]) -> None:
    assert told(*map(delta, parts)) == expected


def test_what_waits_comes_before_other_events() -> None:
    event = ProgressUpdateEvent(text="Working")
    assert told(delta(HIGH), event, delta(LOW)) == [HIGH, event, LOW]
    assert told(delta(HIGH), delta(LOW, part=1)) == [HIGH, LOW]


def test_what_waits_is_shown_before_a_failure() -> None:
    assert told(delta("a" + HIGH), ValueError()) == ["a", HIGH, "failed"]
