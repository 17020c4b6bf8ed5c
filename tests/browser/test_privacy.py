"""A temporary conversation, and a person's own data, as a person meets them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .chat import Chat
from .conftest import PHONE, Watch
from .pages import wait_until
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser
QUESTION = "How do I return goods?"
ASKED = "How do I cancel an order?"  # none of those that the start offers
DRAFTS = "Object.keys(sessionStorage).some((name) => name.startsWith('chatkit:draft:'))"
NOTE = "Temporary: in no list"


GONE = "status of 404"  # the page asks for the conversation that it showed last


def test_a_temporary_conversation(
    open_page: Callable[..., Any], server: Server, watch: Watch
) -> None:
    watch.expect(GONE)
    page = open_page(server, PHONE, own_login=True)
    chat = Chat(page).open()
    button = chat.element.locator("[data-temporary]")
    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(chat.element.locator(".temporary")).to_contain_text(NOTE)
    chat.ask(ASKED)
    expect(button).to_have_count(0)
    page.reload()
    chat.ready()
    expect(chat.element.locator(".temporary")).to_contain_text(NOTE)
    assert ASKED in chat.said
    thread = chat.thread
    chat.show_list()
    expect(chat.element.locator(f'[data-thread="{thread}"]')).to_have_count(0)
    page.keyboard.press("Escape")
    chat.press("End session")
    chat.open(f"?thread={thread}")
    expect(chat.element.locator(".temporary")).to_have_count(0)
    assert ASKED not in chat.said


def test_only_a_deletion_throws_away_what_was_being_written(
    open_page: Callable[..., Any], server: Server, watch: Watch
) -> None:
    watch.expect(GONE)
    page = open_page(server, own_login=True)
    chat = Chat(page).open().ask(QUESTION)
    chat.composer.fill("Of this conversation")
    tab = page.context.new_page()
    other = Chat(tab).open()
    other.composer.fill("Of another tab")
    for each in (page, tab):
        wait_until(each, DRAFTS)

    page.goto("/apps/chatkit/?thread=deleted")  # a link that anybody may write
    chat.ready()
    for each in (page, tab):
        wait_until(each, DRAFTS)
    page.goto("/apps/chatkit/mine/delete/")
    page.get_by_role("button", name="Delete my conversations").click()
    for each in (page, tab):
        wait_until(each, f"!({DRAFTS})")


def test_the_own_data(open_page: Callable[..., Any], server: Server, tmp_path: Path) -> None:
    page = open_page(server, own_login=True)
    chat = Chat(page).open().ask(QUESTION)
    chat.open_panel().get_by_role("link", name="Download or delete my conversations").click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download everything (JSON)").click()
    kept = tmp_path / "kept.json"
    download.value.save_as(kept)
    asked = [row["payload"] for row in json.loads(kept.read_text())["items"]]
    assert QUESTION in str([item for item in asked if item["type"] == "user_message"])
    page.get_by_role("link", name="Delete my conversations…").click()
    page.get_by_role("button", name="Delete my conversations").click()
    expect(page.locator(".ck-mine-note")).to_contain_text("deleted, with all that belonged")
    page.get_by_role("link", name="Back to the chat").click()
    chat.ready()
    assert "does not exist" not in page.locator(".chatkit-container").inner_text()
    expect(chat.element.locator("[data-copy]")).to_have_count(0)
