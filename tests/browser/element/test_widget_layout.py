"""Widgets on a phone: nothing is hidden, and no text is squeezed."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import done
from .test_items import answer

pytestmark = pytest.mark.browser

FOREIGN = {"type": "Image", "src": "https://elsewhere.example/a.png", "alt": "The bicycle " * 5}
LONG = "Donaudampfschifffahrtsgesellschaftskapitän"

#: What of a widget lies beyond its card, and the texts that have less than four letters a line.
LAYOUT = """node => {
  const card = node.shadowRoot.querySelector(".widget").firstElementChild;
  const edge = card.getBoundingClientRect();
  const scrolls = (element) => {
    const scroller = element.closest(".table");
    return scroller && scroller !== element;
  };
  const beyond = [...card.querySelectorAll("*")].filter((element) => {
    const { left, right, width } = element.getBoundingClientRect();
    return width && !scrolls(element) && (right > edge.right + 1 || left < edge.left - 1);
  });
  const squeezed = [...card.querySelectorAll(".w-text, .w-caption, .w-title")].filter((element) => {
    const em = parseFloat(getComputedStyle(element).fontSize);
    const words = element.textContent.trim().split(/\\s+/).map(({length}) => length);
    return element.getBoundingClientRect().width < Math.min(...words, 4) * em * 0.4;
  });
  return {
    beyond: beyond.map(({className}) => className),
    squeezed: squeezed.map(({textContent}) => textContent),
    scrolls: card.scrollWidth > card.clientWidth + 1,
  };
}"""
FINE = {"beyond": [], "squeezed": [], "scrolls": False}


def text(value, **fields):
    return {"type": "Text", "value": value, **fields}


def row(*children, **fields):
    return {"type": "Row", "children": list(children), **fields}


ROWS = {
    "image with a size": row({**FOREIGN, "size": 64}, text("A city bicycle"), text("EUR 499.00")),
    "image without one": row(FOREIGN, text("A city bicycle"), {"type": "Spacer"}, text("49.00")),
    "image in a list": {
        "type": "ListViewItem",
        "children": [{**FOREIGN, "width": 64}, {"type": "Col", "children": [text("Bicycle")]}],
    },
    "badges": row(*[{"type": "Badge", "label": f"Badge number {n}"} for n in range(6)]),
    "buttons": row(*[{"type": "Button", "label": f"Button {n}"} for n in range(6)]),
    "a wide box": {"type": "Box", "width": 600, "children": [text("All of it is read")]},
    "a box that may not be small": {"type": "Box", "minWidth": 600, "children": [text("Read")]},
    "css sizes": {"type": "Box", "width": "50rem", "children": [text("All of it is read")]},
    "columns": row(
        *[{"type": "Col", "width": 300, "children": [text("Three hundred")]} for _ in range(2)]
    ),
    "a long word": row({"type": "Title", "size": "3xl", "value": LONG}, text("Beside it")),
    "a long label": {"type": "Button", "label": LONG * 2, "block": True},
    "fields": row(
        *[{"type": "Input", "name": n} for n in "abc"], {"type": "DatePicker", "name": "d"}
    ),
    "text that is cut": row(text("Long " * 40, truncate=True), {"type": "Button", "label": "Go"}),
    "text that is cut in a column": row(
        {"type": "Col", "children": [text("Long " * 40, truncate=True)]}, text("49.00")
    ),
    "a table": {
        "type": "Table",
        "children": [
            {
                "type": "Table.Row",
                "children": [{"type": "Table.Cell", "children": [text("Column")]}] * 9,
            }
        ],
    },
    "a divider": row(text("Left"), {"type": "Divider"}, text("Right")),
    "Markdown": row({"type": "Markdown", "value": "Some *words* to read"}, text("Beside them")),
}


def test_nothing_is_hidden_and_no_text_is_squeezed_on_a_phone(open_chat, phone):
    chat = open_chat(size=phone)
    found = {}
    for name, shown in ROWS.items():
        chat.call("setThreadId", None)
        expect(chat.element.locator(".widget")).to_have_count(0)
        answer(chat, done("widget", widget={"type": "Card", "children": [shown]}))
        found[name] = chat.element.evaluate(LAYOUT)
    assert found == dict.fromkeys(ROWS, FINE)


def test_a_row_that_fits_stays_one(open_chat):
    """A name grows into the room there is, and a price stays at the edge."""
    chat = open_chat()
    parts = [text("A city bicycle"), {"type": "Spacer"}, text("EUR 499.00")]
    answer(chat, done("widget", widget={"type": "Card", "children": [row(*parts)]}))
    name, price = (box.bounding_box() for box in chat.element.locator(".w-text").all())
    card = chat.element.locator(".card").bounding_box()
    assert name["y"] == price["y"]
    assert name["height"] == price["height"] < 30
    assert card["x"] + card["width"] - price["x"] - price["width"] == pytest.approx(17, abs=1)


def test_an_image_that_may_not_be_shown_keeps_its_place_and_its_words(chat):
    answer(chat, done("widget", widget={"type": "Card", "children": [{**FOREIGN, "size": 64}]}))
    image = chat.element.get_by_role("img", name="The bicycle")
    box = image.bounding_box()
    assert (box["width"], box["height"]) == (64, 64)


def test_a_colour_of_the_text_is_as_strong_as_it_says(chat):
    answer(
        chat, done("widget", widget={"type": "Card", "children": [text("Hi", color="alpha-70")]})
    )
    colour = chat.element.locator(".w-text").evaluate("node => getComputedStyle(node).color")
    assert float(colour.rstrip(")").split("/")[1]) == pytest.approx(0.7, abs=0.01)
