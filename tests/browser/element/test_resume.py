"""An answer belongs to the thread: cut connections, reloads, second tabs, Stop on our servers."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from .events import Cut, Pause, done, says
from .states import ask

pytestmark = pytest.mark.browser


@pytest.fixture
def chat(open_chat):
    chat = open_chat()
    chat.standin.keep_runs()
    return chat


def pieces(*texts, between=Pause):
    """An answer with something between its pieces."""
    events: list[Any] = list(says(list(texts)))
    mixed = events[:2]
    for event in events[2:-1]:
        # A cut discards what the browser has not read yet: give it a moment.
        mixed += [event, *([0.3] if between is Cut else []), between()]
    return [*mixed, events[-1]]


def test_a_run_is_followed_to_its_end(chat):
    ask(chat, "Hi")
    expect(chat.answers).to_contain_text("You said: Hi")
    assert chat.standin.requests("runs.events") == []


def test_a_cut_connection_is_taken_up_where_it_broke(chat):
    chat.watch.expect("ERR_")
    chat.standin.reply = lambda asked: pieces("One, ", "two, ", "three.", between=Cut)
    chat.send("Count")
    chat.wait("response.end")
    expect(chat.answers.locator(".markdown")).to_have_text("One, two, three.")
    assert chat.asked("runs.events").params["after"] > 0
    assert chat.events("error") == []


def test_a_reload_in_the_middle_goes_on(open_chat):
    chat = open_chat("{initialThread: sessionStorage.thread ?? null}")
    chat.standin.keep_runs()
    chat.standin.reply = lambda asked: pieces("Before. ", "After.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Before.")
    chat.page.evaluate(
        "sessionStorage.thread = events.find(([n]) => n === 'thread.change')[1].threadId"
    )
    chat.page.reload()
    chat.page.evaluate("window.ready")
    expect(chat.answers.locator(".markdown")).to_have_text("Before.")
    expect(chat.button("Stop")).to_be_visible()
    chat.standin.go(2)
    expect(chat.answers.locator(".markdown")).to_have_text("Before. After.")
    expect(chat.questions).to_have_count(1)
    chat.wait("response.end")
    expect(chat.button("Send message")).to_be_visible()


def test_a_second_tab_follows_the_same_answer(open_chat):
    chat = open_chat()
    chat.standin.keep_runs()
    chat.standin.reply = lambda asked: pieces("Before. ", "After.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Before.")
    second = open_chat()
    second.call("setThreadId", next(iter(chat.standin.threads)))
    expect(second.answers.locator(".markdown")).to_have_text("Before.")
    chat.standin.go(2)
    for tab in (chat, second):
        expect(tab.answers.locator(".markdown")).to_have_text("Before. After.")


def test_stop_asks_the_server_and_keeps_what_was_said(chat):
    chat.standin.reply = lambda asked: pieces("Kept. ", "Never.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Kept.")
    chat.button("Stop").click()
    chat.wait("response.end")
    assert chat.asked("runs.stop").params["run"] in chat.standin.runs
    expect(chat.answers.locator(".markdown")).to_have_text("Kept.")
    expect(chat.element.locator("[data-stopped]")).to_be_visible()


def test_a_stop_that_the_thread_tells_is_told_once(chat):
    chat.standin.at_stop = [done("task", "tsk_1", task={"type": "custom", "title": "Stopped"})]
    chat.standin.reply = lambda asked: pieces("Kept. ", "Never.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Kept.")
    chat.button("Stop").click()
    chat.wait("response.end")
    expect(chat.element.locator("[part=task]")).to_have_text("Stopped")
    expect(chat.element.locator("[data-stopped]")).to_have_count(0)


def test_stop_after_a_reload_stops_the_same_run(open_chat):
    chat = open_chat()
    chat.standin.keep_runs()
    chat.standin.reply = lambda asked: pieces("Kept. ", "Never.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Kept.")
    second = open_chat()
    second.call("setThreadId", next(iter(chat.standin.threads)))
    second.button("Stop").click()
    second.wait("response.end")
    chat.wait("response.end")
    assert next(iter(chat.standin.runs.values())).over


def test_a_run_that_ended_meanwhile_is_read_from_the_thread(chat):
    chat.watch.expect("ERR_")

    def reply(asked):
        yield from list(says(["Half "], "msg_half"))[:3]
        yield 0.3
        yield Cut()
        whole = list(says("Half and whole.", "msg_half"))[-1]
        asked.server._keep(next(iter(asked.server.threads.values())), whole)
        asked.server.runs.clear()

    chat.standin.reply = reply
    chat.send("Go")
    chat.wait("response.end")
    expect(chat.answers.locator(".markdown")).to_have_text("Half and whole.")


def test_without_runs_a_cut_is_told_and_can_be_asked_again(open_chat):
    chat = open_chat()
    chat.watch.expect("ERR_")
    chat.standin.reply = lambda asked: [*list(says("Half of it"))[:3], Cut()]
    chat.send("Go")
    chat.wait("response.end")
    assert chat.events("error")[0]["code"] == "interrupted"
    expect(chat.element.get_by_role("alert")).to_contain_text("connection was lost")
    chat.standin.reply = lambda asked: says("All of it.")
    chat.button("Reconnect").click()
    expect(chat.answers.locator(".markdown")).to_have_text("All of it.")
    expect(chat.element.get_by_role("alert")).to_have_count(0)


def test_leaving_a_thread_does_not_end_its_answer(chat):
    chat.standin.reply = lambda asked: pieces("Before. ", "After.")
    chat.send("Go")
    expect(chat.answers).to_contain_text("Before.")
    thread_id = next(iter(chat.standin.threads))
    chat.call("setThreadId", None)
    expect(chat.element.locator(".greeting")).to_be_visible()
    chat.call("setThreadId", thread_id)
    expect(chat.answers).to_contain_text("Before.")
    chat.standin.go(2)
    expect(chat.answers.locator(".markdown")).to_have_text("Before. After.")
