"""The scripted answer of both servers: as many deltas, with a pause, as the question says."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    UserMessageItem,
)


def words(count: int) -> Iterator[str]:
    """The deltas."""
    return (f"word{number} " for number in range(count))


async def say(
    store: Any, thread: ThreadMetadata, question: UserMessageItem | None, context: Any
) -> AsyncIterator[ThreadStreamEvent]:
    """Answer the question "COUNT PAUSE" (deltas, milliseconds between them)."""
    assert question is not None
    count, pause = (int(part) for part in question.content[0].text.split())
    item = AssistantMessageItem(
        id=store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=datetime.now(),
        content=[],
    )
    yield ThreadItemAddedEvent(item=item)
    empty = AssistantMessageContent(text="", annotations=[])
    yield _update(item, AssistantMessageContentPartAdded(content_index=0, content=empty))
    for delta in words(count):  # one by one: no list of them counts as memory of a stream
        yield _update(item, AssistantMessageContentPartTextDelta(content_index=0, delta=delta))
        if pause:
            await asyncio.sleep(pause / 1000)
    whole = AssistantMessageContent(text="".join(words(count)), annotations=[])
    yield _update(item, AssistantMessageContentPartDone(content_index=0, content=whole))
    yield ThreadItemDoneEvent(item=item.model_copy(update={"content": [whole]}))


def _update(item: AssistantMessageItem, update: Any) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item.id, update=update)
