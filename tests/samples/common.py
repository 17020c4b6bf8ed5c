"""What each of the samples needs: a model at the site's address, and short ways to say things."""

from __future__ import annotations

import datetime
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, OpenAIChatCompletionsModel, Runner

from chatkit.agents import AgentContext, ThreadItemConverter, stream_agent_response
from chatkit.selfhosted.assistant.client import get_client
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    HiddenContextItem,
    ThreadItemDoneEvent,
    ThreadStreamEvent,
)


def model() -> OpenAIChatCompletionsModel:
    return OpenAIChatCompletionsModel("scripted", get_client((5, 60), 0))


class Converter(ThreadItemConverter):
    """Answers as plain texts: the SDK's parts are for the Responses API alone."""

    async def assistant_message_to_input(self, item: AssistantMessageItem) -> Any:
        return {"role": "assistant", "content": "\n\n".join(part.text for part in item.content)}


async def answer(
    server: Any, agent: Agent[AgentContext[Any]], thread: Any, context: Any, *before: Any
) -> AsyncIterator[ThreadStreamEvent]:
    """What the agent says to the conversation, and to what comes `before` it."""
    here = AgentContext(thread=thread, store=server.store, request_context=context)
    items = await server.converter.to_agent_input(await recent(server.store, thread, context))
    run = Runner.run_streamed(agent, [*before, *items], context=here)
    async for event in stream_agent_response(here, run):
        yield event


def said(text: str, store: Any, thread: Any, context: Any) -> ThreadItemDoneEvent:
    """A whole message of the assistant."""
    item = AssistantMessageItem(
        **_base("message", store, thread, context), content=[AssistantMessageContent(text=text)]
    )
    return ThreadItemDoneEvent(item=item)


async def remember(content: Any, store: Any, thread: Any, context: Any) -> None:
    """Tell the model something that the person does not see."""
    item = HiddenContextItem(**_base("message", store, thread, context), content=content)
    await store.add_thread_item(thread.id, item, context=context)


async def recent(store: Any, thread: Any, context: Any) -> list[Any]:
    """The last items of the conversation, the newest last."""
    page = await store.load_thread_items(
        thread.id, after=None, limit=20, order="desc", context=context
    )
    return list(reversed(page.data))


def _base(kind: str, store: Any, thread: Any, context: Any) -> dict[str, Any]:
    return {
        "id": store.generate_item_id(kind, thread, context),
        "thread_id": thread.id,
        "created_at": datetime.datetime.now(),
    }
