"""On a phone: full height above the keyboard, large targets, no zoom, one scrollbar."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import says
from .states import OPTIONS, STATES, ask

pytestmark = pytest.mark.browser


@pytest.fixture
def chat(open_chat, phone):
    return open_chat(OPTIONS, size=phone)


@pytest.mark.parametrize(
    "state", ["start", "conversation", "history", "widgets", "questions", "limited"]
)
def test_targets_are_large_enough(chat, state):
    STATES[state](chat)
    small = chat.element.evaluate(
        """node => [...node.shadowRoot.querySelectorAll(
          "button, summary, input, select, textarea")].filter((e) => {
          const target = e.closest("label") ?? e;
          const { width, height } = target.getBoundingClientRect();
          return height > 1 && (width < 44 || height < 44) && !e.closest(".markdown, .citation");
        }).map((e) => [e.outerHTML.slice(0, 120), e.clientWidth, e.clientHeight])"""
    )
    assert small == []


def test_the_field_is_large_enough_not_to_zoom(open_chat, phone):
    chat = open_chat("{theme: {typography: {baseSize: 14}}}", size=phone)
    assert chat.input.evaluate("node => parseFloat(getComputedStyle(node).fontSize)") >= 16


def test_a_title_that_is_cut_ends_in_dots_at_either_side_of_the_page(open_chat, phone):
    looks = []
    for locale in ("en", "ar"):
        chat = open_chat(f"{{locale: '{locale}'}}", size=phone)
        title = "I have looked at the invoices of last year and found nothing"
        chat.call("setThreadId", chat.standin.add_thread([], title))
        shown = chat.element.locator("[part=title] bdi")
        expect(shown).to_have_text(title)
        looks.append(shown.screenshot(animations="disabled"))
        box, bar = shown.bounding_box(), chat.element.locator("[part=title]").bounding_box()
        gaps = [box["x"] - bar["x"], bar["x"] + bar["width"] - box["x"] - box["width"]]
        assert gaps[locale == "ar"] == pytest.approx(8, abs=1)
    assert looks[0] == looks[1]


def test_the_composer_rises_above_the_keyboard_and_bars_give_way(chat):
    for height in (500, 300):
        chat.page.evaluate(
            """(height) => {
              Object.defineProperties(visualViewport, Object.fromEntries(
                Object.entries({height, offsetTop: 0, scale: 1}).map(
                  ([name, value]) => [name, {value, configurable: true}])));
              visualViewport.dispatchEvent(new Event("resize"));
            }""",
            height,
        )
        box = chat.element.locator(".composer-box").bounding_box()
        assert box["y"] + box["height"] <= height
    expect(chat.element).to_have_attribute("data-short", "")
    expect(chat.element.locator("[part=header]")).to_have_css("min-height", "44px")


def test_composer_and_last_message_are_visible_and_there_is_one_scrollbar(chat):
    chat.standin.reply = lambda asked: says("Words. " * 300 + "Paragraph.\n\n" * 80)
    ask(chat, "Go")
    expect(chat.input).to_be_in_viewport(ratio=1)
    expect(chat.answers.locator(".actions")).to_be_in_viewport()
    scrolling = chat.element.evaluate(
        """node => [...node.shadowRoot.querySelectorAll("*")].filter((e) =>
          e.scrollHeight > e.clientHeight + 1
          && ["auto", "scroll"].includes(getComputedStyle(e).overflowY)
          && e.localName !== "textarea").length"""
    )
    assert scrolling == 1
    # One that ends below the window keeps its height.
    chat.element.evaluate("node => { node.style.height = '1500px'; }")
    chat.page.evaluate('visualViewport.dispatchEvent(new Event("resize"))')
    box = chat.element.locator(".composer-box").bounding_box()
    assert box["y"] > chat.page.viewport_size["height"]
