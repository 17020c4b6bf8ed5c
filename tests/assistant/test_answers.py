"""Answers by a model: what is streamed, stored and put on record."""

from __future__ import annotations

from typing import Any

from llmock.scenarios import Reply

from chatkit.models import Run, ThreadItem
from tests.selfhosted.protocol import Caller, create, text_of, thread_id_of, types


def test_answer(ada: Caller, model: Any) -> None:
    model.state.scenarios.add(Reply("Hello there, Ada."))
    found = ada.stream(create("Hi?"))
    assert text_of(found) == "Hello there, Ada."
    assert types(found)[-1] == "thread.item.done"
    stored = ThreadItem.objects.get(thread_id=thread_id_of(found), type="assistant_message")
    assert stored.payload["content"][0]["text"] == "Hello there, Ada."
    assert stored.item_id.startswith("msg_")
    assert len(stored.item_id) == 36
    run = Run.objects.get()
    assert (run.status, run.error) == ("completed", "")
    assert run.model == "mock-1"
    assert run.tokens_in > 0
    assert run.tokens_out > 0
    assert run.first_token_ms is not None
    assert run.duration_ms >= run.first_token_ms
