"""Answers over the connection of a test's transaction: an assistant with tools, and failures."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from chatkit import toolbox
from chatkit.models import Run, ToolCall
from chatkit.selfhosted import engine
from chatkit.testing import Chat
from chatkit.toolbox import ToolContext, tool
from tests.selfhosted.assistant.conftest import scripted_model
from tests.selfhosted.assistant.model_server import Model, chat, chat_call
from tests.selfhosted.conftest import scripted

__all__ = ["scripted", "scripted_model"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(chatkit_chat: Chat, user: Any) -> Chat:
    chatkit_chat.client.force_login(user)
    return chatkit_chat


def test_assistant_with_a_tool_that_asks(
    ada: Chat,
    scripted_model: Model,
    settings: Any,
    workflow_id: str,
    user: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(toolbox, "_registry", toolbox.all_tools())
    monkeypatch.setattr(engine, "_servers", {})
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "tests.selfhosted.assistant.servers.QuickServer"},
        "OPENAI_BASE_URL": scripted_model.url,
        "MODEL": "mock-1",
    }

    @tool(confirm=True)
    def rename(ctx: ToolContext, name: str) -> str:
        """Rename the user."""
        ctx.user.first_name = name
        ctx.user.save()
        return f"You are called {name}."

    scripted_model.answers = [chat_call("rename", {"name": "Countess"}), chat("Please decide.")]
    reply = ada.ask("Call me Countess")
    assert reply.text == "Please decide."
    (card,) = [
        event["item"]
        for event in reply.of_type("thread.item.done")
        if event["item"]["type"] == "widget"
    ]
    assert ToolCall.objects.get().status == "waiting"
    assert ada.press(card, "confirm").text == "You are called Countess."
    user.refresh_from_db()
    assert user.first_name == "Countess"
    assert ToolCall.objects.get().status == "done"


def test_failures(ada: Chat, scripted: str) -> None:
    assert ada.ask("say 2").text == "1 2 "
    assert ada.ask("say 1 sorry").error == "Sorry about that."
    assert ada.ask("fail").error
    assert ada.ask("say 1").text == "1 "  # the conversation goes on
    assert list(Run.objects.order_by("created_at").values_list("status", flat=True)) == [
        "completed", "failed", "failed", "completed",
    ]  # fmt: skip
    ada.thread_id = "thr_not_there"
    assert ada.ask("say 1").status_code == 404
    assert connection.in_atomic_block
    assert not connection.needs_rollback
