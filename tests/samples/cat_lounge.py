"""The cat lounge: one cat for each conversation, which is fed, named once, and shown on a card.

The page draws the cat: effects tell it how the cat is. Names are chosen in a widget.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any

from agents import Agent, RunContextWrapper, StopAtTools, function_tool

from chatkit.actions import ActionConfig
from chatkit.agents import AgentContext
from chatkit.selfhosted.engine import DjangoChatKitServer as ChatKitServer
from chatkit.types import (
    ClientEffectEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WidgetRootUpdated,
)
from chatkit.widgets import Card, ListView, ListViewItem, Text, Title

from .common import Converter, answer, model, remember, said

NAMELESS = "Nobody yet"
Wrapper = RunContextWrapper[AgentContext[Any]]


@dataclass
class Cat:
    name: str = NAMELESS
    energy: int = 4


CATS: dict[str, Cat] = {}


def cat_of(thread: Any) -> Cat:
    return CATS.setdefault(thread.id, Cat())


def names_widget(names: list[str], chosen: str = "") -> ListView:
    """A row for each name; once one is chosen nothing can be pressed."""
    return ListView(
        children=[
            ListViewItem(
                children=[Text(value=f"✓ {name}" if name == chosen else name)],
                onClickAction=None
                if chosen
                else ActionConfig(type="cats.choose_name", payload={"name": name, "names": names}),
            )
            for name in names
        ]
    )


def effect(cat: Cat) -> ClientEffectEvent:
    return ClientEffectEvent(name="update_cat_status", data={"cat": asdict(cat)})


async def name_it(cat: Cat, name: str, store: Any, thread: Any, context: Any) -> None:
    cat.name = name
    thread.title = f"The lounge of {name}"
    await store.save_thread(thread, context)
    await remember(f"<NAMED>{name}</NAMED>", store, thread, context)


@function_tool
async def feed_cat(ctx: Wrapper, meal: str) -> str:
    """Feed the cat."""
    here = ctx.context
    cat = cat_of(here.thread)
    cat.energy = min(10, cat.energy + 3)
    await remember(f"<FED>{meal}</FED>", here.store, here.thread, here.request_context)
    await here.stream(effect(cat))
    return f"The cat had {meal}; its energy is {cat.energy}."


@function_tool
async def suggest_names(ctx: Wrapper, names: list[str]) -> None:
    """Show names to choose from."""
    here = ctx.context
    await here.stream(
        said("How about one of these?", here.store, here.thread, here.request_context)
    )
    await here.stream_widget(names_widget(names), copy_text=", ".join(names))


@function_tool
async def show_profile(ctx: Wrapper) -> None:
    """Show the cat's card."""
    cat = cat_of(ctx.context.thread)
    card = Card(children=[Title(value=cat.name), Text(value=f"Energy {cat.energy} of 10")])
    await ctx.context.stream_widget(card, copy_text=cat.name)


class CatServer(ChatKitServer[dict[str, Any]]):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__()
        self.converter = Converter()

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        agent = Agent[AgentContext[Any]](
            name="Keeper of the lounge",
            instructions="Look after the cat.",
            model=model(),
            tools=[feed_cat, suggest_names, show_profile],
            tool_use_behavior=StopAtTools(stop_at_tool_names=["suggest_names", "show_profile"]),
        )
        async for event in answer(self, agent, thread, context):
            yield event

    async def action(
        self, thread: Any, action: Any, sender: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        if action.type != "cats.choose_name" or sender is None:
            return
        cat = cat_of(thread)
        named = cat.name != NAMELESS
        if not named:
            await name_it(cat, action.payload["name"], self.store, thread, context)
            yield effect(cat)
        yield ThreadItemUpdatedEvent(
            item_id=sender.id,
            update=WidgetRootUpdated(widget=names_widget(action.payload["names"], cat.name)),
        )
        text = f"{cat.name} has a name already." if named else f"{cat.name} purrs."
        yield said(text, self.store, thread, context)
