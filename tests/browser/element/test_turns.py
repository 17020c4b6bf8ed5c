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


def test_an_edited_question_that_is_refused_is_still_asked_in_its_place(open_chat):
    chat = open_chat("{threadItemActions: {edit: true}}")
    chat.send("How?")
    chat.wait("response.end")
    question = chat.questions.last.get_attribute("data-id")
    chat.button("Edit and ask again").click()
    chat.input.fill("How much?")
    chat.watch.expect("400")
    chat.standin.refuse(400, "invalid_request")
    chat.input.press("Enter")
    chat.wait("response.end", 2)
    expect(chat.questions).to_have_count(2)  # the old one is there again
    chat.button("Edit").click()
    expect(chat.input).to_have_value("How much?")
    expect(chat.element.locator("[part~=editing]")).to_be_visible()
    expect(chat.questions).to_have_count(1)
    expect(chat.element.locator(".edited")).to_have_attribute("data-id", question)
    chat.send("How many?")
    asked = chat.asked("threads.add_user_message", 2)
    assert (asked.text, asked.metadata) == ("How many?", {"chatkit.edit": question})


def test_a_file_taken_off_a_question_that_is_edited_stays_with_it(open_chat):
    chat = open_chat(
        "{threadItemActions: {edit: true}, composer: {attachments: {enabled: true}}}",
    )
    file = {"id": "atc_1", "name": "a.txt", "mime_type": "text/plain", "type": "file"}
    chat.call("sendUserMessage", {"text": "Read it", "attachments": [file]})
    chat.button("Edit and ask again").click()
    chat.button("Remove atc_1").click()
    expect(chat.element.locator("footer .attachment")).to_have_count(0)
    chat.input.press("Escape")
    expect(chat.questions.locator(".attachment")).to_contain_text("atc_1")
    chat.call("setComposerValue", {"attachments": [file | {"id": "atc_2"}]})
    chat.button("Remove a.txt").click()
    asked = chat.asked("attachments.delete")
    assert [asked.params for asked in chat.standin.requests(asked.type)] == [
        {"attachment_id": "atc_2"}
    ]
