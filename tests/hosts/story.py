"""What people do on every host: ask, come back, look into the history; then what the admin does."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from ..browser.chat import Chat, replied

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect

# Of the tutorial's articles.
QUESTION = "How many days do I have to return something?"
TITLE = "Returns"  # by the article that answered
ANSWER = "You can return anything within 30 days."
# Whether who presses there meets the chat.
ON_TOP = """(part) => {
  const {left, right, top, bottom} = part.getBoundingClientRect();
  const found = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
  return found === part.getRootNode().host;
}"""


def log_in(page: Any, name: str, password: str) -> None:
    """Fill in Django's form, which is open."""
    page.fill("[name=username]", name)
    page.fill("[name=password]", password)
    page.press("[name=password]", "Enter")


def chat(page: Any, address: str = "/apps/chatkit/") -> Chat:
    """Ask on the chat page, follow the source and come back, begin anew, find it in the history."""
    if not page.url.endswith(address):
        page.goto(address)
    chat = Chat(page).ready()
    with replied(page, r"/api/chatkit$") as answer:
        chat.ask(QUESTION)
    assert_streams(answer.value)
    assert ANSWER in chat.said
    source = chat.element.get_by_role("link").first.get_attribute("href")
    assert source
    page.goto(source)
    expect(page.get_by_role("heading", name="Returns")).to_be_visible()
    expect(page.get_by_text(ANSWER)).to_be_visible()
    page.goto(address)
    expect(chat.ready().element).to_contain_text(ANSWER)
    chat.begin_anew()
    thread = chat.element.locator("[part=thread]")
    expect(thread).to_have_count(0)
    chat.show_list()
    chat.element.locator("[data-thread] .open").first.click()
    expect(thread).to_contain_text(ANSWER)
    return chat


def assert_fits_a_phone(page: Any) -> None:
    """Nothing is wider than the narrowest screen that we know, and nothing of the site's lies over
    the composer."""
    size = page.viewport_size
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    expect(page.locator("openai-chatkit textarea")).to_be_in_viewport()
    for part in ("textarea", "[part=send-button]"):
        assert page.locator(f"openai-chatkit {part}").evaluate(ON_TOP), (
            f"something lies over {part}"
        )
    page.set_viewport_size(size)


def look_around(page: Any, name: str) -> None:
    """Pictures of the conversation that is open, its details, the start and the help articles."""
    if not os.environ.get("TEST_HOSTS_PICTURES"):
        return
    chat, address = Chat(page), page.url.partition("?")[0]
    look(page, name)
    chat.open_panel()
    look(page, f"{name}-details")
    page.goto(address)
    chat.ready().begin_anew()
    look(page, f"{name}-start")
    for part in ("help/", "help/returns/"):
        page.goto(f"{address}{part}")
        look(page, f"{name}-{part.strip('/').replace('/', '-')}")
    page.goto(address)
    chat.ready()
    chat.show_list()
    chat.element.locator("[data-thread] .open").first.click()


def look(page: Any, name: str) -> None:
    """Pictures of the page in light and dark, on a desktop and on a phone, in the folder that
    TEST_HOSTS_PICTURES names; none without it."""
    folder = os.environ.get("TEST_HOSTS_PICTURES")
    if not folder:
        return
    size = page.viewport_size
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        for width, height in ((390, 844), (1280, 800)):
            page.set_viewport_size({"width": width, "height": height})
            page.wait_for_timeout(400)
            page.screenshot(path=Path(folder, f"{name}-{scheme}-{width}.png"))
    page.emulate_media(color_scheme="light")
    page.set_viewport_size(size)


def assert_streams(response: Any) -> None:
    """Nothing on the way holds the answer back or packs it."""
    headers = response.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert headers.get("content-encoding", "identity") == "identity"
    assert "content-length" not in headers


def admin(page: Any, address: str = "/admin/") -> None:
    """Find the session, the conversation and its run in the admin, and read them."""
    expected = {"session": "support", "thread": TITLE, "run": "threads.create"}
    for model, text in expected.items():
        page.goto(address)
        page.locator(f'a[href$="/chatkit/{model}/"]:visible').first.click()
        page.wait_for_url(f"**/chatkit/{model}/")
        page.locator("#result_list tbody th a").last.click()
        page.wait_for_url(f"**/chatkit/{model}/*/change/")
        expect(page.get_by_text(text).first).to_be_visible()
