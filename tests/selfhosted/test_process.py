"""`process()`, the SDK's own way in, for code that calls it without our endpoint."""

from __future__ import annotations

import asyncio
import datetime
import json
from typing import Any

import pytest

from chatkit.models import Thread, ThreadItem
from chatkit.selfhosted.runs import process
from chatkit.selfhosted.runs.context import ChatContext
from chatkit.server import NonStreamingResult, StreamingResult

from .protocol import add, ask, create, events, session_of, text_of, thread_id_of
from .servers import ScriptedServer
from .streams import item_types

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def context(user: Any, workflow_id: str) -> Any:
    yield ChatContext(session=session_of(user, workflow_id), language="en", time_zone=datetime.UTC)
    process.close()


def call(request: Any, context: ChatContext, until: int | None = None) -> Any:
    """The events or the JSON; `until` N events are read, then the stream is dropped."""

    async def go() -> Any:
        result = await ScriptedServer().process(json.dumps(request), context)
        if isinstance(result, NonStreamingResult):
            return json.loads(result.json)
        assert isinstance(result, StreamingResult)
        frames: list[bytes] = []
        async for frame in result.json_events:
            frames.append(frame)
            if until is not None and len(frames) == until:
                break
        return events(b"".join(frames))

    return asyncio.run(go())


def test_an_answer_is_stored(context: ChatContext) -> None:
    found = call(create("say 3"), context)
    assert text_of(found) == "1 2 3 "
    assert item_types(thread_id_of(found)) == ["user_message", "assistant_message"]


def test_another_context_goes_on(context: ChatContext) -> None:
    thread_id = thread_id_of(call(create("say 1"), context))
    later = ChatContext(session=context.session, language="en", time_zone=datetime.UTC)
    assert text_of(call(add(thread_id, "say 2"), later)) == "1 2 "
    assert len(item_types(thread_id)) == 4
    listed = call(ask("threads.list"), later)
    assert [thread["id"] for thread in listed["data"]] == [thread_id]


def test_what_a_cancelled_responder_said_is_stored(context: ChatContext) -> None:
    with pytest.raises(asyncio.CancelledError):
        call(create("say 2 cancelled"), context)
    thread_id = Thread.objects.get().pk
    assert item_types(thread_id) == [
        "user_message", "assistant_message", "task", "sdk_hidden_context",
    ]  # fmt: skip
    said = ThreadItem.objects.get(type="assistant_message")
    assert said.payload["content"][0]["text"] == "1 2 "


def test_a_failure_keeps_the_question(context: ChatContext) -> None:
    found = call(create("fail"), context)
    assert found[-1]["type"] == "error"
    assert item_types(thread_id_of(found)) == ["user_message"]
