"""Tokens of calls that ended before the model told them: Stop is no way around a budget."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from chatkit.contrib.console.models import Budget, Spent
from chatkit.models import Run
from tests.selfhosted.protocol import Caller, create, secret_of, until

from .model_server import Frames, Model, chunk, thought_and_text

SAID = "word " * 400


def written(api: str) -> Frames:
    """The beginning of an answer, with nothing of what it costs."""
    if api == "chat_completions":
        return [chunk({"role": "assistant", "content": ""}), chunk({"content": SAID})]
    first, *others = thought_and_text("", SAID, [])
    told = first["response"] | {"usage": None}
    return [first | {"response": told}, *others[: [f["type"] for f in others].index(DONE)]]


DONE = "response.output_text.done"


@pytest.fixture
def caller(use: Any, scripted_model: Model, api: str, user: Any, workflow_id: str) -> Caller:
    use(OPENAI_BASE_URL=scripted_model.url, MODEL_API=api)
    Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
    return Caller(secret_of(user, workflow_id))


def stopped() -> Run:
    return until(lambda: Run.objects.filter(live=None).first())


def asked(model: Model) -> float:
    """What the request may have cost, told from outside."""
    return len(json.dumps(model.bodies[0])) / 4


def test_stopped_while_it_writes(caller: Caller, scripted_model: Model, api: str) -> None:
    scripted_model.pause = threading.Event()
    scripted_model.answers = [[*written(api), None]]
    response = caller.post(create("Hi?"))
    parts, seen = iter(response.streaming_content), b""
    while b"word word" not in seen:
        seen += next(parts)
    caller.stop(response["X-ChatKit-Run"])
    run = stopped()
    scripted_model.pause.set()
    assert (run.status, run.tokens_out) == ("stopped", len(SAID) // 4)
    assert 0.5 < (run.tokens_in or 0) / asked(scripted_model) < 1.1
    assert Spent.objects.get().tokens == (run.tokens_in or 0) + len(SAID) // 4
    assert run.model == "mock-large"


def test_stopped_before_a_word(caller: Caller, scripted_model: Model) -> None:
    scripted_model.pause = threading.Event()
    scripted_model.answers = [[None]]
    response = caller.post(create("Hi?"))
    until(lambda: scripted_model.requests)
    caller.stop(response["X-ChatKit-Run"])
    run = stopped()
    scripted_model.pause.set()
    assert not run.tokens_out
    assert 0.5 < (run.tokens_in or 0) / asked(scripted_model) < 1.1
    assert Spent.objects.get().tokens == run.tokens_in


@pytest.mark.parametrize("server", ["QuickServer", "PassingServer"])
def test_too_long_while_it_writes(
    use: Any, caller: Caller, scripted_model: Model, settings: Any, server: str
) -> None:
    chosen = {"ANSWER_LENGTH": 100, "OPENAI_BASE_URL": scripted_model.url}
    use(f"tests.selfhosted.assistant.servers.{server}", **chosen)
    scripted_model.pause = threading.Event()
    scripted_model.answers = [[*written(settings.CHATKIT["MODEL_API"]), None]]
    found = caller.stream(create("Hi?"))
    run = stopped()
    scripted_model.pause.set()
    assert "too long" in found[-1]["message"]
    assert (run.status, run.tokens_out) == ("failed", len(SAID) // 4)
    assert Spent.objects.get().tokens == (run.tokens_in or 0) + len(SAID) // 4
    assert run.model == "mock-large"


def test_of_a_workflow_that_is_stopped(use: Any, caller: Caller, scripted_model: Model) -> None:
    server = "tests.selfhosted.assistant.servers.WorkflowServer"
    use(server, OPENAI_BASE_URL=scripted_model.url)
    scripted_model.pause = threading.Event()

    def slow(body: dict[str, Any]) -> Any:
        assert scripted_model.pause is not None
        scripted_model.pause.wait(10)
        return {}

    scripted_model.answers = [slow]
    response = caller.post(create("Hi?"))
    until(lambda: scripted_model.requests)
    caller.stop(response["X-ChatKit-Run"])
    run = stopped()
    scripted_model.pause.set()
    assert 0.5 < (run.tokens_in or 0) / asked(scripted_model) < 1.1
    assert Spent.objects.get().tokens == run.tokens_in


@pytest.mark.parametrize("api", ["responses"])
def test_cut_off(caller: Caller, scripted_model: Model, api: str) -> None:
    scripted_model.answers = [written(api)]
    caller.stream(create("Hi?"))
    run = stopped()
    assert (run.status, run.tokens_out) == ("failed", len(SAID) // 4)


def test_files_cost_less_than_their_bytes() -> None:
    from chatkit.selfhosted.assistant import estimates

    image = {"type": "input_image", "image_url": "data:image/png;base64," + "A" * 100_000}
    assert estimates.size_of({"input": ["Hi", image]}) < 100
    assert estimates.tokens(estimates.size_of("注文番号")) == 3  # four characters of three bytes
