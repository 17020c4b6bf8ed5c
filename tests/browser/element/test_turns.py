"""The buttons under an answer: one row a turn, whatever the answer is made of."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import Pause, done, says

pytestmark = pytest.mark.browser

SHIFTS = """() => {
  window.shifts = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) window.shifts += entry.value;
  }).observe({ type: "layout-shift" });
}"""


def test_an_answer_of_two_items_has_one_row(open_chat):
    options = "{threadItemActions: {feedback: true, retry: true}}"
    chat = open_chat(options, permissions=["clipboard-read", "clipboard-write"])
    topics = {"type": "Card", "children": [{"type": "Text", "value": "Topics"}]}
    chat.standin.reply = lambda asked: [
        *says("I don't know."),
        done("widget", f"topics{asked.text}", widget=topics, copy_text="Orders"),
    ]
    for question in ("One?", "Two?"):
        chat.send(question)
        chat.wait("response.end")
    rows = chat.element.locator(".actions")
    expect(rows).to_have_count(2)
    expect(chat.button("Good answer")).to_have_count(2)
    expect(chat.button("Answer again")).to_have_count(1)
    rows.last.get_by_role("button", name="Copy").click()
    expect(chat.status).to_contain_text("Copied")
    copied = chat.page.evaluate("navigator.clipboard.readText()")
    assert copied == "I don't know.\n\nOrders"


def test_the_sign_of_work_does_not_jump_under_an_answer_that_is_whole(open_chat):
    chat = open_chat()
    chat.standin.reply = lambda asked: [Pause(), *says("Look here.\n\n" * 8), Pause()]
    chat.page.evaluate(SHIFTS)
    chat.send("Where?")
    expect(chat.element.locator(".dots")).to_be_visible()
    chat.standin.go()
    chat.answers.locator(".actions").wait_for()
    # Where the stream stays open, something else may come.
    expect(chat.element.locator(".dots")).to_be_visible()
    chat.standin.go()
    chat.wait("response.end")
    assert chat.page.evaluate("window.shifts") < 0.001
