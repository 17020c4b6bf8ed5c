"""The page on moving a server here, done: its server with its two lines changed answers."""

from __future__ import annotations

import json
import re
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from ..selfhosted.protocol import Caller, add, create, thread_id_of

PAGE = (Path(settings.BASE_DIR) / "docs" / "howto" / "from-the-sdk.md").read_text("utf-8")
BEFORE = re.findall(r"^```python\n(# support/server\.py\n(?s:.*?))^```$", PAGE, re.M)[0]
CHANGES = re.findall(r"^```diff\n((?s:.*?))^```$", PAGE, re.M)[0].splitlines()


def moved() -> str:
    text = BEFORE
    for old, new in zip(CHANGES[::2], CHANGES[1::2], strict=True):
        assert (old[0], new[0]) == ("-", "+")
        assert text.count(f"{old[1:]}\n") == 1
        text = text.replace(old[1:], new[1:])
    # The page says that it can go.
    return text.replace("from .memory_store import MemoryStore\n", "")


def test_two_lines(caller_of: Callable[..., Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    assert len(CHANGES) == 4
    module: Any = types.ModuleType("tests.samples.documented")
    exec(compile(moved(), "from-the-sdk.md", "exec"), module.__dict__)
    monkeypatch.setitem(sys.modules, module.__name__, module)
    ada = caller_of("documented.SupportServer")
    events = ada.stream(create("Hello"))
    assert "I have read 1 items." in json.dumps(events)
    assert "I have read 3 items." in json.dumps(ada.stream(add(thread_id_of(events), "Again")))
