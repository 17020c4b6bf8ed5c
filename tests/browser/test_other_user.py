"""Another person logs in in another tab: nothing of the first stays on the screen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .chat import Chat
from .conftest import Starter, Watch, login
from .servers import Server
from .test_states import ANSWER, BRIEF, QUESTION

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

DRAFT = "Only Ada wrote this"
SAID = "Somebody has logged in with another account in this browser"
# Browsers that do not tell of a changed cookie.
NO_COOKIE_STORE = "delete window.cookieStore; delete Window.prototype.cookieStore;"


@pytest.fixture
def brief(shared_server: Starter) -> Server:
    return shared_server(chatkit=BRIEF)


@pytest.fixture
def ada(open_page: Callable[..., Any], server: Server) -> Chat:
    chat = Chat(open_page(server, own_login=True)).open().ask(QUESTION)
    chat.composer.fill(DRAFT)
    return chat


def log_in(page: Any, user: str, *, after_logout: bool = False) -> None:
    """Log in as `user` in another tab of the same browser."""
    other = page.context.new_page()
    # The launcher of the next page would tell the first tab.
    other.route("**/static/chatkit/launcher.js", lambda route: route.abort())
    if after_logout:
        other.goto("/")
        other.evaluate("document.querySelector('form[action*=logout]').submit()")
        other.wait_for_url("**/accounts/log**")
    else:  # as on sites whose login page lets one user take another's place
        page.context.clear_cookies(name="sessionid")
    login(other, user)
    other.close()


def gone(page: Any) -> None:
    """Nothing of Ada's is left: on the screen, in the address, in the tab's storage."""
    text = page.locator("openai-chatkit").evaluate_all(
        "all => all.map((each) => each.shadowRoot.textContent).join()"
    )
    for secret in (ANSWER, DRAFT, "Ada"):
        assert secret not in text + page.locator("body").inner_text()
    assert "thread=" not in page.url
    assert DRAFT not in page.evaluate("JSON.stringify(sessionStorage)")


class TestTheChatPage:
    @pytest.mark.parametrize("after_logout", [True, False])
    def test_starts_afresh_and_says_why(self, ada: Chat, after_logout: bool, watch: Watch) -> None:
        watch.expect("status of 401")  # where the list looked just then
        log_in(ada.page, "bob", after_logout=after_logout)
        expect(ada.page.locator(".ck-banner")).to_contain_text(SAID)
        expect(ada.ready().element).to_contain_text("Hi Bob")
        expect(ada.composer).to_have_value("")
        gone(ada.page)
        ada.page.reload()
        expect(ada.ready().element).to_contain_text("Hi Bob")
        expect(ada.page.locator(".ck-banner")).to_have_count(0)

    def test_at_the_next_secret_where_nothing_told_it_before(
        self, open_page: Callable[..., Any], brief: Server, watch: Watch
    ) -> None:
        watch.expect("status of 401")
        page = open_page(brief, own_login=True)
        page.add_init_script(NO_COOKIE_STORE)
        chat = Chat(page).open().ask(QUESTION)
        log_in(page, "bob")
        chat.composer.fill(DRAFT)
        expect(page.locator("[data-ck-side-body] [data-ck-text=expires]")).to_have_text(
            "Renewed with your next message"
        )
        chat.composer.press("Enter")
        expect(page.locator(".ck-banner")).to_contain_text(SAID)
        gone(page)
        rows = brief.rows(
            "SELECT count(*) FROM chatkit_thread t JOIN auth_user u ON u.id = t.user_id"
            " WHERE u.username = 'bob'"
        )
        assert rows == [(0,)]

    def test_on_coming_back_to_the_tab(self, open_page: Callable[..., Any], server: Server) -> None:
        page = open_page(server, own_login=True)
        page.add_init_script(NO_COOKIE_STORE)
        chat = Chat(page).open().ask(QUESTION)
        log_in(page, "bob")
        assert ANSWER in chat.said
        page.evaluate('document.dispatchEvent(new Event("visibilitychange"))')
        expect(page.locator(".ck-banner")).to_contain_text(SAID)
        gone(page)

    def test_the_same_user_goes_on(self, ada: Chat, watch: Watch) -> None:
        watch.expect("status of 401")  # the browser's note on the call that was then repeated
        with ada.page.expect_response("**/api/chatkit/session") as answer:
            log_in(ada.page, "ada", after_logout=True)
        assert answer.value.ok
        expect(ada.composer).to_have_value(DRAFT)
        ada.ask("And how do I create an order?")
        assert ANSWER in ada.said

    def test_a_page_of_the_first_user_out_of_a_cache_does_not_load_for_ever(
        self, ada: Chat
    ) -> None:
        page = ada.page
        with page.expect_response("**/apps/chatkit/*") as answer:
            page.reload()
        html = answer.value.text()
        ada.ready()
        page.route(
            "**/apps/chatkit/", lambda route: route.fulfill(body=html, content_type="text/html")
        )
        log_in(page, "bob")
        ada.state("user-changed")
        expect(page.locator(".ck-state")).to_contain_text("Another account is logged in now")
        assert ANSWER not in page.locator(".chatkit-container").inner_text()


class TestAHostsPage:
    def test_keeps_its_forms(self, open_page: Callable[..., Any], server: Server) -> None:
        page = open_page(server, own_login=True)
        page.goto("/form/")
        chat = Chat(page).ready().ask(QUESTION)
        chat.composer.fill(DRAFT)
        page.fill("[name=wish]", "A wish")
        log_in(page, "bob")
        chat.state("user-changed")
        expect(page.locator(".ck-state")).to_contain_text(SAID)
        gone(page)
        assert page.input_value("[name=wish]") == "A wish"
        page.get_by_role("button", name="Reload the page").click()
        expect(chat.ready().element).to_contain_text("Hi Bob")
        gone(page)

    def test_where_scripts_cannot_read_the_cookie(
        self, open_page: Callable[..., Any], shared_server: Starter, watch: Watch
    ) -> None:
        watch.expect("status of 403")
        page = open_page(shared_server(settings={"CSRF_USE_SESSIONS": True}), own_login=True)
        chat = Chat(page).open().ask(QUESTION)
        log_in(page, "bob")
        other = page.context.new_page()
        Chat(other).open()
        chat.state("error")
        expect(page.locator(".ck-state")).to_contain_text("reload the page")
        expect(chat.element).to_have_count(0)
