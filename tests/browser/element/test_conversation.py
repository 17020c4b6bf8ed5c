"""A conversation in both forms of `api`: asking, streaming, errors on the way."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .standin import Pause, says

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("custom", [False, True])
def test_a_message_is_sent_and_answered(open_chat, custom):
    chat = open_chat(custom=custom)
    chat.send("Hello there")
    expect(chat.answers).to_have_text("The assistant said: You said: Hello there")
    expect(chat.questions).to_contain_text("Hello there")
    chat.send("And again")
    expect(chat.answers).to_have_count(2)
    create, add = chat.standin.requests("threads.create")[0], chat.asked("threads.add_user_message")
    assert create.params["input"] == {
        "content": [{"type": "input_text", "text": "Hello there"}],
        "attachments": [],
        "inference_options": {},
    }
    assert add.params["thread_id"] in chat.standin.threads
    assert create.headers["accept-language"].startswith("en-US")
    assert ("authorization" in create.headers) is not custom


def test_the_events_of_a_first_answer_in_order(chat):
    chat.send("Hi")
    chat.wait("response.end")
    thread_id = next(iter(chat.standin.threads))
    assert chat.events() == ["ready", "response.start", "thread.change", "response.end"]
    assert chat.events("thread.change") == [{"threadId": thread_id}]


def test_text_streams_before_the_answer_is_over(chat):
    chat.standin.reply = lambda asked: _paused(["First. ", "Second."])
    chat.send("Go")
    expect(chat.answers).to_contain_text("First.")
    expect(chat.answers).not_to_contain_text("Second.")
    chat.standin.go()
    expect(chat.answers).to_contain_text("First. Second.")


def _paused(pieces):
    events = list(says(pieces))
    return [*events[:3], Pause(), *events[3:]]
