"""Coming back to the chat page: reloads, new chats, drafts, and the next person at the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .chat import Chat
from .conftest import PHONE, Watch, login
from .servers import Server
from .test_states import ANSWER, QUESTION

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser


def test_a_reload_and_the_menu_lead_back_to_my_conversation(page: Any) -> None:
    chat = Chat(page).open("?thread=thr_of_nobody")
    banner = page.locator(".ck-banner")
    expect(banner).to_contain_text("That conversation does not exist any more")
    expect(chat.element).to_contain_text("Hi Ada")
    assert chat.thread == ""
    banner.get_by_role("button", name="Close").click()
    expect(banner).to_have_count(0)
    chat.ask(QUESTION)
    thread = chat.thread
    assert thread.startswith("thr_")
    page.reload()
    expect(chat.ready().element).to_contain_text(ANSWER)
    assert chat.thread == thread
    page.goto("/")
    chat.open()
    expect(chat.element).to_contain_text(ANSWER)
    assert chat.thread == thread


def test_a_new_chat_begins_and_the_start_screen_leads_on_with_what_was_left(phone: Any) -> None:
    chat = Chat(phone).open().ask(QUESTION)
    first = chat.thread
    chat.press("New chat")
    expect(chat.element).to_contain_text("Hi Ada")
    expect(chat.drawer).to_be_hidden()
    assert chat.thread == ""
    phone.reload()
    expect(chat.ready().element).to_contain_text("Hi Ada")
    chat.ask("How do I create an order?")
    second = chat.thread
    assert second not in ("", first)
    chat.press("New chat")
    chat.element.get_by_role("button", name="Continue:").click()
    expect(chat.element).to_contain_text("New order")
    assert chat.thread == second
    phone.evaluate("sessionStorage.clear()")
    chat.open()
    assert chat.thread == ""
    chat.element.get_by_role("button", name="Continue:").click()
    expect(chat.element).to_contain_text("New order")
    assert chat.thread == second
    chat.open(f"?thread={first}")
    expect(chat.element).to_contain_text(ANSWER)


def test_a_draft_survives_a_reload_and_a_question_an_error(phone: Any, watch: Watch) -> None:
    chat = Chat(phone).open()
    chat.composer.fill("half a quest")
    phone.reload()
    expect(chat.ready().composer).to_have_value("half a quest")
    watch.expect("status of 500")
    error = {"error": {"code": "server_error", "message": "Something went wrong."}}
    phone.route("**/api/chatkit", lambda route: route.fulfill(status=500, json=error))
    chat.composer.fill(QUESTION)
    chat.composer.press("Enter")
    expect(chat.element).to_contain_text("Something went wrong.")
    phone.reload()
    asked = chat.ready().element.locator(".user")
    expect(asked).to_contain_text(QUESTION)
    expect(asked).to_contain_text("No answer")
    phone.unroute("**/api/chatkit")
    asked.get_by_role("button", name="Try again").click()
    expect(chat.element).to_contain_text(ANSWER)


def test_the_next_person_at_this_screen_sees_nothing_of_it(
    open_page: Callable[..., Any], server: Server
) -> None:
    page = open_page(server, PHONE, own_login=True)
    chat = Chat(page).open().ask(QUESTION)
    chat.composer.fill("between Ada and the site")
    log_out(page)
    page.wait_for_function("!JSON.stringify(sessionStorage).includes('chatkit:')")
    page.go_back()
    page.wait_for_url("**/accounts/login/**")
    assert ANSWER not in page.content()
    login(page, "bob")
    chat.open()
    expect(chat.element).to_contain_text("Hi Bob")
    expect(chat.composer).to_have_value("")
    kept = page.evaluate("JSON.stringify(sessionStorage) + JSON.stringify(localStorage)")
    assert "between Ada" not in kept
    assert "thr_" not in kept


def test_a_page_out_of_the_browsers_cache_is_read_again(page: Any) -> None:
    chat = Chat(page).open()
    page.evaluate("window.old = true")
    again = "dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))"
    with page.expect_event("load"):
        page.evaluate(again)
    chat.ready()
    assert page.evaluate("window.old") is None


def log_out(page: Any) -> None:
    page.goto("/")
    page.evaluate(
        """() => {
          const form = document.querySelector('form[action*="logout"]');
          form.submit();
        }"""
    )
    page.wait_for_url("**/accounts/log**")
