"""A model that is down, slow, busy, cuts its answer or talks nonsense: what the user is told,
that a retry is offered and works, and that nothing wrong is stored."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from llmock.scenarios import Fail, Reply, SlowFirstToken, StreamFault, ToolFault
from llmock.testing import LLMockServer

from chatkit.models import Run, ThreadItem
from chatkit.selfhosted.assistant import client
from tests.selfhosted.protocol import Caller, ask, create, secret_of, text_of, thread_id_of

from .model_server import Model, chat, chat_call, chunk

LONG = Reply(" ".join(f"word{number}" for number in range(40)))


def failed(caller: Caller, sentence: str, record: str) -> list[dict[str, Any]]:
    """Ask, and fail as the test expects."""
    found = caller.stream(create("Hi?"))
    error = found[-1]
    assert (error["type"], error["allow_retry"]) == ("error", True)
    assert sentence in error["message"]
    assert "canary" not in str(found)
    run = Run.objects.latest("created_at")
    assert (run.status, run.error, run.live) == ("failed", record, None)
    thread = thread_id_of(found)
    stored = list(ThreadItem.objects.filter(thread_id=thread).order_by("sequence"))
    said = text_of(found)
    # What was said stays, and a note below it says that there was more to come.
    kinds = ["user_message", "assistant_message", "task"] if said else ["user_message"]
    assert [row.type for row in stored] == kinds
    if said:
        assert stored[1].payload["content"][0]["text"] == said
        assert stored[2].payload["task"]["title"] == "The answer was interrupted."
    # The screen and the store agree.
    begun = {e["item"]["id"] for e in found if e["type"] == "thread.item.added"}
    ended = {e["item"]["id"] for e in found if e["type"] == "thread.item.done"}
    removed = {e["item_id"] for e in found if e["type"] == "thread.item.removed"}
    assert begun <= ended | removed
    assert removed.isdisjoint(row.item_id for row in stored)
    return found


def retry(caller: Caller, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    thread = thread_id_of(found)
    question = ThreadItem.objects.get(thread_id=thread, type="user_message").item_id
    return caller.stream(ask("threads.retry_after_item", thread_id=thread, item_id=question))


@pytest.mark.parametrize(
    ("status", "sentence", "record"),
    [
        (429, "busy", "RateLimitError 429"),
        (500, "has a problem", "InternalServerError 500"),
        (503, "has a problem", "InternalServerError 503"),
        (401, "not set up", "AuthenticationError 401"),
        (404, "not set up", "NotFoundError 404"),
        (400, "did not accept", "BadRequestError 400"),
    ],
)
def test_error_status(
    ada: Caller, model: LLMockServer, status: int, sentence: str, record: str
) -> None:
    model.state.scenarios.add(Fail(status, message="upstream canary"))
    found = failed(ada, sentence, record)
    model.state.scenarios.add(Reply("Here I am."))
    assert text_of(retry(ada, found)) == "Here I am."
    assert ThreadItem.objects.filter(type="assistant_message").count() == 1


def test_too_long(ada: Caller, model: LLMockServer) -> None:
    model.state.scenarios.add(Fail(400, code="context_length_exceeded"))
    failed(ada, "too long for the model", "BadRequestError 400")


def test_no_money(ada: Caller, model: LLMockServer) -> None:
    model.state.scenarios.add(Fail(429, code="insufficient_quota"))
    failed(ada, "Please tell your administrator", "RateLimitError 429")


def test_cut_off(ada: Caller, model: LLMockServer) -> None:
    """The connection breaks in the middle of the answer."""
    model.state.scenarios.add(LONG, StreamFault("disconnect", after_chunks=8))
    found = failed(ada, "cut off", "APIConnectionError")
    model.state.scenarios.add(Reply("Here I am."))
    assert text_of(retry(ada, found)) == "Here I am."
    (answer,) = ThreadItem.objects.filter(type="assistant_message")
    assert answer.payload["content"][0]["text"] == "Here I am."  # the half one gave way


def test_ends_too_soon(ada: Caller, model: LLMockServer) -> None:
    """The stream ends without an error, and without the end of the answer."""
    model.state.scenarios.add(LONG, StreamFault("truncate", after_chunks=8))
    found = failed(ada, "cut off", "StreamCut")
    model.state.scenarios.add(Reply("Here I am."))
    assert text_of(retry(ada, found)) == "Here I am."


def test_stalls(ada: Caller, model: LLMockServer) -> None:
    model.state.scenarios.add(LONG, StreamFault("stall", after_chunks=8, stall_seconds=6))
    failed(ada, "took too long", "APITimeoutError")


def test_never_begins(ada: Caller, model: LLMockServer) -> None:
    model.state.scenarios.add(SlowFirstToken(6))
    failed(ada, "took too long", "APITimeoutError")


def test_malformed_chunk(ada: Caller, model: LLMockServer) -> None:
    model.state.scenarios.add(LONG, StreamFault("malformed", after_chunks=8))
    failed(ada, "unusable answer", "JSONDecodeError")


def test_empty_answer(ada: Caller, model: LLMockServer) -> None:
    model.state.scenarios.add(Reply(""))
    failed(ada, "empty answer", "EmptyAnswer")


def test_broken_tool_call(ada: Caller, model: LLMockServer) -> None:
    """The model is told of it and may do better."""
    for kind in ("malformed_arguments", "unknown_tool"):
        model.state.scenarios.add(ToolFault(kind), Reply("Sorry, this way.", times=2))
        found = ada.stream(create("Hi?"))
        assert "Sorry, this way." in text_of(found), found[-1]
        model.state.scenarios.clear()


def test_down(use: Any, user: Any, workflow_id: str) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    use(OPENAI_BASE_URL=f"http://127.0.0.1:{port}/v1")
    failed(Caller(secret_of(user, workflow_id)), "cannot be reached", "APIConnectionError")


def test_no_key(use: Any, user: Any, workflow_id: str) -> None:
    use(OPENAI_API_KEY="")
    failed(Caller(secret_of(user, workflow_id)), "not set up", "KeyMissing")


@pytest.mark.parametrize(
    "nonsense",
    [
        [{"choices": None, "object": "chat.completion.chunk"}],
        [{"hello": "world"}],
        [chunk({"content": 7}), chunk({}, "stop")],
        [chunk({"tool_calls": "x"}), chunk({}, "stop")],
        [],
    ],
)
def test_nonsense(chat_ada: Caller, scripted_model: Model, nonsense: list[dict[str, Any]]) -> None:
    scripted_model.answers = [nonsense]
    found = chat_ada.stream(create("Hi?"))
    assert found[-1]["type"] == "error"
    assert found[-1]["allow_retry"] is True
    assert Run.objects.get().status == "failed"
    assert ThreadItem.objects.filter(type="assistant_message").count() == 0


def test_error_within_the_stream(chat_ada: Caller, scripted_model: Model) -> None:
    error = {"error": {"message": "canary of the upstream", "code": "x"}}
    scripted_model.answers = [[chunk({"content": "Well, "}), error]]
    failed(chat_ada, "has a problem", "APIError")


def test_loop_of_tools_ends(chat_ada: Caller, scripted_model: Model) -> None:
    scripted_model.answers = [chat_call("search_articles", {"question": "orders"})]
    found = chat_ada.stream(create("Hi?"))
    assert "too many steps" in found[-1]["message"]
    assert len(scripted_model.requests) == 10


def test_a_model_that_sends_faster_than_it_is_read(
    chat_ada: Caller, scripted_model: Model, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No more of it is taken in than is shown: its reader ends what is too long."""
    settings.CHATKIT = settings.CHATKIT | {"ANSWER_LENGTH": 1_000}
    taken_in: list[object] = []
    is_last = client._is_last

    def counted(chunk: object) -> bool:
        taken_in.append(chunk)
        return is_last(chunk)

    monkeypatch.setattr(client, "_is_last", counted)
    scripted_model.answers = [chat(*["ten words "] * 20_000)]
    found = chat_ada.stream(create("Hi?"))
    assert text_of(found) == "ten words " * 100
    assert "too long" in found[-1]["message"]
    assert len(taken_in) < 2_000
