"""Ids for messages of models that give none, and those of calls fit to be logged.

Behind Chat Completions the Agents SDK calls every message the same, and the SDK's own
`stream_agent_response` keeps that: each answer would take the place of the one before.
"""

from __future__ import annotations

from collections.abc import AsyncIterator

from chatkit.store import Store
from chatkit.types import (
    ClientToolCallItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

from .runs.context import ChatContext

ID_LENGTH = 128  # models give messages longer ids than ours
NONE = "__fake_id__"  # FAKE_RESPONSES_ID of `agents`, which is not loaded for this


async def own(
    events: AsyncIterator[ThreadStreamEvent],
    thread: ThreadMetadata,
    store: Store[ChatContext],
    context: ChatContext,
) -> AsyncIterator[ThreadStreamEvent]:
    """These events, each message that has no id of its own with one of the store."""
    current = ""
    async for event in events:
        if isinstance(event, ThreadItemAddedEvent | ThreadItemDoneEvent) and event.item.id == NONE:
            current = current or store.generate_item_id("message", thread, context)
            item = event.item.model_copy(update={"id": current})
            if isinstance(event, ThreadItemDoneEvent):
                current = ""
            yield event.model_copy(update={"item": item})
        elif isinstance(event, ThreadItemUpdatedEvent) and event.item_id == NONE and current:
            yield event.model_copy(update={"item_id": current})
        elif isinstance(event, ThreadItemDoneEvent) and isinstance(event.item, ClientToolCallItem):
            # It is the model server's own, and the SDK logs the one of a call that is not answered.
            call_id = "".join(filter(str.isprintable, event.item.call_id))[:ID_LENGTH]
            yield event.model_copy(
                update={"item": event.item.model_copy(update={"call_id": call_id})}
            )
        else:
            yield event
