"""Assistants of the tests."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    RunContextWrapper,
    StopAtTools,
    function_tool,
    output_guardrail,
)

from chatkit.agents import ClientToolCall
from chatkit.selfhosted.assistant import AssistantServer
from chatkit.selfhosted.runs.context import ChatContext


class QuickServer(AssistantServer):
    """Gives up soon, so that the tests of failures are quick."""

    model_timeout = (1.0, 1.0)
    model_retries = 0
    titles_by_model = False
    follow_ups_by_model = False


class PlainServer(QuickServer):
    """Asks a model that takes no tools."""

    tools = ()


class PassingServer(QuickServer):
    """Passes on what it overrides."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        async for event in super().respond(thread, input_user_message, context):
            yield event


class WorkflowServer(QuickServer):
    """Answers by an exported workflow, unchanged."""

    workflow = "tests.selfhosted.assistant.exported_workflow:run_workflow"


class AgentServer(QuickServer):
    """Answers by one of its agents, streamed."""

    agent = "tests.selfhosted.assistant.exported_workflow:support"


STARTED, ENDED = threading.Event(), threading.Event()


async def unstoppable(text: str = "") -> str:
    """Goes on until ENDED is set, whoever cancels it."""
    STARTED.set()
    while not ENDED.is_set():
        with suppress(asyncio.CancelledError):
            await asyncio.sleep(0.02)
    return "Done."


class UnstoppableServer(QuickServer):
    """Answers by a workflow that can't be stopped."""

    workflow = "tests.selfhosted.assistant.servers:unstoppable"


class LostServer(QuickServer):
    agent = "tests.selfhosted.assistant.exported_workflow:gone"


@function_tool
async def where_is_the_user(ctx: RunContextWrapper[Any]) -> None:
    """Ask the user's browser where it is."""
    ctx.context.client_tool_call = ClientToolCall(name="position", arguments={"exact": None})


@output_guardrail
async def no_secrets(
    ctx: RunContextWrapper[Any], agent: Agent[Any], output: Any
) -> GuardrailFunctionOutput:
    """What was said must not have been."""
    return GuardrailFunctionOutput(output_info=None, tripwire_triggered="secret" in str(output))


class BrowserServer(QuickServer):
    """Asks the page for something, and has a look at its own answers."""

    agent = Agent[Any](
        name="browser",
        tools=[where_is_the_user],
        tool_use_behavior=StopAtTools(stop_at_tool_names=["where_is_the_user"]),
        output_guardrails=[no_secrets],
    )
