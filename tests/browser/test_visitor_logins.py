"""Logins that begin and end while a chat is open, where people without one may chat, too."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .chat import Chat
from .conftest import DESKTOP, Starter, Watch, login
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

CHAT = "/apps/chatkit/"
QUESTION = "How do I cancel an order?"
SECOND = "And how do I create one?"
COMPOSER = "openai-chatkit textarea"


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    return start_server(chatkit={"VISITORS": True})


def opened(open_page: Callable[..., Any], site: Server, user: str = "") -> Any:
    page = open_page(site, DESKTOP, user=user, own_login=bool(user))
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    return page


def in_another_tab(page: Any, user: str) -> None:
    tab = page.context.new_page()
    login(tab, user)
    tab.close()


def test_a_user_whose_login_has_ended_is_no_visitor(
    open_page: Callable[..., Any], site: Server, watch: Watch
) -> None:
    watch.expect("status of 401")
    page = opened(open_page, site, "ada")
    Chat(page).ask(QUESTION)
    page.wait_for_load_state("networkidle")
    page.locator(COMPOSER).fill(SECOND)
    before = site.rows("SELECT count(*) FROM chatkit_visitor")
    page.context.clear_cookies(name="sessionid")
    site.write("UPDATE chatkit_session SET expires_at = '2020-01-01 00:00:00'")
    page.locator(COMPOSER).press("Enter")
    expect(page.locator(".ck-state")).to_contain_text("Please log in again")
    assert site.rows("SELECT count(*) FROM chatkit_visitor") == before
    page.get_by_role("link", name="Log in", exact=True).last.click()
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "pw-ada")
    page.press("[name=password]", "Enter")
    page.wait_for_selector("[data-state=ready]")
    expect(page.locator("openai-chatkit").get_by_text(SECOND).first).to_be_visible()


@pytest.mark.parametrize("known", [True, False])
def test_what_a_visitor_has_written_is_theirs_after_a_login(
    open_page: Callable[..., Any], site: Server, watch: Watch, known: bool
) -> None:
    watch.expect("status of 40")
    page = opened(open_page, site)
    if known:
        Chat(page).ask(QUESTION)
    page.locator(COMPOSER).fill(SECOND)
    in_another_tab(page, "ada")
    page.locator(COMPOSER).press("Enter")
    page.wait_for_selector("body.has-shell")
    expect(page.locator("openai-chatkit").get_by_text(SECOND).first).to_be_visible()
    expect(page.get_by_text("Another account")).to_have_count(0)


def test_after_a_log_out_in_another_tab_nothing_stays(
    open_page: Callable[..., Any], site: Server, watch: Watch
) -> None:
    watch.expect("status of 401")
    page = opened(open_page, site, "ada")
    Chat(page).ask(QUESTION)
    tab = page.context.new_page()
    tab.goto("/")
    tab.locator("form[action*=logout] button").evaluate("button => button.click()")
    tab.wait_for_url("**/accounts/log**")
    expect(page.locator(".ck-state")).to_contain_text("Please log in again")
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    assert not [one for one in page.context.cookies() if one["name"] == "chatkit_visitor"]


def test_a_bookmark_of_ones_own_leads_to_the_login_and_back(
    open_page: Callable[..., Any], site: Server
) -> None:
    page = opened(open_page, site, "ada")
    Chat(page).ask(QUESTION)
    bookmark = page.url
    assert "thread=" in bookmark
    page.context.clear_cookies()
    page.goto(bookmark)
    page.wait_for_selector("[data-state=ready]")
    page.locator(".ck-banner").get_by_role("link", name="Log in").click()
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "pw-ada")
    page.press("[name=password]", "Enter")
    expect(page.locator("openai-chatkit").get_by_text(QUESTION).first).to_be_visible()
    assert page.url == bookmark
