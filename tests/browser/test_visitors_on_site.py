"""The chat page of the site that comes along, as people without a login have it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .axe import violations
from .conftest import DESKTOP, PHONE, Starter
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

CHAT = "/apps/chatkit/"
COMPOSER = "openai-chatkit textarea"
CENTRED = """() => {
    const style = new CSSStyleSheet();
    style.replaceSync(".main { display: grid !important; justify-items: center !important; }");
    document.adoptedStyleSheets.push(style);
}"""
TABLET = {"viewport": {"width": 768, "height": 1024}}


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    return start_server(chatkit={"VISITORS": True})


@pytest.mark.parametrize("size", [DESKTOP, TABLET, PHONE], ids=["desktop", "tablet", "phone"])
def test_the_chat_has_its_width(open_page: Callable[..., Any], site: Server, size: Any) -> None:
    page = open_page(site, size, user="")
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    expect(page.locator(COMPOSER)).to_be_in_viewport(ratio=1)
    width = page.evaluate("document.querySelector('.ck-page').clientWidth")
    assert width == page.evaluate("innerWidth")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    # There is no menu that would have them.
    for name in ("Language", "Colour scheme"):
        expect(page.locator(".topbar").get_by_label(name).first).to_be_visible()
    assert violations(page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_who_goes_on_writing_loses_nothing(
    open_page: Callable[..., Any], site: Server, size: Any
) -> None:
    """With the first answer a visitor has conversations, and the list of them comes."""
    page = open_page(site, size, user="")
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    field = page.locator(COMPOSER)
    field.fill("How do I cancel an order?")
    page.evaluate("window.field = document.querySelector('openai-chatkit').shadowRoot"
                  ".querySelector('textarea')")  # fmt: skip
    field.press("Enter")
    expect(field).to_have_value("")
    field.press_sequentially("And how do I create one?", delay=60)
    expect(page.get_by_role("button", name="Chat history").or_(
        page.get_by_role("searchbox")).first).to_be_attached()  # fmt: skip
    expect(field).to_have_value("And how do I create one?")
    expect(field).to_be_focused()
    assert page.evaluate("window.field.isConnected")


def test_a_site_that_centres_what_is_in_it(open_page: Callable[..., Any], site: Server) -> None:
    page = open_page(site, DESKTOP, user="")
    page.goto(CHAT)
    page.evaluate(CENTRED)
    page.wait_for_selector("[data-state=ready]")
    expect(page.locator(COMPOSER)).to_be_in_viewport(ratio=1)
