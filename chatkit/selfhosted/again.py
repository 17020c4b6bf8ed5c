"""Answers that are given again, and questions that are asked anew. What was there before is kept
as another version: see `threads.versions`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING

from chatkit.types import (
    StreamingReq,
    ThreadsAddUserMessageReq,
    ThreadsRetryAfterItemReq,
    ThreadStreamEvent,
    UserMessageItem,
)

from .runs.context import ChatContext, work_of
from .runs.writes import Supersede
from .said import message_text
from .store import DjangoStore

if TYPE_CHECKING:
    from .engine import DjangoChatKitServer

# In the metadata of `threads.add_user_message`: the question in whose place it is asked.
EDIT = "chatkit.edit"
LONGEST_ID = 128


async def events(
    server: DjangoChatKitServer, request: StreamingReq, context: ChatContext
) -> AsyncIterator[ThreadStreamEvent]:
    """The events that answer a request, as the SDK makes them; of a retry, which would delete what
    it replaces, ours."""
    if isinstance(server.store, DjangoStore):
        if isinstance(request, ThreadsRetryAfterItemReq):
            params = request.params
            asked = await _question(server, params.thread_id, params.item_id, context)
            work_of(context).add(Supersede(params.thread_id, params.item_id))
            work_of(context).asked = message_text(asked)
            thread = await server.store.load_thread(params.thread_id, context)
            async for event in server._process_events(
                thread, context, lambda: server.respond(thread, asked, context)
            ):
                yield event
            return
        if isinstance(request, ThreadsAddUserMessageReq) and EDIT in request.metadata:
            thread_id, item_id = request.params.thread_id, request.metadata[EDIT]
            if not isinstance(item_id, str) or len(item_id) > LONGEST_ID:
                raise ValueError(f"{EDIT} names no item")
            await _question(server, thread_id, item_id, context)
            work_of(context).add(Supersede(thread_id, item_id, itself=True))
    async for event in server._process_streaming_impl(request, context):
        yield event


async def _question(
    server: DjangoChatKitServer, thread_id: str, item_id: str, context: ChatContext
) -> UserMessageItem:
    item = await server.store.load_item(thread_id, item_id, context)
    if not isinstance(item, UserMessageItem):
        raise ValueError(f"Item {item_id} is not a user message")
    return item
