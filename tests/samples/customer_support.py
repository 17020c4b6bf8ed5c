"""Customer support of an airline: files are read, seats are changed, a meal is chosen in a widget.

A second agent writes the conversation's title while the first one answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from typing import Any

from agents import Agent, RunContextWrapper, Runner, StopAtTools, function_tool
from openai.types.responses import ResponseInputTextParam

from chatkit.actions import ActionConfig
from chatkit.agents import AgentContext
from chatkit.models import Attachment as StoredAttachment
from chatkit.selfhosted.engine import DjangoChatKitServer as ChatKitServer
from chatkit.types import (
    Attachment,
    ClientEffectEvent,
    ThreadItemReplacedEvent,
    ThreadStreamEvent,
)
from chatkit.widgets import Button, Card, Text

from .common import Converter, answer, model, remember, said

MEALS = ["Vegetarian", "Halal", "No meal"]
Wrapper = RunContextWrapper[AgentContext[Any]]


@dataclass
class Booking:
    seat: str = "14C"
    meal: str = ""


BOOKINGS: dict[str, Booking] = {}


def booking_of(thread: Any) -> Booking:
    return BOOKINGS.setdefault(thread.id, Booking())


def effect(booking: Booking) -> ClientEffectEvent:
    return ClientEffectEvent(name="customer_profile/update", data={"profile": asdict(booking)})


def meals_widget(chosen: str = "") -> Card:
    if chosen:
        return Card(children=[Text(value=f"Meal: {chosen}")])
    buttons = [
        Button(
            label=meal, onClickAction=ActionConfig(type="support.set_meal", payload={"meal": meal})
        )
        for meal in MEALS
    ]
    return Card(children=[Text(value="Which meal?"), *buttons])


@function_tool
async def change_seat(ctx: Wrapper, seat: str) -> str:
    """Move the passenger to another seat."""
    if not seat[:-1].isdigit():
        raise ValueError("There is no such seat.")
    booking = booking_of(ctx.context.thread)
    booking.seat = seat
    await ctx.context.stream(effect(booking))
    return f"The seat is {seat} now."


@function_tool
async def ask_for_meal(ctx: Wrapper) -> None:
    """Show the meals to choose from."""
    await ctx.context.stream_widget(meals_widget())


class Items(Converter):
    """Gives the model the words of attached texts."""

    async def attachment_to_message_content(self, attachment: Attachment) -> ResponseInputTextParam:
        text = await asyncio.to_thread(_words, attachment.id)
        return ResponseInputTextParam(type="input_text", text=f"{attachment.name}: {text}")


def _words(attachment_id: str) -> str:
    from django.db import connection

    try:
        with StoredAttachment.objects.get(pk=attachment_id).file.open() as file:
            return str(file.read().decode())
    finally:
        connection.close()


class SupportServer(ChatKitServer[dict[str, Any]]):  # type: ignore[type-arg]
    def __init__(self) -> None:
        super().__init__()
        self.converter = Items()

    async def respond(
        self, thread: Any, input_user_message: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        title = asyncio.create_task(self.title(thread, input_user_message))
        agent = Agent[AgentContext[Any]](
            name="Support",
            instructions="Help the passenger.",
            model=model(),
            tools=[change_seat, ask_for_meal],
            tool_use_behavior=StopAtTools(stop_at_tool_names=["ask_for_meal"]),
        )
        profile = {"role": "user", "content": f"<PROFILE>{booking_of(thread)}</PROFILE>"}
        async for event in answer(self, agent, thread, context, profile):
            yield event
        await title

    async def title(self, thread: Any, message: Any) -> None:
        if message is None or thread.title is not None:
            return
        agent = Agent[Any](name="Titles", instructions="Write a title.", model=model())
        run = await Runner.run(agent, await self.converter.to_agent_input(message))
        thread.title = str(run.final_output).strip(".")

    async def action(
        self, thread: Any, action: Any, sender: Any, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        if action.type != "support.set_meal" or sender is None:
            return
        booking = booking_of(thread)
        booking.meal = action.payload["meal"]
        widget = meals_widget(booking.meal)
        yield ThreadItemReplacedEvent(item=sender.model_copy(update={"widget": widget}))
        await remember(f"<MEAL>{booking.meal}</MEAL>", self.store, thread, context)
        yield effect(booking)
        yield said(f"{booking.meal} it is.", self.store, thread, context)
