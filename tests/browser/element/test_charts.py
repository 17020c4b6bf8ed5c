"""Charts: what is drawn, what a reader hears, what the keyboard and a pointer show."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from .events import done
from .test_items import answer
from .widget_examples import EXAMPLES, card, chart

pytestmark = pytest.mark.browser

SHOP = {"type": "bar", "dataKey": "shop", "label": "Shop"}


def test_bars_stack_and_the_keyboard_reads_them(chat):
    answer(chat, done("widget", widget=EXAMPLES["bars"]))
    drawing = chat.element.get_by_role("img", name="Shop, Market place, Returns")
    bars = drawing.locator(".bar")
    expect(bars).to_have_count(18)
    below, above = bars.nth(0).bounding_box(), bars.nth(6).bounding_box()
    assert above["x"] == pytest.approx(below["x"])
    assert above["y"] + above["height"] == pytest.approx(below["y"], abs=1)
    drawing.press("End")
    told = chat.element.locator(".w-chart-tip")
    expect(told).to_have_text("Jun Shop 1,410 Market place 480 Returns -65", use_inner_text=True)
    drawing.press("ArrowLeft")
    expect(told).to_contain_text("May")
    drawing.press("Escape")
    expect(told).to_have_count(0)


def test_a_pointer_shows_the_figures_from_right_to_left_too(open_chat):
    chat = open_chat('{locale: "ar"}')
    answer(chat, done("widget", widget=EXAMPLES["lines"]))
    drawing = chat.element.locator(".w-chart-area")
    size = drawing.bounding_box()
    drawing.hover(position={"x": size["width"] - 5, "y": 20})
    told = chat.element.locator(".w-chart-tip")
    expect(told).to_contain_text("Jan")
    expect(drawing.locator(".dot")).to_have_count(2)
    # The first month is drawn where the line begins to be read.
    assert drawing.locator(".dot").first.bounding_box()["x"] > size["x"] + size["width"] * 0.8


def test_colours_follow_the_scheme_and_what_is_not_wanted_is_left_out(chat):
    both = {**SHOP, "color": {"light": "#112233", "dark": "#ddeeff"}}
    bare = {"showLegend": False, "showTooltip": False, "showYAxis": False}
    hidden = {"xAxis": {"dataKey": "month", "hide": True}, "height": 120}
    widget = card(chart(both, **bare, **hidden), chart(SHOP))
    answer(chat, done("widget", widget=widget))
    charts = chat.element.locator(".w-chart")
    first = charts.first
    expect(first.locator(".bar").first).to_have_css("fill", "rgb(17, 34, 51)")
    expect(
        first.locator(".w-chart-legend, .w-chart-names, .w-chart-values, [tabindex]")
    ).to_have_count(0)
    expect(first).to_have_css("height", "120px")
    expect(charts.last.locator(".w-chart-legend")).to_have_text("Shop")
    chat.set_options('{"theme": "dark"}')
    expect(first.locator(".bar").first).to_have_css("fill", "rgb(221, 238, 255)")


def test_a_part_of_its_own_scheme(chat):
    answer(chat, done("widget", widget=EXAMPLES["dark"]))
    dark = chat.element.locator("[data-theme=dark]")
    expect(dark).to_have_css("background-color", "rgb(49, 45, 75)")
    expect(dark.locator(".w-title")).to_have_css("color", "rgb(231, 227, 252)")
    chat.set_options('{"theme": "dark"}')
    expect(dark).to_have_css("background-color", "rgb(49, 45, 75)")
