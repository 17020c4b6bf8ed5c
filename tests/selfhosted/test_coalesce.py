"""Deltas that come without a pause are one event; nothing else changes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatkit.selfhosted.coalesce import LONGEST, merge_deltas
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    ProgressUpdateEvent,
    ThreadItemUpdatedEvent,
)


def delta(text: str, item: str = "msg_1", part: int = 0) -> ThreadItemUpdatedEvent:
    update = AssistantMessageContentPartTextDelta(content_index=part, delta=text)
    return ThreadItemUpdatedEvent(item_id=item, update=update)


PAUSE = object()


def merged(*steps: Any) -> list[Any]:
    """What comes out: texts of deltas, other events as they are."""

    async def source() -> AsyncIterator[Any]:
        for step in steps:
            if step is PAUSE:
                await asyncio.sleep(0)
            elif isinstance(step, BaseException):
                raise step
            else:
                yield step

    found: list[Any] = []

    async def run() -> None:
        try:
            async for event in merge_deltas(source()):
                found.append(getattr(getattr(event, "update", None), "delta", event))
        except (ValueError, asyncio.CancelledError) as error:
            found.append(type(error))

    asyncio.run(run())
    return found


def test_neighbours_are_one() -> None:
    assert merged(delta("a"), delta("b"), delta("c")) == ["abc"]


def test_a_pause_shows_what_there_is() -> None:
    assert merged(delta("a"), delta("b"), PAUSE, delta("c")) == ["ab", "c"]


@pytest.mark.parametrize("other", [delta("b", item="msg_2"), delta("b", part=1)])
def test_another_part_is_another_event(other: Any) -> None:
    assert merged(delta("a"), other, delta("c")) == ["a", "b", "c"]


def test_other_events_keep_their_place() -> None:
    event = ProgressUpdateEvent(text="Working")
    assert merged(delta("a"), delta("b"), event, delta("c")) == ["ab", event, "c"]


@pytest.mark.parametrize("error", [ValueError("no"), asyncio.CancelledError()])
def test_what_came_before_an_error_is_shown_first(error: BaseException) -> None:
    assert merged(delta("a"), delta("b"), error) == ["ab", type(error)]


def test_a_stream_that_never_pauses_still_shows_progress() -> None:
    texts = merged(*(delta("x" * 100) for _ in range(LONGEST // 50)))
    assert len(texts) > 1
    assert "".join(texts) == "x" * 2 * LONGEST


def test_nothing_gives_nothing() -> None:
    assert merged() == []


def test_a_cancellation_reaches_who_waits_inside() -> None:
    reached: list[str] = []

    async def source() -> AsyncIterator[Any]:
        yield delta("a")
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            reached.append("inside")
            raise

    async def run() -> None:
        first = asyncio.Event()

        async def read() -> None:
            async for _event in merge_deltas(source()):
                first.set()

        task = asyncio.create_task(read())
        await first.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(run())
    assert reached == ["inside"]
