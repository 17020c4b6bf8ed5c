"""On paper: the whole conversation, and it can be read."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import says, url_source
from .states import ask

pytestmark = pytest.mark.browser

#: What is cut off, and whether the last answer lies inside the page.
CUT = """node => {
  const { shadowRoot } = node;
  const last = shadowRoot.querySelector(".log > :last-child").getBoundingClientRect();
  const own = node.getBoundingClientRect();
  return {
    cut: [".frame", ".body", ".scroller"].filter((name) => {
      const { scrollHeight, clientHeight } = shadowRoot.querySelector(name);
      return scrollHeight > clientHeight + 1;
    }),
    inside: last.bottom <= own.bottom + 1,
  };
}"""


@pytest.fixture
def printed(open_chat):
    chat = open_chat('{theme: "dark", disclaimer: {text: "Only on the screen"}}')
    chat.standin.reply = lambda asked: says(
        [f"Line {n} of the answer.\n\n" for n in range(120)],
        annotations=[url_source("The handbook", "https://shop.example/handbook", 5)],
    )
    ask(chat, "A long question?")
    chat.page.emulate_media(media="print")
    return chat


def test_everything_is_printed_and_not_what_is_in_sight(printed):
    assert printed.element.evaluate(CUT) == {"cut": [], "inside": True}
    pages = printed.page.pdf(format="A4").count(b"/Type /Page\n")
    assert pages > 2


def test_it_is_dark_on_white_without_what_only_a_screen_can_use(printed):
    colours = printed.answers.first.evaluate("node => getComputedStyle(node).color")
    assert colours == "rgb(17, 17, 17)"
    expect(printed.input).to_be_hidden()
    expect(printed.element.locator("[data-copy], [data-history]").first).to_be_hidden()
    expect(printed.element.get_by_text("The handbook")).to_be_visible()
    expect(printed.questions).to_contain_text("A long question?")
