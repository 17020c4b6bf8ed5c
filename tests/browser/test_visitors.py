"""A site of a host's own in which people without a login chat, in a real browser.

VISITORS_PICTURES=FOLDER keeps pictures of what is on the screen.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .axe import violations
from .chat import Chat
from .conftest import DESKTOP, PHONE, Starter, login
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

CHAT = "/apps/chatkit/"
QUESTION = "How do I cancel an order?"
ANSWER = "choose More > Cancel order"
CONSENT = "By writing you agree to our terms."
SIZES = {"desktop": DESKTOP, "phone": PHONE}


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    return start_server(
        settings={"ROOT_URLCONF": "tests.browser.host_urls"},
        chatkit={"VISITORS": {"consent": CONSENT}, "BASE_TEMPLATE": None},
    )


def names(page: Any) -> set[str]:
    return {cookie["name"] for cookie in page.context.cookies()}


def keep(page: Any, name: str) -> None:
    if folder := os.environ.get("VISITORS_PICTURES"):
        page.screenshot(path=Path(folder, f"{name}.png"))


def opened(open_page: Callable[..., Any], site: Server, size: Any = DESKTOP, **options: Any) -> Any:
    page = open_page(site, size, user="", **options)
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    return page


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_the_first_message(
    open_page: Callable[..., Any], site: Server, size: str, scheme: str
) -> None:
    page = opened(open_page, site, SIZES[size], color_scheme=scheme)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    expect(page.locator("openai-chatkit textarea")).to_be_editable()
    expect(page.get_by_text(CONSENT)).to_be_visible()
    assert names(page) == set()
    assert not [url for url in asked if "/api/chatkit" in url]
    keep(page, f"start-{size}-{scheme}")
    assert violations(page) == []
    chat = Chat(page).ask(QUESTION)
    assert ANSWER in chat.said
    # The page stands alone here, since the site names no template.
    expect(chat.composer).to_be_in_viewport(ratio=1)
    assert page.evaluate("document.scrollingElement.scrollHeight - innerHeight") == 0
    expect(page.get_by_text("could not be stored")).to_have_count(0)
    assert names(page) == {"chatkit_visitor"}
    assert [url.rpartition("/")[2] for url in asked if "session" in url] == ["session"]
    keep(page, f"answer-{size}-{scheme}")
    assert violations(page) == []
    page.reload()
    expect(page.get_by_text(QUESTION).first).to_be_visible()


def test_all_of_it_is_deleted_by_a_button(open_page: Callable[..., Any], site: Server) -> None:
    page = opened(open_page, site)
    button = page.locator("[data-ck-known]", has_text="Delete my conversations")
    expect(button.first).to_be_hidden()
    Chat(page).ask(QUESTION)
    Chat(page).open_panel()
    keep(page, "details")
    page.get_by_role("link", name="Delete my conversations", exact=True).click()
    page.get_by_role("button", name="Delete my conversations").click()
    expect(page.get_by_role("status")).to_contain_text("1 conversation was deleted")
    keep(page, "deleted")
    assert "chatkit_visitor" not in names(page)
    page.get_by_role("link", name="Back to the chat").click()
    page.wait_for_selector("[data-state=ready]")
    expect(page.get_by_text(QUESTION)).to_have_count(0)


def test_a_login_takes_them_along_and_a_log_out_leaves_nothing(
    open_page: Callable[..., Any], site: Server
) -> None:
    page = opened(open_page, site)
    Chat(page).ask(QUESTION)
    page.wait_for_load_state("networkidle")  # what is asked after the answer, too
    login(page, "ada")
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    expect(page.locator("[part=list]").get_by_text("Cancel an order").first).to_be_visible()
    page.context.clear_cookies(name="sessionid")
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    expect(page.get_by_text(QUESTION)).to_have_count(0)
    assert "chatkit_visitor" not in names(page)
