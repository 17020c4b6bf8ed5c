"""The menu of the conversation that is open: printed whole, taken away as a file."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .events import Pause, says
from .states import ask, sharing

pytestmark = pytest.mark.browser


def message(number: int) -> dict:
    content = [{"type": "input_text", "text": f"Message {number}"}]
    return {"id": f"m{number}", "type": "user_message", "content": content}


def test_nothing_is_there_unless_the_page_asks_for_it(chat):
    ask(chat, "Hello")
    expect(chat.button("New chat")).to_be_visible()
    expect(chat.button("More")).to_have_count(0)


def test_the_whole_conversation_is_printed(open_chat):
    chat = open_chat(
        "{threadActions: {print: true}}",
        before="window.printed = new Promise((done) => (window.print = done));",
    )
    expect(chat.button("More")).to_have_count(0)
    chat.call("setThreadId", chat.standin.add_thread([message(n) for n in range(250)]))
    assert chat.questions.count() < 250
    chat.button("More").click()
    expect(chat.element.get_by_role("menuitem")).to_have_text(["Print"])
    chat.element.get_by_role("menuitem", name="Print").click()
    chat.page.evaluate("window.printed")
    expect(chat.questions).to_have_count(250)


def test_a_conversation_is_saved_under_the_servers_name(open_chat, standin):
    chat = open_chat("{threadActions: {export: true}}")
    chat.standin.reply = lambda asked: says("Yes.")
    ask(chat, "Hello")
    thread = next(iter(standin.threads))
    address = f"**/threads/{thread}/export?as=markdown"
    headers = {"Content-Disposition": "attachment; filename*=utf-8''Caf%C3%A9.md"}
    chat.page.route(address, lambda route: route.fulfill(body="# Hello", headers=headers))
    chat.button("More").click()
    with chat.page.expect_download() as download:
        chat.element.get_by_role("menuitem", name="Download as Markdown").click()
    assert download.value.suggested_filename == "Café.md"
    assert Path(download.value.path()).read_text() == "# Hello"
    chat.watch.expect("404")
    chat.page.unroute(address)
    chat.page.route("**/export?as=json", lambda route: route.fulfill(status=404, json={}))
    chat.button("More").click()
    chat.element.get_by_role("menuitem", name="Download as JSON").click()
    expect(chat.element.locator("[part=error]")).to_contain_text("available any more")


def test_links_are_made_copied_and_taken_back(chat):
    sharing(chat)
    dialog = chat.element.get_by_role("dialog", name="Share this conversation")
    expect(dialog).to_contain_text("What is said later is not in it.")
    expect(dialog.get_by_role("listitem")).to_have_count(3)
    expect(dialog.get_by_role("button", name="Copy")).to_be_focused()
    chat.page.route("**/shares/*/revoke", lambda route: route.fulfill(json={}))
    with chat.page.expect_request("**/shares/2/revoke"):
        dialog.get_by_role("button", name="Take back").last.click()
    expect(dialog.get_by_role("listitem")).to_have_count(2)
    expect(dialog.get_by_role("textbox")).to_have_count(1)  # the one just made, which still works
    dialog.get_by_role("button", name="Take back").first.click()
    expect(dialog.get_by_role("listitem")).to_have_count(1)
    expect(dialog.get_by_role("textbox")).to_have_count(0)
    chat.watch.expect("400")
    error = {"error": {"code": "invalid_request", "message": "Too many links."}}
    chat.page.unroute("**/shares")
    chat.page.route("**/shares", lambda route: route.fulfill(status=400, json=error))
    dialog.get_by_role("button", name="Make a link").click()
    expect(dialog.get_by_role("alert")).to_have_text("Too many links.")
    chat.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_escape_closes_the_links_and_stops_no_answer(open_chat):
    chat = open_chat("{shortcuts: true}")
    chat.element.locator(".queue").wait_for(state="attached")
    sharing(chat)
    chat.page.keyboard.press("Escape")
    dialog = chat.element.get_by_role("dialog", name="Share this conversation")
    expect(dialog).to_have_count(0)
    chat.standin.reply = lambda asked: [Pause(), *says("Words.")]
    chat.send("And then?")
    expect(chat.element.locator("[part=stop-button]")).to_be_visible()
    for blurred in (False, True):
        chat.button("More").click()
        chat.element.get_by_role("menuitem").last.click()
        expect(dialog).to_be_visible()
        if blurred:
            dialog.locator(":focus").evaluate("node => node.blur()")
        chat.page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
    chat.standin.go()
    chat.wait("response.end", 2)
    expect(chat.element.locator("[data-stopped]")).to_have_count(0)
