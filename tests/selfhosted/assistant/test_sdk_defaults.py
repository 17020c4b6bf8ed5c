"""What the Agents SDK keeps for the whole process is set once, and as CHATKIT says now."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.selfhosted.assistant import AssistantServer, sdk_defaults
from chatkit.selfhosted.runs import process
from tests.selfhosted.protocol import Caller, create, secret_of

from .model_server import Model, chat

SETTERS = (
    "set_default_openai_api",
    "set_default_openai_client",
    "set_tracing_disabled",
    "set_tracing_export_api_key",
)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What the SDK is told, in order."""
    told: list[tuple[str, Any]] = []

    def recorder(name: str) -> Any:
        return lambda value, **options: told.append((name, value))

    for name in SETTERS:
        monkeypatch.setattr(sdk_defaults, name, recorder(name))
    return told


def names(told: list[tuple[str, Any]]) -> list[str]:
    return sorted(name for name, _value in told)


def test_several_answers_set_it_once(
    told: list[tuple[str, Any]], use: Any, scripted_model: Model, user: Any, workflow_id: str
) -> None:
    scripted_model.answers = [lambda body: chat("Hello.")]
    use(OPENAI_BASE_URL=scripted_model.url, TRACING=True)
    caller = Caller(secret_of(user, workflow_id))
    for _ in range(3):
        caller.stream(create("Hi?"))
    assert names(told) == sorted(SETTERS)
    assert dict(told)["set_default_openai_api"] == "chat_completions"
    assert dict(told)["set_tracing_disabled"] is False
    assert dict(told)["set_tracing_export_api_key"] == "sk-canary"


def test_changed_settings_and_another_event_loop_set_it_anew(
    told: list[tuple[str, Any]], use: Any, scripted_model: Model, user: Any, workflow_id: str
) -> None:
    scripted_model.answers = [lambda body: chat("Hello.")]
    use(OPENAI_BASE_URL=scripted_model.url)
    caller = Caller(secret_of(user, workflow_id))
    caller.stream(create("Hi?"))
    told.clear()
    use(OPENAI_BASE_URL=scripted_model.url, MODEL="another", TRACING=True)
    caller.stream(create("Hi?"))
    assert names(told) == sorted(SETTERS)
    told.clear()
    process.close()
    caller.stream(create("Hi?"))
    assert names(told) == ["set_default_openai_api", "set_default_openai_client"]


def test_several_servers_set_tracing_once(told: list[tuple[str, Any]], use: Any) -> None:
    use(TRACING=False)
    AssistantServer()
    AssistantServer()
    assert told == [("set_tracing_disabled", True)]
