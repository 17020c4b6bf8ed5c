"""What Agent Builder exports: two agents, a guardrail and a tool. Nothing of it knows ChatKit."""

import re
from typing import Any, Literal

from agents import (
    Agent,
    GuardrailFunctionOutput,
    ModelSettings,
    RunConfig,
    RunContextWrapper,
    Runner,
    TResponseInputItem,
    function_tool,
    input_guardrail,
    trace,
)
from pydantic import BaseModel


@function_tool
def get_order_status(order_number: int) -> str:
    """Where an order is now."""
    return f"Order {order_number} left the warehouse this morning."


@input_guardrail
async def no_card_numbers(
    ctx: RunContextWrapper[None],
    agent: Agent[Any],
    user_input: str | list[TResponseInputItem],
) -> GuardrailFunctionOutput:
    """Card numbers are not to be told here."""
    found = re.search(r"\b(?:\d[ -]?){13,16}\b", str(user_input))
    return GuardrailFunctionOutput(
        output_info={"card_number": bool(found)}, tripwire_triggered=bool(found)
    )


class TriageSchema(BaseModel):
    topic: Literal["order", "other"]


triage = Agent(
    name="Triage",
    instructions="Decide what the message is about.",
    model="gpt-4.1-mini",
    output_type=TriageSchema,
    model_settings=ModelSettings(temperature=0, max_tokens=64),
    input_guardrails=[no_card_numbers],
)

support = Agent(
    name="Support",
    instructions="You answer questions about orders. Look the order up first.",
    model="gpt-4.1",
    tools=[get_order_status],
    model_settings=ModelSettings(temperature=1, max_tokens=2048),
    input_guardrails=[no_card_numbers],
)


class WorkflowInput(BaseModel):
    input_as_text: str


# Main code entrypoint
async def run_workflow(workflow_input: WorkflowInput) -> dict[str, Any]:
    with trace("Order support"):
        workflow = workflow_input.model_dump()
        conversation_history: list[TResponseInputItem] = [
            {
                "role": "user",
                "content": [{"type": "input_text", "text": workflow["input_as_text"]}],
            }
        ]
        triage_result = await Runner.run(
            triage,
            input=[*conversation_history],
            run_config=RunConfig(trace_metadata={"__trace_source__": "agent-builder"}),
        )
        if triage_result.final_output.topic != "order":
            return {"output_text": "I only know about orders."}
        support_result = await Runner.run(
            support,
            input=[*conversation_history],
            run_config=RunConfig(trace_metadata={"__trace_source__": "agent-builder"}),
        )
        return {"output_text": support_result.final_output_as(str)}
