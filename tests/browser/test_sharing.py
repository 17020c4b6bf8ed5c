"""A conversation of the chat page is taken away as a file, printed, and shared by a link."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .axe import violations
from .chat import Chat
from .conftest import PHONE, Starter
from .pages import Watch
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sharing(start_server: Starter) -> Server:
    return start_server(chatkit={"SHARING": {"seconds": 3600}})


def test_a_link_is_made_read_and_taken_back(
    open_page: Callable[..., Any],
    sharing: Server,
    watch: Watch,
    screenshots: Callable[[Any, str], Path],
) -> None:
    page = open_page(sharing)
    chat = Chat(page).open().ask("How do I add a customer?")
    menu = chat.element.get_by_role("button", name="More")
    menu.click()
    with page.expect_download() as saved:
        chat.element.get_by_role("menuitem", name="Download as Markdown").click()
    assert saved.value.suggested_filename.endswith(".md")
    assert "> How do I add a customer?" in Path(saved.value.path()).read_text()
    menu.click()
    chat.element.get_by_role("menuitem", name="Share…").click()
    dialog = chat.element.get_by_role("dialog")
    dialog.get_by_role("button", name="Make a link").click()
    link = dialog.get_by_role("textbox").input_value()
    screenshots(page, "share-dialog")

    reader = open_page(sharing, PHONE, user="bob")
    reader.goto(link)
    expect(reader.get_by_role("main")).to_contain_text("How do I add a customer?")
    expect(reader.get_by_role("main")).to_contain_text("has shared this conversation with you")
    assert violations(reader) == []
    screenshots(reader, "shared-phone")
    # A form of the page, which needs the browser to say where it is from.
    with reader.expect_response(lambda answer: answer.request.method == "POST") as sent:
        reader.locator("form[action*=setlang] button").first.evaluate("each => each.click()")
    assert sent.value.status == 302
    dialog.get_by_role("button", name="Take back").click()
    expect(dialog.get_by_role("listitem")).to_have_count(0)
    watch.expect("404")
    assert reader.goto(link).status == 404


def test_on_paper_stands_the_conversation_alone(
    page: Any, screenshots: Callable[[Any, str], Path]
) -> None:
    chat = Chat(page).open().ask("How do I add a customer?")
    page.emulate_media(media="print")
    screenshots(page, "chat-printed")
    expect(page.get_by_role("navigation").first).to_be_hidden()
    expect(chat.composer).to_be_hidden()
    expect(chat.element.locator(".user")).to_be_visible()
