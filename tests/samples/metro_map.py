"""The metro map: stations are named by tags, the page says which are selected, lines are chosen.

The page has the map: a client tool asks it what is selected, effects tell it what has changed.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

from agents import Agent, RunContextWrapper, StopAtTools, function_tool
from openai.types.responses import ResponseInputTextParam

from chatkit.actions import ActionConfig
from chatkit.agents import (
    AgentContext,
    ClientToolCall,
)
from chatkit.selfhosted.engine import DjangoChatKitServer as ChatKitServer
from chatkit.types import (
    ClientEffectEvent,
    ProgressUpdateEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
    UserMessageTagContent,
)
from chatkit.widgets import ListView, ListViewItem, Text

from .common import Converter, answer, model, remember, said

LINES = {"red": "Red line", "blue": "Blue line"}
STATIONS = {"harbour": ["red"], "museum": ["red", "blue"]}
Wrapper = RunContextWrapper[AgentContext[Any]]


def lines_widget(chosen: str = "") -> ListView:
    return ListView(
        children=[
            ListViewItem(
                children=[Text(value=f"✓ {name}" if line == chosen else name)],
                onClickAction=None
                if chosen
                else ActionConfig(type="metro.choose_line", payload={"id": line}),
            )
            for line, name in LINES.items()
        ]
    )


@function_tool
async def get_map(ctx: Wrapper) -> str:
    """The lines and stations."""
    await ctx.context.stream(ProgressUpdateEvent(text="Unfolding the map…", icon="map-pin"))
    return json.dumps(STATIONS)


@function_tool
async def selected_stations(ctx: Wrapper) -> None:
    """Which stations are selected on the page."""
    ctx.context.client_tool_call = ClientToolCall(name="selected_stations", arguments={})


@function_tool
async def choose_line(ctx: Wrapper) -> None:
    """Show the lines to choose from."""
    await ctx.context.stream_widget(lines_widget())


@function_tool
async def add_station(ctx: Wrapper, name: str, line: str) -> str:
    """Add a station at the end of a line."""
    await ctx.context.stream(ProgressUpdateEvent(text="Digging…"))
    if line not in LINES:
        raise ValueError("There is no such line.")
    data = {"station": name, "line": line}
    await ctx.context.stream(ClientEffectEvent(name="add_station", data=data))
    return f"{name} is on the {LINES[line]}."


class Items(Converter):
    """Tells the model what a tagged station is."""

    async def tag_to_message_content(self, tag: UserMessageTagContent) -> ResponseInputTextParam:
        lines = STATIONS.get(tag.id)
        told = f"lines: {', '.join(lines)}" if lines else "not found"
        text = f"<STATION>{tag.text}, {told}</STATION>"
        return ResponseInputTextParam(type="input_text", text=text)


class MetroServer(ChatKitServer[dict[str, Any]]):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__()
        self.converter = Items()

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        if input_user_message and not thread.title:
            thread.title = "Metro planner"
            await self.store.save_thread(thread, context=context)
        agent = Agent[AgentContext[Any]](
            name="Planner",
            instructions="Plan the metro.",
            model=model(),
            tools=[get_map, selected_stations, choose_line, add_station],
            tool_use_behavior=StopAtTools(stop_at_tool_names=["selected_stations", "choose_line"]),
        )
        async for event in answer(self, agent, thread, context):
            yield event

    async def action(
        self, thread: Any, action: Any, sender: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        if action.type != "metro.choose_line" or sender is None:
            return
        line = action.payload["id"]
        widget = lines_widget(line)
        yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": widget}))
        await remember(f"<LINE>{line}</LINE>", self.store, thread, context)
        yield said("At which end?", self.store, thread, context)
        yield ClientEffectEvent(name="location_select_mode", data={"line": line})
