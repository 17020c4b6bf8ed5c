"""An answerer that says in pieces what it was asked."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from typing import Any

from chatkit.selfhosted.engine import DjangoChatKitServer, message_text
from chatkit.selfhosted.runs.context import ChatContext
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
)

PIECES = 50


class EchoServer(DjangoChatKitServer):
    """Takes the beginning of the question for the title, too, and says that it had no answer."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        text = message_text(input_user_message)
        thread.title = text[:200]
        context.report_outcome("not_found", searched=[{"query": text[:500], "language": "en"}])
        item = AssistantMessageItem(
            id=self.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=datetime.datetime.now(),
            content=[],
        )
        yield ThreadItemAddedEvent(item=item)
        part = AssistantMessageContent(text="")
        added = AssistantMessageContentPartAdded(content_index=0, content=part)
        yield ThreadItemUpdatedEvent(item_id=item.id, update=added)
        length = max(1, len(text) // PIECES)
        for at in range(0, len(text), length):
            delta = AssistantMessageContentPartTextDelta(
                content_index=0, delta=text[at : at + length]
            )
            yield ThreadItemUpdatedEvent(item_id=item.id, update=delta)
        yield ThreadItemDoneEvent(
            item=item.model_copy(update={"content": [AssistantMessageContent(text=text)]})
        )
