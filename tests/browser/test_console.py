"""The console in a real Chromium: read by anybody, on any screen, with the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from .axe import needs_axe, violations
from .conftest import DESKTOP, PHONE, Starter, Watch
from .pages import wait_until
from .servers import Server

pytestmark = pytest.mark.browser

URL = "/apps/chatkit/console/"
# axe looks once at each colour scheme.
LOOKS = [
    pytest.param(DESKTOP, PHONE, "light", "es", id="desktop-light-es"),
    pytest.param(PHONE, DESKTOP, "dark", "ar", id="phone-dark-ar"),
]
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    """A site with a month of questions."""
    server = start_server()
    server.command("chatkit_seed", "--runs=200", "--days=25", "--people=12")
    server.command("chatkit_rollup")
    return server


def paths(site: Server) -> dict[str, str]:
    ((thread, group),) = site.rows(
        "SELECT thread_id, group_id FROM chatkit_run JOIN chatkit_console_question ON run_id = id"
        " WHERE group_id IS NOT NULL LIMIT 1"
    )
    ((review,),) = site.rows("SELECT run_id FROM chatkit_console_review LIMIT 1")
    ((of_set, question),) = site.rows(
        "SELECT evaluation_set_id, id FROM chatkit_console_evaluationquestion LIMIT 1"
    )
    return {
        "overview": "?period=30d",
        "unanswered": "unanswered/?period=30d",
        "question": f"unanswered/{group}/?again=1",
        "conversations": "conversations/?period=30d",
        "answers": "conversations/?period=30d&list=answers",
        "conversation": f"conversations/{thread}/",
        "usage": "usage/?period=30d",
        "quality": "quality/?period=30d&status=mended",
        "review": f"quality/reviews/{review}/",
        "evaluations": "quality/evaluations/",
        "set": f"quality/evaluations/{of_set}/",
        "set question": f"quality/evaluations/{of_set}/questions/{question}/",
        "evaluation": f"quality/evaluations/{of_set}/2/",
        "tools": "tools/?period=30d",
        "audit": "audit/?period=30d",
        "setup": "setup/",
        "calls": "tools/calls/?period=30d&status=failed",
        "broken": "?period=own&from=2026-13-01",
    }


@needs_axe
@pytest.mark.parametrize(("size", "other", "scheme", "locale"), LOOKS)
def test_axe_finds_nothing_and_nothing_is_cut_off(
    open_page: Callable[..., Any], site: Server, size: Any, other: Any, scheme: str, locale: str
) -> None:
    page = open_page(
        site, size, user="root", color_scheme=scheme, locale=locale, reduced_motion="reduce"
    )
    found: dict[str, Any] = {}
    for name, path in paths(site).items():
        page.goto(f"{URL}{path}")
        assert page.evaluate(SIDEWAYS) == 0, name
        found[name] = violations(page)
        page.set_viewport_size(other["viewport"])
        wait_until(page, f"{SIDEWAYS} === 0")  # a chart takes a moment
        page.set_viewport_size(size["viewport"])
    assert found == {name: [] for name in found}


def test_a_chart_is_drawn_beside_its_table(open_page: Callable[..., Any], site: Server) -> None:
    page = open_page(site, user="root", reduced_motion="reduce")
    page.goto(f"{URL}?period=30d")
    wait_until(page, "document.querySelector('.ckc-chart canvas')")
    painted = page.evaluate(
        "() => { const canvas = document.querySelector('.ckc-chart canvas');"
        " const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);"
        " return data.filter((part, at) => at % 4 === 3 && part === 255).length; }"
    )
    assert painted > 1000
    assert page.locator("#ckc-table-days tbody tr").count() == 30
    chart, table = (
        page.locator(name).bounding_box() for name in (".ckc-chart", ".ckc-chart-pair .ckc-scroll")
    )
    assert chart["x"] + chart["width"] <= table["x"] + 1
    assert abs(chart["y"] - table["y"]) < 2


def test_a_period_is_chosen_with_the_keyboard(open_page: Callable[..., Any], site: Server) -> None:
    page = open_page(site, user="root")
    page.goto(f"{URL}conversations/?person=seed-1")
    page.locator(".ckc-own > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.name") == "from"
    page.fill("[name=from]", "2026-11-01")
    page.fill("[name=to]", "2026-11-20")
    page.press("[name=to]", "Enter")
    page.wait_for_url("**/conversations/?period=own&person=seed-1&from=2026-11-01&to=2026-11-20")
    page.locator(".ckc-tab").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{URL}?period=own&from=2026-11-01&to=2026-11-20")


@pytest.mark.parametrize("locale", ["ar", "de-DE", "en-US"])
def test_on_a_phone_a_period_is_chosen_and_the_open_tab_stands_in_its_row(
    open_page: Callable[..., Any], site: Server, locale: str
) -> None:
    page = open_page(site, PHONE, user="root", locale=locale)
    page.goto(f"{URL}unanswered/?period=30d")
    page.locator(".ckc-own > summary").click()
    box = page.locator(".ckc-popup").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]
    assert page.evaluate(SIDEWAYS) == 0
    page.goto(f"{URL}tools/")
    inside = (
        "(() => { const row = document.querySelector('.ckc-tabs > ul').getBoundingClientRect();"
        " const tab = document.querySelector('.ckc-tab[aria-current]').getBoundingClientRect();"
        " return tab.left >= row.left - 1 && tab.right <= row.right + 1; })()"
    )
    wait_until(page, inside)
    assert page.evaluate("scrollY") == 0


def test_a_failure_is_opened_from_its_figure(open_page: Callable[..., Any], site: Server) -> None:
    page = open_page(site, user="root")
    page.goto(f"{URL}?period=30d")
    card = page.locator(".ckc-figure", has_text="Failed or interrupted")
    count = int(card.locator(".ckc-figure-text").inner_text())
    assert count > 2
    card.locator("a").click()
    rows = page.locator("tbody tr")
    expect(rows).to_have_count(min(count, 50))
    rows.first.locator("a").first.click()
    # How it ended is told last: a tool that it called may have failed before.
    last = page.locator(".ckc-strip:target .ckc-steps > .is-error:last-child")
    expect(last).to_have_count(1)


def test_prompts_are_dragged_and_moved_with_the_keyboard(
    open_page: Callable[..., Any], site: Server
) -> None:
    page = open_page(site, user="root", reduced_motion="reduce")
    page.goto(f"{URL}setup/")
    first, second = "How do I return goods?", "How do I create an order?"
    assert labels(page) == shown(page) == [first, second]
    handle = page.locator("[data-ckc-handle]").first
    start, end = handle.bounding_box(), page.locator(".ckc-sort-row").last.bounding_box()
    page.mouse.move(start["x"] + 5, start["y"] + 5)
    page.mouse.down()
    page.mouse.move(start["x"] + 5, end["y"] + end["height"] - 4, steps=5)
    with page.expect_response("**/setup/prompts/"):
        page.mouse.up()
    assert labels(page) == shown(page) == [second, first]
    wait_until(page, "document.querySelector('[data-ckc-told]').textContent.includes('2 of 2')")
    page.reload()
    assert labels(page) == [second, first]
    page.locator("[value$=':up']").last.focus()
    with page.expect_response("**/setup/prompts/"):
        page.keyboard.press("Enter")
    assert labels(page) == shown(page) == [first, second]
    assert page.evaluate("document.activeElement.value").endswith(":down")  # there is no way up
    page.reload()
    assert labels(page) == [first, second]


def labels(page: Any) -> list[str]:
    return page.eval_on_selector_all(".ckc-sort-row", "rows => rows.map(row => row.dataset.label)")


def shown(page: Any) -> list[str]:
    """The prompts of the preview, which the chat itself draws; each has its icon."""
    prompts = page.locator("openai-chatkit .prompt")
    prompts.first.wait_for()
    page.evaluate("document.querySelector('openai-chatkit').updateComplete")
    assert prompts.locator("svg").count() == prompts.count()
    return prompts.all_inner_texts()


def test_a_page_without_charts_loads_none_and_has_no_menu_and_no_form_on_paper(
    open_page: Callable[..., Any], site: Server
) -> None:
    page = open_page(site, user="root")
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url))
    page.goto(f"{URL}conversations/")
    assert [url for url in loaded if "charts" in url] == []
    page.emulate_media(media="print")
    for hidden in (".ckc-tabs", ".ckc-period", ".ckc-form", ".sidebar", ".topbar"):
        assert not page.locator(hidden).first.is_visible(), hidden
    assert page.locator(".ckc-table").is_visible()


def test_an_evaluation_shows_how_far_it_is_by_itself(
    open_page: Callable[..., Any], site: Server, watch: Watch
) -> None:
    watch.expect("Failed to load resource")
    page = open_page(site, user="root")
    url, evaluation = f"{URL}{paths(site)['evaluation']}", "UPDATE chatkit_console_evaluation SET"
    last = "WHERE number = 2"
    site.write(f"{evaluation} status = 'running', asked = 1, beat_at = datetime('now') {last}")
    page.goto(url)
    told = page.locator("[data-ckc-told]")
    expect(told).to_contain_text("Running · 1 of 12")
    page.evaluate("window.same = true")
    page.route("**/progress/*", lambda route: route.abort())
    page.route("**/progress/", lambda route: route.abort())
    expect(page.locator("[data-ckc-lost]")).to_be_visible()
    page.unroute_all()
    site.write(f"{evaluation} asked = 7 {last}")
    expect(told).to_contain_text("Running · 7 of 12")
    expect(page.locator("[data-ckc-lost]")).to_be_hidden()
    expect(page.locator("[data-ckc-progress] [role=status]")).to_contain_text("7 of 12")
    assert page.evaluate("window.same")
    site.write(f"{evaluation} asked = 12, status = 'done' {last}")
    expect(page.locator(".ckc-alert.is-success")).to_contain_text("12 answered as expected")
    assert page.locator("[data-ckc-progress]").count() == 0
