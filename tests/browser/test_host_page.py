"""`{% chatkit %}` on a page of a host: its style sheet, several on one page, its events."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .conftest import DESKTOP, PHONE, Watch
from .servers import Server
from .test_states import LISTEN

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser


def opened(open_page: Callable[..., Any], server: Server, size: dict[str, Any]) -> Any:
    page = open_page(server, size)
    page.add_init_script(LISTEN)
    page.goto("/shop/")
    for place in ("#first", "#second"):
        page.wait_for_selector(f"{place} [data-state=ready]")
    return page


def style(page: Any, selector: str, name: str) -> str:
    script = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    return str(page.evaluate(script, [selector, name]))


def test_the_style_sheet_of_old_works_and_each_answers_for_itself(
    open_page: Callable[..., Any], server: Server
) -> None:
    shop = opened(open_page, server, PHONE)
    assert style(shop, "#first .chatkit-container", "borderTopLeftRadius") == "12px"
    assert style(shop, "#first .chatkit-container", "boxShadow") == (
        "rgba(0, 0, 0, 0.1) 0px 4px 12px 0px"
    )
    assert style(shop, "#second .chatkit-container", "borderTopLeftRadius") == "8px"
    assert style(shop, "#second .chatkit-container", "height") == "420px"
    assert style(shop, "#first .chatkit-container", "backgroundColor") == "rgb(255, 255, 255)"
    for place, question, answer in (
        ("#first", "How do I return goods?", "Open the invoice and choose More > Return."),
        ("#second", "How do I reset my password?", "password"),
    ):
        element = shop.locator(f"{place} openai-chatkit")
        element.locator("textarea").fill(question)
        element.locator("textarea").press("Enter")
        expect(element).to_contain_text(answer)
        expect(element.locator("[data-copy]")).to_have_count(1)
    expect(shop.locator("#second openai-chatkit")).not_to_contain_text("More > Return")
    assert "thread=" not in shop.url  # the page's address is the host's own


def test_events_bubble_and_hold_no_secret(open_page: Callable[..., Any], server: Server) -> None:
    shop = opened(open_page, server, DESKTOP)
    told = shop.evaluate("window.told")
    assert [name for name, _ in told] == ["chatkit:session-created"] * 2
    for _, detail in told:
        assert set(detail) == {"sessionId", "expiresAt", "refreshed"}
        assert detail["refreshed"] is False
    sessions = [detail["sessionId"] for _, detail in told]
    labels = server.rows(
        "SELECT user_label, device_label FROM chatkit_session WHERE session_id IN (?, ?)"
        " ORDER BY user_label",
        *sessions,
    )
    assert labels == [("", ""), ("customer-17", "kiosk-3")]
    # A part that is put into the page later.
    shop.evaluate(
        """async () => {
          const page = new DOMParser().parseFromString(
            await (await fetch("/shop/")).text(), "text/html");
          const place = document.createElement("div");
          place.id = "third";
          place.append(document.importNode(page.querySelector("#second .chatkit-container"), true));
          document.body.append(place);
        }"""
    )
    shop.locator("#third").scroll_into_view_if_needed()  # it starts when it is seen
    shop.wait_for_selector("#third [data-state=ready]")
    expect(shop.locator("#third openai-chatkit")).to_contain_text("Hi Ada")


def test_one_session_over_many_pages_and_none_unseen(
    open_page: Callable[..., Any], server: Server
) -> None:
    count = "SELECT COUNT(*) FROM chatkit_session"
    [[before]] = server.rows(count)
    page = open_page(server)
    for _ in range(3):
        page.goto("/closed/")
        page.wait_for_load_state("networkidle")
    assert server.rows(count) == [(before,)]
    for _ in range(3):
        page.goto("/closed/")
        page.click("summary")
        page.wait_for_selector("[data-state=ready]")
    assert server.rows(count) == [(before + 1,)]
    assert page.evaluate("JSON.stringify({...sessionStorage, ...localStorage})").count("ck_") == 0


def test_a_stranger_is_led_to_the_login_and_back(
    open_page: Callable[..., Any], server: Server, watch: Watch
) -> None:
    page = open_page(server, PHONE, user="")
    page.goto("/shop/")
    page.wait_for_selector("#first [data-state=logged-out]")
    expect(page.locator("#first .ck-state-title")).to_have_text("Please log in")
    expect(page.locator("#first")).not_to_contain_text("has ended")
    page.locator("#first").get_by_role("link", name="Log in").click()
    page.fill("[name=username]", "bob")
    page.fill("[name=password]", "pw-bob")
    page.press("[name=password]", "Enter")
    page.wait_for_url("**/shop/")
    page.wait_for_selector("#first [data-state=ready]")
