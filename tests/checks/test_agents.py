"""Checks of agents that OpenAI hosts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatkit import workflows
from chatkit.checks import answerers

from .test_checks import ours


def found(name: str) -> Any:
    """The message of this id."""
    (message,) = [one for one in ours() if one.id == name]
    return message


@pytest.mark.parametrize(
    "answerer",
    ["openai-agent:", "openai-agent: x", "openai-agent:a b", "openai-agent:" + "x" * 129],
)
def test_no_id(settings: Any, answerer: str) -> None:
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"wf_1": answerer}}
    message = found("chatkit.E059")
    assert answerer in message.msg


def test_an_agent(settings: Any) -> None:
    answerer = "openai-agent:agent_68f1"
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {"wf_1": answerer}, "OPENAI_API_KEY": "sk-x",
    }  # fmt: skip
    assert answerers.check_agents() + answerers.check_servers() + answerers.check_key() == []
    assert workflows.get("wf_1").agent_id == "agent_68f1"
    assert not workflows.get("wf_1").hosted


def test_no_key(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {"wf_1": "openai-agent:agent_68f1"}, "OPENAI_API_KEY": "",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }  # fmt: skip
    assert "openai-agent:agent_68f1" in found("chatkit.E014").msg


def test_an_old_package(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"wf_1": "openai-agent:agent_68f1"}}

    class Spec:
        submodule_search_locations = [str(tmp_path)]

    monkeypatch.setattr(answerers, "find_spec", lambda name: Spec)
    assert found("chatkit.E060")
