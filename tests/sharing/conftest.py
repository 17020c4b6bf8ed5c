from __future__ import annotations

from typing import Any

import pytest

from chatkit.models import Thread, ThreadItem
from tests.selfhosted.conftest import ada, bob, scripted
from tests.selfhosted.protocol import Caller

__all__ = ["ada", "bob", "scripted"]
HOSTILE = "<img src=x onerror=alert(1)> **bold** [x](javascript:alert(1)) ![p](https://a.example/p)"


@pytest.fixture
def sharing(settings: Any, scripted: str) -> None:
    settings.CHATKIT = settings.CHATKIT | {"SHARING": {"seconds": 3600}}


@pytest.fixture
def thread(ada: Caller, user: Any, workflow_id: str, sharing: None) -> Thread:
    thread = Thread.objects.create(user=user, workflow_id=workflow_id, title="Refunds <b>")
    said(thread, "user_message", "Where is it? <script>alert(1)</script>")
    said(thread, "hidden_context_item", "secret-of-the-host")
    said(thread, "client_tool_call", "secret-of-a-tool")
    said(thread, "assistant_message", HOSTILE)
    return thread


def said(thread: Thread, kind: str, text: str) -> None:
    part = {"type": "input_text", "text": text}
    named = {"type": "input_tag", "id": "customer:77", "text": "Contoso"}
    payload = {"content": [part, *([named] if kind == "user_message" else [])]}
    ThreadItem.objects.create(
        thread=thread, item_id=f"itm_{thread.items.count()}", type=kind, payload=payload
    )
