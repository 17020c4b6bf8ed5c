"""The worked example of docs/leaving-agent-builder.md, behind a workflow id that was OpenAI's."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from chatkit.hosted.importer import Import
from chatkit.hosted.owners import Owners
from chatkit.models import Thread
from tests.selfhosted.conftest import wait_for_all_runs
from tests.selfhosted.protocol import Caller, add, create, secret_of, text_of, types

from .conftest import HOSTED
from .openai_standin import OpenAI
from .samples import item, thread

__all__ = ["wait_for_all_runs"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("wait_for_all_runs")]


def scripted_model() -> Any:
    """A model that does as the example's agents are told: hand over, call the tool, say it."""
    from agents import Model
    from openai.types.responses import (
        Response,
        ResponseCompletedEvent,
        ResponseContentPartAddedEvent,
        ResponseFunctionToolCall,
        ResponseOutputItemAddedEvent,
        ResponseOutputItemDoneEvent,
        ResponseOutputMessage,
        ResponseOutputText,
        ResponseTextDeltaEvent,
    )

    class Scripted(Model):
        def __init__(self) -> None:
            self.seen: list[Any] = []

        async def get_response(self, *args: Any, **kwargs: Any) -> Any:
            raise NotImplementedError

        async def stream_response(self, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
            names = ["system_instructions", "input", "model_settings", "tools"]
            given = dict(zip(names, args, strict=False)) | kwargs
            self.seen.append(given["input"])
            output = self.answer(given["system_instructions"], given["input"])
            base: dict[str, Any] = {"output_index": 0, "sequence_number": 0}
            if isinstance(output, ResponseOutputMessage):
                part: Any = output.content[0]
                empty = output.model_copy(update={"content": []})
                yield ResponseOutputItemAddedEvent(
                    item=empty, type="response.output_item.added", **base
                )
                base |= {"item_id": output.id, "content_index": 0}
                yield ResponseContentPartAddedEvent(
                    part=part.model_copy(update={"text": ""}),
                    type="response.content_part.added",
                    **base,
                )
                for word in part.text.split(" "):
                    yield ResponseTextDeltaEvent(
                        delta=f"{word} ", logprobs=[], type="response.output_text.delta", **base
                    )
                base = {"output_index": 0, "sequence_number": 0}
                yield ResponseOutputItemDoneEvent(
                    item=output, type="response.output_item.done", **base
                )
            yield ResponseCompletedEvent(
                response=Response(
                    id="resp_1",
                    created_at=0,
                    model="scripted",
                    object="response",
                    output=[output],
                    parallel_tool_calls=False,
                    tool_choice="auto",
                    tools=[],
                ),
                sequence_number=0,
                type="response.completed",
            )

        def answer(self, instructions: str, given: Any) -> Any:
            results = [
                entry["output"]
                for entry in given
                if isinstance(entry, dict) and entry.get("type") == "function_call_output"
            ]
            if instructions.startswith("Send"):
                return self.tool_call("transfer_to_account")
            if not any(" for " in str(result) for result in results):
                return self.tool_call("count_conversations")
            text = f"You have had {results[-1].partition(' ')[0]} conversations."
            content = ResponseOutputText(type="output_text", text=text, annotations=[])
            return ResponseOutputMessage(
                id=f"msg_{len(self.seen)}",
                type="message",
                role="assistant",
                content=[content],
                status="completed",
            )

        def tool_call(self, name: str) -> Any:
            return ResponseFunctionToolCall(
                type="function_call",
                id=f"fc_{name}",
                call_id=f"call_{name}",
                name=name,
                arguments="{}",
            )

    return Scripted()


SERVER = {"WORKFLOWS": {HOSTED: "tests.hosted.leaving.SupportServer"}}


@pytest.fixture
def model(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    from agents import RunConfig

    from . import leaving

    model = scripted_model()
    config = RunConfig(tracing_disabled=True, model=model)
    monkeypatch.setattr(leaving.SupportServer, "run_config", config)
    settings.CHATKIT = settings.CHATKIT | SERVER
    return model


def test_two_agents_and_a_tool(model: Any, user: Any) -> None:
    Thread.objects.create(user=user, workflow_id=HOSTED)
    answered = Caller(secret_of(user, HOSTED)).stream(create("How often did we talk?"))
    assert "error" not in types(answered)
    assert text_of(answered).strip() == "You have had 2 conversations."
    assert len(model.seen) == 3  # Triage, then Account before and after its tool


def test_guardrail(model: Any, user: Any) -> None:
    answered = Caller(secret_of(user, HOSTED)).stream(create("Hi, my password is hunter2"))
    (error,) = [event for event in answered if event["type"] == "error"]
    assert error["message"] == "Please keep your password to yourself."
    assert text_of(answered) == ""


def test_an_imported_conversation_goes_on(
    model: Any, openai: OpenAI, user: Any, settings: Any
) -> None:
    """Imported while OpenAI answers, then the one changed line: the agents know what was said."""
    openai.threads["cthr_1"] = thread(user=f"mseller:{user.pk}")
    said = [{"type": "input_text", "text": "I am called Ada."}]
    openai.items["cthr_1"] = [item("user_message", content=said)]
    Import(HOSTED, Owners()).run()
    settings.CHATKIT = settings.CHATKIT | SERVER
    caller = Caller(secret_of(user, HOSTED))
    answered = caller.stream(add(Thread.objects.get().id, "How often did we talk?"))
    assert text_of(answered).strip() == "You have had 1 conversations."
    assert "I am called Ada." in str(model.seen[0])
