"""Where one writes: what is sent, and what is said where nothing can be."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import Pause, says
from .states import ask

pytestmark = pytest.mark.browser

TAGS = [
    {"type": "input_text", "text": "Ask "},
    {"type": "input_tag", "id": "e1", "text": "@Ann"},
    {"type": "input_text", "text": " or "},
    {"type": "input_tag", "id": "e2", "text": "@Anna"},
]


def sent(chat, count=1):
    content = chat.asked("threads.create", count).params["input"]["content"]
    return [part.get("id", part["text"]) for part in content]


def test_of_two_tags_that_begin_alike_the_shorter_can_be_taken_away(chat):
    chat.call("setComposerValue", {"content": TAGS})
    chat.input.focus()
    chat.input.evaluate("field => field.setSelectionRange(4, 12)")
    chat.page.keyboard.press("Delete")
    expect(chat.input).to_have_value("Ask @Anna")
    chat.page.keyboard.press("Enter")
    assert sent(chat) == ["Ask ", "e2"]


def test_a_tag_that_comes_back_is_one_again(chat):
    chat.call("setComposerValue", {"content": TAGS})
    chat.input.focus()
    chat.input.evaluate("field => field.setSelectionRange(4, 8)")
    chat.page.keyboard.press("ControlOrMeta+x")
    expect(chat.input).to_have_value("Ask  or @Anna")
    chat.page.keyboard.press("ControlOrMeta+z")
    expect(chat.input).to_have_value("Ask @Ann or @Anna")
    chat.page.keyboard.press("Enter")
    assert sent(chat) == ["Ask ", "e1", " or ", "e2"]


def test_pasted_code_keeps_its_first_indent(chat):
    chat.input.fill("    def f():\n        return 1\n")
    chat.input.press("Enter")
    assert sent(chat) == ["    def f():\n        return 1"]
    expect(chat.questions.locator(".bubble")).to_have_text(
        "    def f():\n        return 1", use_inner_text=True
    )


def test_a_draft_keeps_its_tags_and_its_quote(open_chat, standin):
    thread_id = standin.add_thread([])
    chat = open_chat()
    chat.call("setComposerValue", {"content": TAGS, "reply": "Quoted"})
    chat.call("setThreadId", thread_id)
    expect(chat.input).to_have_value("")
    chat.call("setThreadId", None)
    chat.page.reload()
    chat.page.evaluate("window.ready")
    expect(chat.input).to_have_value("Ask @Ann or @Anna")
    chat.input.press("Enter")
    assert sent(chat) == ["Ask ", "e1", " or ", "e2"]
    assert chat.asked("threads.create").params["input"]["quoted_text"] == "Quoted"


def test_sending_while_an_answer_streams_says_why_not(chat):
    chat.standin.reply = lambda asked: [*list(says("Half"))[:3], Pause()]
    chat.send("One")
    expect(chat.answers).to_contain_text("Half")
    chat.send("Two")
    hint = chat.element.locator("[part=hint]")
    expect(hint).to_contain_text("The answer is still being written.")
    expect(chat.status).to_contain_text("The answer is still being written.")
    expect(chat.input).to_have_value("Two")
    chat.standin.go()
    chat.wait("response.end")
    expect(hint).to_have_count(0)


def test_a_prompt_that_cannot_be_sent_says_why_not(open_chat):
    chat = open_chat("{startScreen: {prompts: [{label: 'Ask', prompt: 'Ask this'}]}}")
    chat.watch.expect("429")
    chat.standin.refuse(429, "rate_limited", "Slow down.", Retry_After="30")
    chat.button("Ask").click()
    expect(chat.element.locator("[part=error]")).to_contain_text("Slow down.")
    chat.send("More")
    expect(chat.element.locator("[part=hint]")).to_contain_text("Try again in")


def test_copying_shows_that_it_worked(chat):
    ask(chat, "Hi")
    copy = chat.element.locator("[data-copy]")
    copy.click()
    expect(copy).to_have_attribute("data-said", "Copied")
    assert copy.evaluate("node => getComputedStyle(node, '::after').content") == '"Copied"'
    expect(chat.status).to_contain_text("Copied")
    expect(copy).not_to_have_attribute("data-said", "Copied", timeout=4000)


def test_copying_that_fails_says_so(chat):
    ask(chat, "Hi")
    chat.page.evaluate(
        """() => {
          navigator.clipboard.writeText = () => Promise.reject(new Error("no"));
          document.execCommand = () => false;
        }"""
    )
    chat.element.locator("[data-copy]").click()
    expect(chat.element.locator("[part=hint]")).to_contain_text("Copying isn't possible here.")
    expect(chat.element.locator("[data-said]")).to_have_count(0)


def test_escape_of_an_input_method_leaves_the_search_alone(chat):
    chat.standin.add_thread([], "東京")
    chat.call("showHistory")
    search = chat.element.locator("[data-search]")
    search.fill("とうきょう")
    escape = "new KeyboardEvent('keydown', {key: 'Escape', bubbles: true, composed: true, %s})"
    for how in ("isComposing: true", "keyCode: 229"):
        search.evaluate(f"node => node.dispatchEvent({escape % how})")
    expect(search).to_have_value("とうきょう")
    search.press("Escape")
    expect(search).to_have_value("")
