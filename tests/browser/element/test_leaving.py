"""What is under way where the page opens another conversation."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import Pause, says
from .states import ask

pytestmark = pytest.mark.browser


def test_what_is_sent_goes_to_what_was_open_then(chat):
    ask(chat, "One")
    first = next(iter(chat.standin.threads))
    other = chat.standin.add_thread([])
    outcome = chat.page.evaluate(
        """async (other) => {
          const sent = chat.sendUserMessage({text: "For the first"});
          const acted = chat.sendCustomAction({type: "first"});
          chat.setComposerValue({text: "draft of the first"});
          chat.setThreadId(other);
          return Promise.all([sent, acted].map((one) => one.then(() => "sent", ({code}) => code)));
        }""",
        other,
    )
    assert outcome == ["left", "left"]
    assert not chat.standin.requests("threads.add_user_message")
    assert not chat.standin.requests("threads.custom_action")
    expect(chat.input).to_have_value("")
    chat.call("setThreadId", first)
    expect(chat.input).to_have_value("draft of the first")
    chat.page.evaluate(
        "(id) => { chat.setThreadId(id); void chat.sendUserMessage({text: 'To the other'}) }", other
    )
    assert chat.asked("threads.add_user_message").params["thread_id"] == other
    chat.wait("response.end", 2)


def test_a_conversation_that_is_about_to_begin_is_left(chat):
    chat.standin.reply = lambda asked: [Pause(), *says("Too late")]
    chat.page.evaluate(
        """async () => {
          window.sent = chat.sendUserMessage({text: "First"}).then(() => "sent", ({code}) => code);
          // Long enough to be on its way, too short for an answer.
          for (let turn = 0; turn < 50; turn++) await null;
          await chat.setThreadId(null);
        }"""
    )
    chat.standin.go()
    assert chat.page.evaluate("window.sent") == "left"
    assert chat.events("thread.change") == [{"threadId": None}]
    expect(chat.button("Stop")).to_have_count(0)
    expect(chat.answers).to_have_count(0)
