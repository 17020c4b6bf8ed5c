"""A whole message of the assistant as events."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from chatkit.store import Store
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

from ...toolbox import Source
from ..runs.context import ChatContext
from .citations import CitedText


def say(
    thread: ThreadMetadata,
    text: str,
    store: Store[ChatContext],
    context: ChatContext,
    sources: Sequence[Source] = (),
) -> list[ThreadStreamEvent]:
    """The events of one message (Markdown); marks such as [1] in it cite the sources."""
    part = CitedText(list(sources))
    part.feed(text)
    part.finish()
    part.cite_consulted(3)
    item = AssistantMessageItem(
        id=store.generate_item_id("message", thread, context),
        thread_id=thread.id,
        created_at=datetime.datetime.now(),
        content=[],
    )
    content = AssistantMessageContent(text=part.text, annotations=part.annotations)
    updates: list[ThreadItemUpdate] = [
        AssistantMessageContentPartAdded(content_index=0, content=AssistantMessageContent(text="")),
        AssistantMessageContentPartTextDelta(content_index=0, delta=part.text),
        AssistantMessageContentPartDone(content_index=0, content=content),
    ]
    return [
        ThreadItemAddedEvent(item=item),
        *(ThreadItemUpdatedEvent(item_id=item.id, update=update) for update in updates),
        ThreadItemDoneEvent(item=item.model_copy(update={"content": [content]})),
    ]
