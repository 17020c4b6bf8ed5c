"""The assistant that the documentation writes answers as it says."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.conf import settings as site

from .protocol import Caller, create, secret_of, types

PAGE = Path(site.BASE_DIR, "docs", "howto", "assistant.md").read_text("utf-8")
NAME = "documented_assistant"


def example() -> str:
    """The code under "Write `respond`"."""
    found = re.search(r"```python\n(.*?)```", PAGE.partition("## Write `respond`")[2], re.S)
    assert found
    return found[1]


@pytest.fixture
def caller(
    transactional_db: None,
    user: Any,
    workflow_id: str,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> Caller:
    module = ModuleType(NAME)
    exec(compile(example(), NAME, "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, NAME, module)
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: f"{NAME}.SupportServer"}}
    return Caller(secret_of(user, workflow_id))


def test_the_documented_assistant_answers(caller: Caller, user: Any) -> None:
    user.groups.create(name="buyers")
    found = caller.stream(create("Hello"))
    assert "error" not in types(found)
    items = [event["item"] for event in found if event["type"] == "thread.item.done"]
    said = [part["text"] for item in items for part in item["content"]]
    assert said == ["Hello", "You said: Hello. Groups you are in: 1."]
