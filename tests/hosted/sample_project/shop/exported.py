"""As Agent Builder exported it."""

from agents import Agent
from openai import AsyncOpenAI

client = AsyncOpenAI(api_key="none")

triage = Agent(name="Triage", model="gpt-5-mini")
support = Agent(name="Support", model="gpt-4.1-2025-04-14", instructions="Not gpt-5, but gpt-5.2.")
newer = Agent(name="Newer", model="gpt-5.2")


async def run_workflow(workflow_input):
    answer = await client.responses.create(
        model="o3",
        prompt={"id": "pmpt_68c2e1b0a1f48190", "version": "3"},
        input=workflow_input["input_as_text"],
    )
    return {"output_text": answer.output_text}
