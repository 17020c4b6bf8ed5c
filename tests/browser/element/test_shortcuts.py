"""The option `shortcuts`: keys, and questions that wait for the end of an answer."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import Pause, says

pytestmark = pytest.mark.browser

OPTIONS = "{shortcuts: true, history: {enabled: true}}"
OUTSIDE = "document.body.insertAdjacentHTML('afterbegin', '<input id=other>')"


@pytest.fixture
def chat(open_chat):
    chat = open_chat(OPTIONS)
    chat.element.locator(".queue").wait_for(state="attached")
    return chat


def thread_of(chat):
    chat.wait("thread.change")
    return chat.events("thread.change")[-1]["threadId"]


def test_questions_wait_for_the_end_of_an_answer(chat):
    asked = []

    def reply(question):
        asked.append(question.text)
        return [Pause(), *says("Words.")]

    chat.standin.reply = reply
    queue = chat.element.locator(".queue")
    chat.send("One?")
    expect(chat.element.locator("[part=stop-button]")).to_be_visible()
    for question in ("Two?", "Three?"):
        chat.send(question)
    expect(queue.locator("li")).to_have_count(2)
    expect(queue).to_contain_text("Sent when the answer ends")
    expect(chat.status).to_contain_text("Your question is queued")
    expect(chat.input).to_have_value("")
    # Below what is taken back stays what was written meanwhile.
    chat.input.fill("Four")
    chat.button("Take back “Three?”").click()
    expect(chat.input).to_have_value("Three?\nFour")
    expect(chat.input).to_be_focused()
    chat.standin.go()
    chat.wait("response.end")
    expect(queue).to_be_hidden()
    expect(chat.element.locator(".user")).to_have_count(2)
    # One that is stopped sends nothing; the person says when.
    chat.input.press("Enter")
    chat.input.press("Escape")
    expect(chat.element.locator("[data-stopped]")).to_be_visible()
    expect(queue).to_contain_text("Not sent yet")
    thread = thread_of(chat)
    chat.page.reload()
    chat.call("setThreadId", thread)
    expect(queue.locator("li")).to_have_count(1)
    assert asked == ["One?", "Two?"]


def test_what_waits_is_sent_by_its_button_and_each_conversation_has_its_own(chat):
    chat.standin.reply = lambda question: [Pause(), *says(f"About {question.text}")]
    chat.send("One?")
    chat.send("Two?")
    thread = thread_of(chat)
    chat.input.press("Escape")
    expect(chat.element.locator("[data-stopped]")).to_be_visible()
    chat.call("setThreadId", None)
    queue = chat.element.locator(".queue")
    expect(queue).to_be_hidden()
    chat.call("setThreadId", thread)
    expect(queue).to_contain_text("Two?")
    chat.button("Send now").click()
    expect(queue).to_be_hidden()
    expect(chat.input).to_be_focused()
    chat.standin.go(2)  # the first for the answer that was stopped
    expect(chat.answers.last).to_contain_text("About Two?")


def test_what_waits_has_its_buttons_as_long_as_the_conversation_is_open(chat):
    chat.standin.reply = lambda question: [Pause(), *says("Words.")]
    chat.send("One?")
    chat.send("Two?")
    thread = chat.standin.threads[thread_of(chat)]
    chat.input.press("Escape")
    send, back = chat.button("Send now"), chat.button("Take back “Two?”")
    expect(send).to_be_visible()
    expect(back).to_be_visible()
    for kind in ("locked", "closed"):
        thread["status"] = {"type": kind}
        chat.call("fetchUpdates")
        expect(send).to_have_count(0)
        expect(back).to_have_count(0)
        expect(chat.element.locator(".queue")).to_contain_text("Two?")
    chat.call("setThreadId", None)
    chat.call("setThreadId", thread["id"])
    expect(chat.element.locator(".queue")).to_contain_text("Two?")
    expect(send).to_have_count(0)
    thread["status"] = {"type": "active"}
    chat.call("fetchUpdates")
    expect(send).to_be_visible()
    back.click()
    expect(chat.input).to_have_value("Two?")


def test_keys(chat):
    chat.page.evaluate(OUTSIDE)
    other = chat.page.locator("#other")
    other.press("/")
    expect(other).to_have_value("/")
    other.evaluate("field => field.blur()")
    chat.page.keyboard.press("/")
    expect(chat.input).to_be_focused()
    expect(chat.input).to_have_value("")
    chat.input.press("/")
    expect(chat.input).to_have_value("/")
    chat.input.fill("")
    chat.input.press("ArrowUp")  # there is no question yet
    chat.standin.reply = lambda asked: says("Words.")
    chat.send("What\nis it?")
    chat.wait("response.end")
    chat.input.press("ArrowUp")
    field = chat.page.evaluate_handle(
        "document.querySelector('openai-chatkit').shadowRoot.activeElement"
    )
    assert field.evaluate("field => field.value") == "What\nis it?"
    other.focus()
    other.evaluate("field => field.blur()")
    dialog = chat.element.get_by_role("dialog", name="Keyboard shortcuts")
    for keys in ("?", "Control+/"):
        chat.page.keyboard.press(keys)
        expect(dialog).to_be_visible()
        expect(dialog.locator("kbd").first).to_have_text("/")
        expect(dialog).not_to_contain_text("Search conversations")  # there is none beside the chat
        chat.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    # By accident, for some: then Ctrl is needed.
    chat.page.keyboard.press("Control+/")
    dialog.get_by_role("checkbox").uncheck()
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_have_count(0)
    chat.input.evaluate("field => field.blur()")
    for key in ("?", "/"):
        chat.page.keyboard.press(key)
    expect(dialog).to_have_count(0)
    expect(chat.input).not_to_be_focused()
    chat.page.keyboard.press("Control+/")
    expect(dialog.get_by_role("checkbox")).not_to_be_checked()


def test_a_page_that_does_not_ask_has_none(open_chat):
    chat = open_chat()
    chat.standin.reply = lambda asked: [Pause(), *says("Words.")]
    chat.send("One?")
    chat.send("Two?")
    expect(chat.element).to_contain_text("The answer is still being written.")
    expect(chat.input).to_have_value("Two?")
    chat.input.press("Escape")
    chat.input.evaluate("field => field.blur()")
    chat.page.keyboard.press("/")
    expect(chat.input).not_to_be_focused()
    chat.standin.go()
    chat.wait("response.end")
    expect(chat.answers).to_have_count(1)
    assert chat.element.locator(".queue, [data-stopped]").count() == 0
