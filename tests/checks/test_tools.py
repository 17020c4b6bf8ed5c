"""The check of the tools that workflows list."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks

from chatkit import toolbox

ENTRY = {"server": "chatkit.selfhosted.assistant.AssistantServer"}


@pytest.fixture
def found(settings: Any) -> Any:
    """What the checks say of a workflow that lists these tools."""

    def run(*names: str) -> list[checks.CheckMessage]:
        settings.CHATKIT = settings.CHATKIT | {
            "OPENAI_API_KEY": "sk-canary",
            "WORKFLOWS": {"staff": ENTRY | {"tools": list(names)}},
        }
        found = checks.run_checks(tags=["chatkit"])
        return [message for message in found if message.id == "chatkit.W075"]

    return run


def test_names_that_apps_declare(found: Any) -> None:
    assert found("search_articles", "find_customers") == []
    assert found() == []


def test_a_misspelt_name(found: Any) -> None:
    (message,) = found("search_articles", "find_custmers")
    assert "['staff']['tools'] lists 'find_custmers'" in message.msg
    assert message.hint.startswith("Did you mean 'find_customers'?")


def test_a_name_like_no_other(found: Any) -> None:
    (message,) = found("xyzzy")
    assert "search_articles" in message.hint


def test_a_module_that_fails(found: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(module: str) -> None:
        raise RuntimeError("no table yet")

    monkeypatch.setattr(toolbox, "discover", fail)
    (message,) = found("search_articles")
    assert "RuntimeError: no table yet" in message.msg
