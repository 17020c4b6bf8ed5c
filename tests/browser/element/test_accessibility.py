"""Everyone can use it: axe in every state, the keyboard alone, what is spoken, motion, contrast."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .. import axe
from ..axe import COLOURS, needs_axe
from .events import Pause, says
from .states import OPTIONS, STATES, ask

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Fields and buttons without a name.
NAMELESS = """node => [...node.shadowRoot.querySelectorAll("button, a, input, textarea, select")]
  .filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.labels?.length))
  .map((e) => e.outerHTML)"""


def violations(chat, only=TAGS):
    """What axe finds, in short."""
    return axe.violations(chat.page, only)


@needs_axe
@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_and_nothing_is_cut_off(open_chat, state):
    """In both schemes on a desktop; then on a narrow screen, where nothing may stand out."""
    chat = open_chat(OPTIONS, reduced_motion="reduce")
    STATES[state](chat)
    assert violations(chat) == []
    assert chat.element.evaluate(NAMELESS) == []
    chat.page.evaluate(
        """() => {
          document.documentElement.style.setProperty("background", "#312d4b");
          chat.setOptions({...window.options, theme: "dark"});
        }"""
    )
    expect(chat.element.locator(".frame")).to_have_css("background-color", "rgb(49, 45, 75)")
    assert violations(chat, COLOURS) == []
    chat.page.set_viewport_size({"width": 390, "height": 700})
    root = chat.page.evaluate(
        "[document.documentElement.scrollWidth, document.documentElement.scrollHeight]"
    )
    assert root == [390, 700]
    assert (
        chat.element.evaluate("node => node.shadowRoot.querySelector('.frame').scrollWidth") <= 390
    )


@needs_axe
def test_axe_finds_nothing_right_to_left_on_a_phone(open_chat, phone):
    chat = open_chat(f"{{...{OPTIONS}, locale: 'ar'}}", size=phone)
    STATES["conversation"](chat)
    assert violations(chat) == []


def test_a_whole_conversation_by_keyboard_alone(open_chat):
    chat = open_chat(
        "{startScreen: {prompts: [{label: 'Ask me', prompt: 'A question'}]},"
        " threadItemActions: {feedback: true, retry: true}}"
    )
    press = chat.page.keyboard.press
    press("Tab")
    expect(chat.button("Chat history")).to_be_focused()
    press("Tab")
    expect(chat.button("Ask me")).to_be_focused()
    press("Enter")
    expect(chat.answers).to_contain_text("You said: A question")
    expect(chat.input).to_be_focused()
    press("Shift+Tab")
    expect(chat.button("Answer again")).to_be_focused()
    press("Shift+Tab")
    press("Shift+Tab")
    expect(chat.button("Good answer")).to_be_focused()
    press("Enter")
    chat.asked("items.feedback")
    expect(chat.button("Good answer")).to_be_focused()


def test_focus_is_never_lost(open_chat):
    """After each of these the focus is on something inside, not on the page's body."""
    chat = open_chat(OPTIONS)

    def focused():
        return chat.element.evaluate(
            "node => node.shadowRoot.activeElement?.outerHTML.slice(0, 80) ?? null"
        )

    ask(chat, "Hi")
    assert focused()
    chat.standin.reply = lambda asked: [*list(says("Half"))[:3], Pause()]
    chat.send("More")
    expect(chat.answers.last).to_contain_text("Half")
    chat.button("Stop").focus()
    chat.page.keyboard.press("Enter")
    chat.wait("response.end", 2)
    expect(chat.button("Send message")).to_be_focused()
    chat.standin.reply = lambda asked: [
        {"type": "error", "code": "stream.error", "allow_retry": True}
    ]
    ask(chat, "Fail")
    chat.button("Try again").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    chat.wait("response.end", 4)
    chat.button("Dismiss").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    chat.button("New chat").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.input).to_be_focused()
    chat.button("Chat history").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.element.get_by_role("searchbox")).to_be_focused()
    chat.button("Back to the chat").focus()
    chat.page.keyboard.press("Enter")
    expect(chat.button("Chat history")).to_be_focused()


def test_an_answer_is_announced_once_and_politely(open_chat):
    chat = open_chat(before="window.spoken = [];")
    chat.element.evaluate(
        """node => new MutationObserver(() => {
          const region = node.shadowRoot.querySelector("[role=status][aria-atomic]");
          const text = region.textContent.trim();
          if (text && spoken.at(-1) !== text) spoken.push(text);
        }).observe(node.shadowRoot.querySelector("[role=status][aria-atomic]"),
          {childList: true, characterData: true, subtree: true})"""
    )
    chat.standin.reply = lambda asked: says(["**Many** ", "[small](/x) ", "pieces."])
    ask(chat, "Hi")
    expect(chat.status).to_contain_text("The assistant said: Many small pieces.")
    assert chat.page.evaluate("spoken") == ["The assistant said: Many small pieces."]
    expect(chat.status).to_have_attribute("aria-live", "polite")
    expect(chat.element.get_by_role("log")).to_have_attribute("aria-live", "off")


def test_nothing_moves_under_reduced_motion(open_chat):
    chat = open_chat(reduced_motion="reduce")
    STATES["waiting"](chat)
    running = chat.element.evaluate("node => node.shadowRoot.getAnimations().length")
    assert running == 0
    chat.standin.go()


def test_forced_colours_keep_borders(open_chat):
    chat = open_chat(OPTIONS, forced_colors="active")
    width = chat.element.locator(".prompt").first.evaluate(
        "node => getComputedStyle(node).borderTopWidth"
    )
    assert width == "1px"


def test_at_twice_the_size_nothing_is_cut_off(open_chat):
    chat = open_chat(
        OPTIONS, size={"viewport": {"width": 640, "height": 400}, "device_scale_factor": 2}
    )
    STATES["conversation"](chat)
    wide = chat.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert wide is False
    expect(chat.input).to_be_in_viewport()
    assert chat.element.locator("[data-scroller]").evaluate("n => n.clientHeight") > 60
