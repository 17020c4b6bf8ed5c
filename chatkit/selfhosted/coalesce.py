"""Merges text deltas that arrive without a pause between them.

A model's answer often arrives in bursts. Each event takes time in the SDK, in the run and on the
wire; merged, they look the same to the reader, since a burst is drawn at once.
Measured with 100 deltas at once: without it the engine takes a quarter more processor time for
an answer (3.3 instead of 2.6 ms), even where the frames are joined afterwards.
"""

from __future__ import annotations

import asyncio
import types
from collections.abc import AsyncIterator, Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any, TypeGuard

from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)

if TYPE_CHECKING:

    class TextDeltaEvent(ThreadItemUpdatedEvent):
        update: AssistantMessageContentPartTextDelta


LONGEST = 2_000  # characters; a server that never pauses still shows progress


async def merge_deltas(
    stream: AsyncIterator[ThreadStreamEvent],
) -> AsyncIterator[ThreadStreamEvent]:
    """The same events, with neighbouring text deltas of one part merged if nothing was awaited
    between them."""
    held: TextDeltaEvent | None = None  # the first delta of a burst
    texts: list[str] = []
    length = 0
    iterator = aiter(stream)
    while True:
        step = iterator.__anext__().__await__()
        try:
            try:
                awaited = step.send(None) if hasattr(step, "send") else next(step)
            except StopIteration as result:
                event: ThreadStreamEvent = result.value
            else:
                # The stream waits for something: yield what there is before waiting with it.
                if held is not None:
                    try:
                        yield _merged(held, texts)
                    except GeneratorExit:  # its reader wants no more
                        await _cancel(step)
                        raise
                    held = None
                event = await _resume(step, awaited)
        except StopAsyncIteration:
            break
        except (Exception, asyncio.CancelledError):
            if held is not None:
                yield _merged(held, texts)
            raise
        if _is_delta(event):
            if held is not None and (
                held.item_id == event.item_id
                and held.update.content_index == event.update.content_index
                and length < LONGEST
            ):
                texts.append(event.update.delta)
                length += len(event.update.delta)
                continue
            if held is not None:
                yield _merged(held, texts)
            held, texts, length = event, [event.update.delta], len(event.update.delta)
            continue
        if held is not None:
            yield _merged(held, texts)
            held = None
        yield event
    if held is not None:
        yield _merged(held, texts)


def _is_delta(event: ThreadStreamEvent) -> TypeGuard[TextDeltaEvent]:
    return (
        type(event) is ThreadItemUpdatedEvent
        and type(event.update) is AssistantMessageContentPartTextDelta
    )


def _merged(event: ThreadItemUpdatedEvent, texts: list[str]) -> ThreadItemUpdatedEvent:
    if len(texts) == 1:
        return event
    update = event.update.model_copy(update={"delta": "".join(texts)})
    return event.model_copy(update={"update": update})


async def _cancel(step: Any) -> None:
    """End a step that has begun and waits, so that its stream may be closed."""
    with suppress(Exception, asyncio.CancelledError):
        await _resume(step, step.throw(asyncio.CancelledError()))


@types.coroutine
def _resume(step: Any, awaited: Any) -> Generator[Any, Any, Any]:
    """Await the rest of a step that has begun already."""
    while True:
        try:
            sent = yield awaited
        except BaseException as error:  # a cancellation is for the code that waits inside
            try:
                awaited = step.throw(error)
            except StopIteration as result:
                return result.value
        else:
            try:
                awaited = step.send(sent)
            except StopIteration as result:
                return result.value
