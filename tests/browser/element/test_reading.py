"""Reading long answers: what was asked stays in sight, long questions fold, wide tables scroll."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from ..pages import PHONE
from .events import says
from .states import LONG_QUESTION, WIDE, ask

pytestmark = pytest.mark.browser


@pytest.fixture
def reading(open_chat):
    chat = open_chat("{thread: {autoScroll: true}}", size=PHONE)
    chat.standin.reply = lambda asked: says([WIDE, *(f"Line {n}.\n\n" for n in range(40))])
    ask(chat, LONG_QUESTION)
    return chat


def test_what_was_asked_stays_above_its_answer(reading):
    pinned = reading.element.locator("[part=pinned-question]")
    expect(pinned).to_contain_text("I have looked at the invoices")
    box = pinned.bounding_box()
    assert box["y"] < 130
    assert box["height"] < 70  # two lines of many
    pinned.click()
    expect(reading.questions).to_be_in_viewport()
    expect(pinned).to_have_count(0)
    reading.button("Jump to the latest message").click()
    expect(pinned).to_be_visible()


def test_a_long_question_folds_after_eight_lines(reading):
    bubble = reading.questions.locator(".bubble")
    reading.button("Show more").click()
    whole = bubble.bounding_box()["height"]
    reading.button("Show less").click()
    folded = bubble.bounding_box()["height"]
    line = bubble.evaluate("node => parseFloat(getComputedStyle(node).lineHeight)")
    assert 8 * line < folded < 10 * line < whole
    # On a wide screen a question of a few lines is whole.
    ask(reading, "A word or two. " * 20)
    expect(reading.button("Show more")).to_have_count(2)
    reading.page.set_viewport_size({"width": 1280, "height": 800})
    expect(reading.element.locator(".fold[data-fits]")).to_have_count(1)
    expect(reading.button("Show more")).to_have_count(1)


def test_a_wide_table_scrolls_and_its_first_column_stays(reading):
    table = reading.answers.locator("[part=table]")
    expect(table).to_have_attribute("data-more", "")
    first = table.get_by_role("cell", name="Northwind Traders")
    before = first.bounding_box()
    assert before["height"] < 100  # no tower of words
    table.evaluate("node => node.scrollTo(node.scrollWidth, 0)")
    expect(table).not_to_have_attribute("data-more", "")
    assert first.bounding_box()["x"] == pytest.approx(before["x"], abs=2)
    assert table.get_by_text("Paid half").bounding_box()["x"] < 390


def test_a_table_is_copied_as_csv_and_code_has_its_languages_name(reading):
    reading.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    reading.button("Copy as CSV").click()
    expect(reading.status).to_contain_text("Copied")
    copied = reading.page.evaluate("navigator.clipboard.readText()")
    assert copied.splitlines()[2].startswith('"Ada ""the first""",102,9 March,8 April,"3,162.00",')
    expect(reading.answers.get_by_role("region", name="Code: JavaScript")).to_be_visible()
    expect(reading.answers.locator(".code-bar")).to_contain_text("JavaScript")


def test_when_it_was_said_is_told_to_all(reading):
    time = reading.answers.locator("time")
    expect(time).to_have_css("opacity", "0")
    reading.answers.hover()
    expect(time).to_have_css("opacity", "1")
    assert time.get_attribute("datetime")
    assert "- time: " in reading.answers.aria_snapshot()


def test_each_answer_that_is_read_has_its_question_above_it(open_chat):
    chat = open_chat("{thread: {autoScroll: true}}")
    chat.standin.reply = lambda asked: says([f"Line {n}.\n\n" for n in range(40)])
    for question in ("First?", "Second?", "Third?"):
        ask(chat, question)
    pinned = chat.element.locator("[part=pinned-question]")
    scroller = chat.element.locator("[data-scroller]")
    expect(pinned).to_contain_text("Third?")
    # Back, by a jump and by steps: over each question in turn.
    first, second, _third = (chat.questions.nth(n) for n in range(3))
    for question, text in ((second, "Second?"), (first, "First?")):
        question.evaluate("node => node.scrollIntoView({block: 'start'})")
        scroller.evaluate("node => node.scrollBy(0, 400)")
        expect(pinned).to_contain_text(text)
    # Nothing lies over a question that is in sight.
    scroller.evaluate("node => node.scrollTo(0, 0)")
    expect(pinned).to_have_count(0)
    scroller.evaluate("node => node.scrollTo(0, node.scrollHeight)")
    expect(pinned).to_contain_text("Third?")
    pinned.click()
    expect(pinned).to_have_count(0)
    expect(chat.questions.last.locator(".bubble")).to_be_in_viewport(ratio=1)
