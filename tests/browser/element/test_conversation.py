"""A conversation in both forms of `api`: asking, streaming, and what can be done with an answer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .events import Pause, says
from .states import ask

pytestmark = pytest.mark.browser


def paused(pieces):
    """An answer that waits after its first piece."""
    events = list(says(pieces))
    return [*events[:3], Pause(), *events[3:]]


@pytest.mark.parametrize("custom", [False, True])
def test_a_message_is_sent_and_answered(open_chat, custom):
    chat = open_chat(custom=custom)
    ask(chat, "Hello there")
    expect(chat.answers).to_have_text(
        re.compile(r"^\s*The assistant said:.*You said: Hello there", re.S)
    )
    expect(chat.questions).to_contain_text("Hello there")
    ask(chat, "And again")
    expect(chat.answers).to_have_count(2)
    create, add = chat.asked("threads.create"), chat.asked("threads.add_user_message")
    assert create.params["input"] == {
        "content": [{"type": "input_text", "text": "Hello there"}],
        "attachments": [],
        "inference_options": {},
    }
    assert add.params["thread_id"] in chat.standin.threads
    assert create.headers["accept-language"].startswith("en-US")
    assert ("authorization" in create.headers) is not custom


def test_the_events_of_a_first_answer_in_order(chat):
    ask(chat, "Hi")
    thread_id = next(iter(chat.standin.threads))
    assert chat.events() == ["ready", "response.start", "thread.change", "response.end"]
    assert chat.events("thread.change") == [{"threadId": thread_id}]


def test_text_streams_before_the_answer_is_over(chat):
    chat.standin.reply = lambda asked: paused(["First. ", "Second."])
    chat.send("Go")
    expect(chat.answers).to_contain_text("First.")
    expect(chat.answers).not_to_contain_text("Second.")
    chat.standin.go()
    expect(chat.answers).to_contain_text("First. Second.")


def test_enter_sends_and_shift_enter_breaks_the_line(chat):
    chat.input.fill("One")
    chat.input.press("Shift+Enter")
    chat.page.keyboard.type("Two")
    assert chat.standin.asked == []
    chat.input.press("Enter")
    assert chat.asked("threads.create").text == "One\nTwo"
    expect(chat.input).to_have_value("")


def test_enter_while_an_input_method_composes_does_not_send(chat):
    chat.input.fill("にほ")
    chat.input.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown', "
        "{key: 'Enter', isComposing: true, bubbles: true, cancelable: true}))"
    )
    chat.page.wait_for_timeout(100)
    assert chat.standin.asked == []
    expect(chat.input).to_have_value("にほ")


def test_an_empty_message_is_not_sent(chat):
    chat.send("   ")
    chat.element.locator(".send").click(force=True)
    chat.page.wait_for_timeout(100)
    assert chat.standin.asked == []


def test_the_text_of_a_person_is_not_markdown(chat):
    ask(chat, "**not bold** <b>x</b>")
    expect(chat.questions).to_contain_text("**not bold** <b>x</b>")


def test_the_draft_survives_a_reload_and_belongs_to_its_thread(open_chat):
    chat = open_chat()
    chat.input.fill("half a thought")
    chat.page.reload()
    chat.page.evaluate("window.ready")
    expect(chat.input).to_have_value("half a thought")
    other = chat.standin.add_thread([{"id": "u1", "type": "user_message", "content": []}])
    chat.call("setThreadId", other)
    expect(chat.input).to_have_value("")
    chat.input.fill("another")
    chat.call("setThreadId", None)
    expect(chat.input).to_have_value("half a thought")
    chat.call("setThreadId", other)
    expect(chat.input).to_have_value("another")


def test_what_is_typed_while_the_first_answer_streams_stays(chat):
    chat.standin.reply = lambda asked: paused(["One ", "two"])
    chat.send("Go")
    chat.wait("thread.change")
    chat.input.fill("next question")
    chat.standin.go()
    chat.wait("response.end")
    expect(chat.input).to_have_value("next question")


def test_a_stop_on_a_stock_server_drops_the_connection_and_keeps_the_text(chat):
    chat.standin.reply = lambda asked: paused(["Kept text. ", "Never seen."])
    chat.send("Go")
    expect(chat.answers).to_contain_text("Kept text.")
    chat.button("Stop").click()
    chat.wait("response.end")
    expect(chat.element.locator("[data-stopped]")).to_be_visible()
    expect(chat.answers).to_contain_text("Kept text.")
    chat.standin.go()
    chat.standin.reply = lambda asked: says("A new one.")
    ask(chat, "More")
    expect(chat.answers.last).to_contain_text("A new one.")
    expect(chat.element.locator("[data-stopped]")).to_have_count(0)


def test_stop_is_not_offered_where_the_server_forbids_it(chat):
    forbid = {"type": "stream_options", "stream_options": {"allow_cancel": False}}
    chat.standin.reply = lambda asked: [forbid, *paused(["Text ", "more"])]
    chat.send("Go")
    expect(chat.answers).to_contain_text("Text")
    expect(chat.button("Stop")).to_have_attribute("aria-disabled", "true")
    chat.standin.go()


def test_an_answer_is_asked_for_again(open_chat):
    chat = open_chat("{threadItemActions: {retry: true}}")
    ask(chat, "One")
    ask(chat, "Two")
    expect(chat.button("Answer again")).to_have_count(1)
    chat.standin.reply = lambda asked: says("Another answer.")
    chat.button("Answer again").click()
    expect(chat.answers.last).to_contain_text("Another answer.")
    expect(chat.answers).to_have_count(2)
    asked = chat.asked("threads.retry_after_item")
    kept = chat.standin.threads[asked.params["thread_id"]]["items"]
    assert (
        next(i for i in kept if i["id"] == asked.params["item_id"])["content"][0]["text"] == "Two"
    )


def test_feedback_is_sent_and_shown(open_chat):
    chat = open_chat("{threadItemActions: {feedback: true}}")
    ask(chat, "Hi")
    chat.button("Good answer").click()
    asked = chat.asked("items.feedback")
    assert asked.params["kind"] == "positive"
    assert asked.params["item_ids"] == [chat.answers.get_attribute("data-id")]
    expect(chat.button("Good answer")).to_have_attribute("aria-pressed", "true")
    chat.button("Bad answer").click()
    assert chat.asked("items.feedback", 2).params["kind"] == "negative"
    expect(chat.button("Good answer")).to_have_attribute("aria-pressed", "false")


def test_a_bad_answer_is_asked_about(open_chat):
    chat = open_chat("{threadItemActions: {feedback: true}}")
    ask(chat, "Hi")
    chat.button("Bad answer").click()
    assert chat.asked("items.feedback").metadata == {}
    expect(chat.button("It is wrong")).to_be_focused()
    chat.button("It is outdated").click()
    assert chat.asked("items.feedback", 2).metadata == {"chatkit.feedback": {"reason": "outdated"}}
    expect(chat.button("It is outdated")).to_have_attribute("aria-pressed", "true")
    comment = chat.element.get_by_label("Anything to add? (optional)")
    expect(comment).to_be_focused()
    comment.fill("It is 5 % now.")
    comment.press("Enter")
    asked = chat.asked("items.feedback", 3)
    assert asked.metadata["chatkit.feedback"] == {"reason": "outdated", "comment": "It is 5 % now."}
    assert asked.params["kind"] == "negative"
    expect(chat.element.locator(".why")).to_have_count(0)
    expect(chat.button("Bad answer")).to_be_focused()


def test_one_key_skips_the_question_why(open_chat):
    chat = open_chat("{threadItemActions: {feedback: true}}")
    ask(chat, "Hi")
    chat.button("Bad answer").click()
    expect(chat.button("It is wrong")).to_be_focused()
    chat.page.keyboard.press("Escape")
    expect(chat.element.locator(".why")).to_have_count(0)
    expect(chat.button("Bad answer")).to_be_focused()
    expect(chat.button("Bad answer")).to_have_attribute("aria-pressed", "true")
    assert len(chat.standin.requests("items.feedback")) == 1


def test_feedback_and_retry_are_off_unless_asked_for(chat):
    ask(chat, "Hi")
    expect(chat.button("Copy")).to_have_count(1)
    expect(chat.element.locator(".actions button")).to_have_count(1)


@pytest.mark.parametrize("secure", [True, False])
def test_an_answer_is_copied_as_it_was_written(open_chat, secure):
    before = "" if secure else "Object.defineProperty(navigator, 'clipboard', {value: undefined});"
    chat = open_chat(before=before, permissions=["clipboard-read", "clipboard-write"])
    chat.standin.reply = lambda asked: says("Some **bold** text")
    ask(chat, "Hi")
    chat.button("Copy").click()
    expect(chat.status).to_contain_text("Copied")
    chat.input.focus()
    chat.page.keyboard.press("Control+V")
    expect(chat.input).to_have_value("Some **bold** text")


def test_code_is_copied_alone(open_chat):
    chat = open_chat(permissions=["clipboard-read", "clipboard-write"])
    chat.standin.reply = lambda asked: says("Run:\n\n```python\nprint(1)\n```\n")
    ask(chat, "Hi")
    chat.button("Copy code").click()
    chat.page.wait_for_timeout(100)
    assert chat.page.evaluate("navigator.clipboard.readText()").strip() == "print(1)"


def test_progress_is_shown_until_the_answer_begins(chat):
    events = list(says(["Text"]))
    chat.standin.reply = lambda asked: [
        {"type": "progress_update", "text": "Looking it up", "icon": "search"},
        Pause(),
        *events,
    ]
    chat.send("Go")
    expect(chat.element.get_by_text("Looking it up")).to_be_visible()
    chat.standin.go()
    chat.wait("response.end")
    expect(chat.element.get_by_text("Looking it up")).to_have_count(0)


def test_a_long_wait_is_told(open_chat):
    chat = open_chat()
    chat.standin.keep_runs()
    chat.standin.reply = lambda asked: [Pause(), *says("Here it is.")]
    chat.page.clock.install()
    chat.send("How long?")
    expect(chat.element.locator(".dots")).to_be_visible()
    waiting = chat.element.locator("[data-waiting]")
    expect(waiting).to_have_count(0)
    chat.page.clock.run_for(11_000)
    expect(waiting).to_have_text("Still working on it.")
    chat.page.clock.run_for(20_000)
    expect(waiting).to_contain_text("You may leave")
    chat.standin.go()
    expect(chat.answers).to_contain_text("Here it is.")
    expect(waiting).to_have_count(0)


def test_notices_and_effects(chat):
    chat.standin.reply = lambda asked: [
        {"type": "client_effect", "name": "confetti", "data": {"many": True}},
        {"type": "notice", "level": "info", "title": "Note", "message": "Some *words*."},
        *says("Done"),
    ]
    ask(chat, "Go")
    assert chat.events("effect") == [{"name": "confetti", "data": {"many": True}}]
    expect(chat.element.locator(".notice em")).to_have_text("words")


def test_a_title_that_comes_late_is_shown(chat):
    def reply(asked):
        yield from says("Hi")
        thread = next(iter(asked.server.threads.values()))
        yield {
            "type": "thread.updated",
            "thread": asked.server.described({**thread, "title": "Hello"}),
        }

    chat.standin.reply = reply
    ask(chat, "Go")
    expect(chat.element.get_by_role("heading", name="Hello")).to_be_visible()
    expect(chat.answers).to_have_count(1)


def test_a_deep_link_tells_the_page(chat):
    chat.standin.reply = lambda asked: says(
        "See [the order](chatkit-link://order/?id=7&tab=items)."
    )
    ask(chat, "Go")
    chat.element.get_by_role("button", name="the order").click()
    assert chat.events("deeplink") == [{"name": "order", "data": {"id": "7", "tab": "items"}}]


@pytest.mark.parametrize("size", [1, 3, 7])
def test_markdown_is_the_same_however_it_is_cut(open_chat, size):
    from .states import MARKDOWN

    chat = open_chat()
    text = (
        MARKDOWN
        + "\n~~~\nopen ``` code\n~~~\n\n"
        + "".join(f"| {n} | x |\n" if n > 1 else "| a | b |\n|---|---|\n" for n in range(1, 40))
        + "\n"
        + "".join(f"- item {n}\n\n  more\n" for n in range(20))
        + "\nThe [guide][1], in two steps:\n\n1. one\n\n1. two\n\n"
        + "$$\nx = a\n+ b\n\n- c\n$$\n\n  ```python\n  def f():\n      pass\n  ```\n\n"
        + "[1]: https://example.com.br/guide\n\n[^1]: word &hearts;\n\nEnd **bold**.\n"
    )
    pieces = [text[at : at + size] for at in range(0, len(text), size)]
    chat.standin.reply = lambda asked: says(pieces if "pieces" in asked.text else text)
    ask(chat, "pieces")
    ask(chat, "whole")

    def shown() -> list[str]:
        return [
            node.evaluate("node => node.querySelector('.markdown').innerHTML.replace(/\\s+/g, ' ')")
            for node in chat.answers.all()
        ]

    for _ in range(150):  # code and maths are dressed once their parts are loaded
        if len(set(shown())) == 1:
            break
        chat.page.wait_for_timeout(100)
    assert shown()[0] == shown()[1]
    expect(chat.answers.first.get_by_role("link", name="guide")).to_have_attribute(
        "href", "https://example.com.br/guide"
    )
    expect(chat.answers.first.locator(".maths-block math")).to_have_count(1)
    expect(chat.answers.first).to_contain_text("[^1]: word ♥")


def test_code_that_was_seen_growing_ends_without_an_empty_line(chat):
    events = list(says(["```\none\n", "two\n```\n\nEnd."]))
    chat.standin.reply = lambda asked: [*events[:3], Pause(), *events[3:]]
    chat.send("Go")
    code = chat.element.locator("code.block")
    expect(code).to_contain_text("one")
    chat.standin.go()
    chat.wait("response.end")
    assert code.evaluate("node => node.textContent") == "one\ntwo"
