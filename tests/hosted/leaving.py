"""A workflow out of Agent Builder, as one file: two agents, a guardrail and a tool, and the
server class that puts it behind a workflow id. See docs/leaving-agent-builder.md.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from agents import (
    Agent,
    GuardrailFunctionOutput,
    InputGuardrailTripwireTriggered,
    RunConfig,
    RunContextWrapper,
    Runner,
    function_tool,
    input_guardrail,
)

from chatkit.agents import AgentContext, simple_to_agent_input, stream_agent_response
from chatkit.errors import CustomStreamError
from chatkit.models import Thread
from chatkit.selfhosted.context import ChatContext
from chatkit.selfhosted.engine import DjangoChatKitServer
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

# -- what Agent Builder exports, with the state passed through the context ------------------

Wrapper = RunContextWrapper[AgentContext[ChatContext]]


def conversations_of(user: Any) -> int:
    return Thread.objects.for_user(user).count()


@function_tool
async def count_conversations(wrapper: Wrapper) -> str:
    """How many conversations the user has had."""
    context = wrapper.context.request_context
    count = await context.database(conversations_of, context.user)
    return f"{count} for {context.user.get_username()}"


@input_guardrail
async def no_passwords(wrapper: Wrapper, agent: Any, text: Any) -> GuardrailFunctionOutput:
    """Stops a message that holds a password before any model sees it."""
    return GuardrailFunctionOutput(
        output_info=None, tripwire_triggered="my password is" in str(text)
    )


account_agent = Agent[Any](
    name="Account",
    instructions="Answer questions about the user's own account.",
    tools=[count_conversations],
)
triage_agent = Agent[Any](
    name="Triage",
    instructions="Send questions about the account to Account.",
    handoffs=[account_agent],
    input_guardrails=[no_passwords],
)

# -- the server ----------------------------------------------------------------------------


class SupportServer(DjangoChatKitServer):
    """Answers with the exported agents."""

    # Given by the test; a real server leaves the model to the agents.
    run_config = RunConfig(tracing_disabled=True)

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        page = await self.store.load_thread_items(thread.id, None, 20, "desc", context)
        agent_context = AgentContext(thread=thread, store=self.store, request_context=context)
        result = Runner.run_streamed(
            triage_agent,
            await simple_to_agent_input(list(reversed(page.data))),
            context=agent_context,
            run_config=self.run_config,
        )
        try:
            async for event in stream_agent_response(agent_context, result):
                yield event
        except InputGuardrailTripwireTriggered:
            raise CustomStreamError("Please keep your password to yourself.") from None
