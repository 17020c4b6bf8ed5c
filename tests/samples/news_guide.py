"""The news guide: a tool of the composer chooses the agent, a header says what page is open.

Articles are opened by the page, events unfold in their own widget, a search is shown as a workflow.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, StopAtTools, function_tool
from openai.types.responses import ResponseInputTextParam

from chatkit.actions import ActionConfig
from chatkit.agents import AgentContext
from chatkit.selfhosted.engine import DjangoChatKitServer as ChatKitServer
from chatkit.types import (
    CustomSummary,
    SearchTask,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    UserMessageTagContent,
    WidgetRootUpdated,
    Workflow,
)
from chatkit.widgets import ListView, ListViewItem, Text

from .common import Converter, answer, model, said

ARTICLES = {"bridge": "The old bridge opens again", "market": "A market by the river"}
EVENTS = {
    "lanterns": ("Night of the lanterns", "At eight, by the mill."),
    "fair": ("Fair", "Noon."),
}
Wrapper = RunContextWrapper[AgentContext[Any]]


def articles_widget() -> ListView:
    """Rows that the page itself opens."""
    return ListView(
        children=[
            ListViewItem(
                children=[Text(value=title)],
                onClickAction=ActionConfig(
                    type="open_article", payload={"id": id}, handler="client"
                ),
            )
            for id, title in ARTICLES.items()
        ]
    )


def events_widget(chosen: str = "") -> ListView:
    """Rows of which the chosen one has its details."""
    return ListView(
        children=[
            ListViewItem(
                children=[Text(value=title), *([Text(value=details)] if id == chosen else [])],
                onClickAction=ActionConfig(type="show_event", payload={"id": id}),
            )
            for id, (title, details) in EVENTS.items()
        ]
    )


@function_tool
async def search_articles(ctx: Wrapper, words: str) -> str:
    """Search the archive."""
    task = SearchTask(title="Archive", queries=[words])
    await ctx.context.start_workflow(Workflow(type="custom", tasks=[task]))
    await ctx.context.end_workflow(CustomSummary(title="Archive searched", icon="search"))
    return ", ".join(ARTICLES)


@function_tool
async def current_page(ctx: Wrapper) -> str:
    """The article that the reader has open."""
    return ARTICLES[ctx.context.request_context.headers["x-article-id"]]


@function_tool
async def show_articles(ctx: Wrapper) -> None:
    """Show articles."""
    await ctx.context.stream_widget(articles_widget(), copy_text=", ".join(ARTICLES.values()))


@function_tool
async def show_events(ctx: Wrapper) -> None:
    """Show what is on."""
    await ctx.context.stream_widget(events_widget())


class Items(Converter):
    """Tells the model of which article or author the reader speaks."""

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputTextParam:
        kind = str(tag.data.get("type", "article")).upper()
        return ResponseInputTextParam(type="input_text", text=f"<{kind}>{tag.id}</{kind}>")


class NewsServer(ChatKitServer[dict[str, Any]]):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__()
        self.converter = Items()

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        agent = agent_for(input_user_message)
        async for event in answer(self, agent, thread, context):
            yield event

    async def action(
        self, thread: Any, action: Any, sender: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        if action.type == "open_article":
            title = ARTICLES[action.payload["id"]]
            yield said(f"Any questions about “{title}”?", self.store, thread, context)
        elif action.type == "show_event" and sender is not None:
            widget = events_widget(action.payload["id"])
            yield ThreadItemUpdatedEvent(item_id=sender.id, update=WidgetRootUpdated(widget=widget))


def agent_for(message: Any) -> Agent[AgentContext[Any]]:
    """The finder of events where the composer's tool says so, else the guide."""
    choice = message.inference_options.tool_choice if message else None
    if choice and choice.id == "event_finder":
        return Agent[AgentContext[Any]](
            name="Finder of events",
            instructions="Find events.",
            model=model(),
            tools=[show_events],
            tool_use_behavior=StopAtTools(stop_at_tool_names=["show_events"]),
        )
    return Agent[AgentContext[Any]](
        name="Guide",
        instructions="Guide through the news.",
        model=model(),
        tools=[search_articles, current_page, show_articles],
        tool_use_behavior=StopAtTools(stop_at_tool_names=["show_articles"]),
    )
