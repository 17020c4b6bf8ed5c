"""Leaving Agent Builder: exported code answers here, as it is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chatkit.models import Run, ThreadItem
from tests.selfhosted.protocol import Caller, add, create, secret_of, text_of, thread_id_of

from .model_server import Model, chat, chat_call, chat_whole

CARD = "my card is 4111 1111 1111 1111"


def orders(body: dict[str, Any]) -> Any:
    """A model for both agents of the workflow."""
    last = body["messages"][-1]
    if "Decide" in body["messages"][0]["content"]:
        topic = "order" if "order" in str(last["content"]) else "other"
        return chat_whole(json.dumps({"topic": topic}))
    if last["role"] == "tool":
        text = f"Good news: {last['content']}"
        return chat(text) if body.get("stream") else chat_whole(text)
    call = chat_call("get_order_status", {"order_number": 7})
    if body.get("stream"):
        return call
    whole = chat_whole("")
    message = whole["choices"][0]["message"]
    message["tool_calls"] = [
        {k: v for k, v in call[1]["choices"][0]["delta"]["tool_calls"][0].items() if k != "index"}
    ]
    message["content"] = None
    return whole


@pytest.fixture(params=["WorkflowServer", "AgentServer"])
def caller(
    request: pytest.FixtureRequest, use: Any, scripted_model: Model, user: Any, workflow_id: str
) -> Caller:
    scripted_model.answers = [orders]
    use(f"tests.selfhosted.assistant.servers.{request.param}", OPENAI_BASE_URL=scripted_model.url)
    return Caller(secret_of(user, workflow_id))


def test_two_agents_and_a_tool(caller: Caller, scripted_model: Model) -> None:
    found = caller.stream(create("Where is my order 7?"))
    said = "Good news: Order 7 left the warehouse this morning."
    assert text_of(found) == said
    stored = ThreadItem.objects.get(thread_id=thread_id_of(found), type="assistant_message")
    assert stored.payload["content"][0]["text"] == said
    asked = len(scripted_model.requests)
    run = Run.objects.get()
    assert (run.status, run.model) == ("completed", "mock-large")
    assert (run.tokens_in, run.tokens_out) == (120 * asked, 30 * asked)
    assert {headers["authorization"] for _path, headers, _body in scripted_model.requests} == {
        "Bearer sk-canary"
    }


def test_guardrail(caller: Caller, scripted_model: Model) -> None:
    """A clear message, and the conversation goes on without the refused question."""
    found = caller.stream(create(f"order 7, {CARD}"))
    refusal = "I can’t help with that here. Please ask me something else."
    messages = [
        e["item"]["content"][0]["text"]
        for e in found
        if e["type"] == "thread.item.done" and e["item"]["type"] == "assistant_message"
    ]
    assert messages == [refusal]
    run = Run.objects.get()
    assert (run.status, run.error, run.outcome) == ("completed", "", "refused")
    thread = thread_id_of(found)
    # The note of what to leave out stays here.
    assert "msg_" not in str([e["thread"] for e in found if "thread" in e])
    assert ThreadItem.objects.filter(thread_id=thread, type="assistant_message").count() == 1
    found = caller.stream(add(thread, "Then where is my order 7?"))
    assert text_of(found).startswith("Good news")
    assert "4111" not in str(scripted_model.bodies[-1])


def test_workflow_s_other_way(use: Any, scripted_model: Model, user: Any, workflow_id: str) -> None:
    scripted_model.answers = [orders]
    use("tests.selfhosted.assistant.servers.WorkflowServer", OPENAI_BASE_URL=scripted_model.url)
    found = Caller(secret_of(user, workflow_id)).stream(create("How are you?"))
    assert text_of(found) == "I only know about orders."
    assert {"type": "progress_update", "text": "Working on it…"}.items() <= next(
        e for e in found if e["type"] == "progress_update"
    ).items()


def test_path_that_leads_nowhere(use: Any, user: Any, workflow_id: str, caplog: Any) -> None:
    use("tests.selfhosted.assistant.servers.LostServer")
    answer = Caller(secret_of(user, workflow_id)).post(create("Hi?"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (500, "not_configured")
    assert "LostServer.agent = 'tests.selfhosted.assistant.exported_workflow:gone'" in caplog.text


@pytest.mark.parametrize(
    ("result", "text"),
    [
        ({"output_text": "a"}, "a"),
        ({"output": {"output_text": "b"}}, "b"),
        ("c", "c"),
        (None, ""),
        ({}, ""),
        ({"jailbreak": {"failed": True}}, ""),
        ({"n": 1}, '```json\n{\n  "n": 1\n}\n```'),
    ],
)
def test_what_a_result_says(result: Any, text: str) -> None:
    from chatkit.selfhosted.assistant.exported import text_of as said

    assert said(result) == text
