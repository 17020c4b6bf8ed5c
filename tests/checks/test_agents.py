"""Checks of agents that OpenAI hosts."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

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


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The name of a package with server classes that nothing has imported."""
    name = f"shop_{uuid4().hex}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").write_text("")
    (tmp_path / name / "bases.py").write_text(
        "from chatkit.selfhosted.managed import ManagedAgentServer as Managed\n"
        "class Base(Managed):\n    agent_id = 'agent_support'\n"
    )
    (tmp_path / name / "servers.py").write_text(
        "from chatkit.selfhosted import managed\n"
        "from chatkit.selfhosted.assistant import AssistantServer\n"
        "from chatkit.selfhosted.managed import ManagedAgentServer\n"
        "from .bases import Base as OfShop\n"
        "class Sales(ManagedAgentServer): ...\n"
        "class Support(OfShop): ...\n"
        "class Dotted(managed.ManagedAgentServer): ...\n"
        "class Own(AssistantServer): ...\n"
        "class Round(Round): ...\n"
        "from ...beyond import Lost\n"
        "class Astray(Lost): ...\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    return name


@pytest.mark.parametrize(
    ("server", "asks"),
    [
        ("Sales", True),
        ("Support", True),
        ("Dotted", True),
        ("Own", False),
        ("Round", False),
        ("Astray", False),
    ],
)
def test_a_server_class_of_the_site(
    settings: Any, shop: str, server: str, asks: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs what an agent of the settings needs; to find out, nothing of it is imported."""
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {"wf_1": f"{shop}.servers.{server}"}, "OPENAI_API_KEY": "",
    }  # fmt: skip
    monkeypatch.setattr(answerers, "_knows_agents", lambda: False)
    told = {message.id for message in answerers.check_agents() + answerers.check_key()}
    assert told == ({"chatkit.E014", "chatkit.E060"} if asks else set())
    assert f"{shop}.servers" not in sys.modules


def test_an_old_package(settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"wf_1": "openai-agent:agent_68f1"}}

    class Spec:
        submodule_search_locations = [str(tmp_path)]

    monkeypatch.setattr(answerers, "find_spec", lambda name: Spec)
    assert found("chatkit.E060")
