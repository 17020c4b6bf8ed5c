"""Each state of the chat page, made real: no session, no script, too fast, logged out, renewed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .chat import Chat, replied
from .conftest import DESKTOP, LIMITS, PHONE, Starter, Watch
from .pages import wait_until
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

BRIEF: dict[str, Any] = {"SESSION_SECONDS": 2, "RATE_LIMITS": LIMITS}
SESSION = "**/api/chatkit/session"
SCRIPT = "**/static/chatkit/chatkit.js"
QUESTION = "How do I return goods?"
ANSWER = "Open the invoice and choose More > Return."
# Keeps what the container tells the page, from before its first event on.
LISTEN = """
window.told = [];
for (const name of ["chatkit:session-created", "chatkit:error"])
  addEventListener(name, (event) => window.told.push([name, event.detail]));
"""


def state_of(page: Any) -> Any:
    return page.locator(".ck-state")


def refuse(page: Any, status: int, code: str, message: str, **headers: str) -> None:
    body = {"error": {"code": code, "message": message}}
    page.route(SESSION, lambda route: route.fulfill(status=status, json=body, headers=headers))


def answering(body: str) -> Callable[[Any], None]:
    return lambda route: route.fulfill(status=200, body=body)


class TestLoading:
    def test_shows_the_outline_of_the_chat_until_it_is_there(self, phone: Any) -> None:
        held: list[Any] = []
        phone.route(SCRIPT, lambda route: held.append(route))
        phone.goto("/apps/chatkit/", wait_until="commit")
        chat = Chat(phone).state("loading")
        expect(phone.get_by_role("status", name="Loading the chat")).to_be_visible()
        expect(chat.element).to_be_hidden()
        wait_until(phone, "document.readyState !== 'loading'")
        held[0].continue_()
        chat.ready()
        expect(phone.get_by_role("status", name="Loading the chat")).to_be_hidden()


class TestError:
    def test_says_what_happened_and_tries_again(self, page: Any, watch: Watch) -> None:
        watch.expect("status of 500")
        page.add_init_script(LISTEN)
        refuse(page, 500, "openai_timeout", "The assistant took too long to answer.")
        page.goto("/apps/chatkit/")
        chat = Chat(page).state("error")
        expect(state_of(page)).to_contain_text("The chat could not be started")
        expect(state_of(page)).to_contain_text("The assistant took too long to answer.")
        assert page.evaluate("window.told") == [
            [
                "chatkit:error",
                {"code": "openai_timeout", "message": "The assistant took too long to answer."},
            ]
        ]
        page.unroute(SESSION)
        state_of(page).get_by_role("button", name="Try again").click()
        expect(chat.ready().element).to_contain_text("Hi Ada")

    def test_whoever_tries_again_keeps_their_place(self, phone: Any, watch: Watch) -> None:
        watch.expect("status of 500")
        refuse(phone, 500, "openai_timeout", "The assistant took too long to answer.")
        phone.goto("/apps/chatkit/")
        chat = Chat(phone).state("error")
        again = state_of(phone).get_by_role("button", name="Try again")
        title = state_of(phone).get_by_role("heading")
        again.press("Enter")
        expect(title).to_be_focused()
        phone.unroute(SESSION)
        again.press("Enter")
        expect(chat.ready().composer).to_be_focused()

    def test_an_answer_that_is_none(self, page: Any, watch: Watch) -> None:
        watch.expect("ERR_")
        page.route(SESSION, lambda route: route.abort())
        page.goto("/apps/chatkit/")
        Chat(page).state("error")
        expect(state_of(page)).to_contain_text("This site cannot be reached.")
        for body in ("<html>proxy</html>", "{}", '{"client_secret": 7}', "[]"):
            page.unroute(SESSION)
            page.route(SESSION, answering(body))
            page.goto("/apps/chatkit/")
            Chat(page).state("error")
            expect(state_of(page)).to_contain_text("an answer that could not be read")
            assert "proxy" not in state_of(page).inner_text()

    def test_a_failed_security_check_reloads_the_page(self, page: Any, watch: Watch) -> None:
        watch.expect("status of 403")
        page.goto("/apps/chatkit/")
        Chat(page).ready()
        page.context.add_init_script("Object.defineProperty(document, 'cookie', {value: ''})")
        page.reload()
        Chat(page).state("error")
        expect(state_of(page)).to_contain_text("The security check failed.")
        with page.expect_navigation():
            state_of(page).get_by_role("button", name="Reload the page").click()

    def test_access_is_taken_away_or_the_assistant_is_offline(
        self, phone: Any, watch: Watch
    ) -> None:
        watch.expect("status of 403", "status of 503")
        refuse(phone, 403, "forbidden", "You may not use this assistant.")
        phone.goto("/apps/chatkit/")
        Chat(phone).state("forbidden")
        expect(state_of(phone)).to_contain_text("You may not use this assistant.")
        expect(state_of(phone).get_by_role("button")).to_have_count(0)
        phone.unroute(SESSION)
        refuse(phone, 503, "offline", "Back at nine <b>.")
        phone.goto("/apps/chatkit/")
        Chat(phone).state("offline")
        expect(state_of(phone)).to_contain_text("Back at nine <b>.")
        phone.unroute(SESSION)
        state_of(phone).get_by_role("button", name="Reload the page").click()
        Chat(phone).ready()

    def test_no_workflow(self, start_server: Starter, open_page: Callable[..., Any]) -> None:
        page = open_page(start_server(chatkit={"WORKFLOWS": {}}), PHONE)
        page.goto("/apps/chatkit/")
        Chat(page).state("not-configured")
        expect(state_of(page)).to_contain_text("The assistant is not set up yet.")


class TestScript:
    def test_blocked(self, phone: Any, watch: Watch) -> None:
        watch.expect("ERR_")
        phone.add_init_script(LISTEN)
        phone.route(SCRIPT, lambda route: route.abort())
        phone.goto("/apps/chatkit/")
        chat = Chat(phone).state("script-missing")
        expect(state_of(phone)).to_contain_text("The chat could not be loaded")
        assert ["chatkit:error", "script_missing"] in [
            [name, detail.get("code")] for name, detail in phone.evaluate("window.told")
        ]
        phone.unroute(SCRIPT)
        asked: list[str] = []
        phone.on("request", lambda request: asked.append(request.url))
        state_of(phone).get_by_role("button", name="Try again").click()
        expect(chat.ready().element).to_contain_text("Hi Ada")
        # The session that came while the script did not was kept.
        assert not [url for url in asked if url.endswith("/session")]
        # One that comes and defines no element.
        phone.route(SCRIPT, lambda route: route.fulfill(body="0", content_type="text/javascript"))
        phone.goto("/apps/chatkit/")
        chat.state("script-missing")

    def test_that_does_not_come_within_ten_seconds(self, page: Any) -> None:
        page.clock.install()
        held: list[Any] = []
        page.route(SCRIPT, lambda route: held.append(route))
        with replied(page):
            page.goto("/apps/chatkit/", wait_until="commit")
        page.clock.run_for(8_000)
        assert page.locator(".chatkit-container").get_attribute("data-state") == "loading"
        page.clock.run_for(3_000)
        chat = Chat(page).state("script-missing")
        held[0].continue_()
        chat.ready()  # late is better than never


class TestRateLimit:
    def test_counts_down_and_goes_on_by_itself(
        self, start_server: Starter, open_page: Callable[..., Any], watch: Watch
    ) -> None:
        watch.expect("status of 429")
        # Two, so that both pages may go on when the window ends.
        limited = start_server(chatkit={"RATE_LIMITS": {"session": "2/8s"}})
        pages = [open_page(limited, size) for size in (DESKTOP, PHONE)]
        for page in pages:
            for _ in range(8):  # a window may end between two of them
                page.goto("/apps/chatkit/")
                page.wait_for_selector("[data-state=ready], [data-state=rate-limited]")
                page.evaluate("sessionStorage.clear()")  # as another tab
                if page.locator("[data-state=rate-limited]").count():
                    break
            expect(state_of(page)).to_contain_text("A short break")
            button = state_of(page).get_by_role("button")
            expect(button).to_be_disabled()
            first = button.inner_text()
            assert first.startswith("Try again in 0:0")
            if not first.endswith("1"):  # else the next thing is the chat
                expect(button).not_to_have_text(first)
        for page in pages:
            expect(Chat(page).ready().element).to_contain_text("Hi Ada")

    def test_waits_as_long_as_the_server_says(self, page: Any, watch: Watch) -> None:
        watch.expect("status of 429")
        page.clock.install()
        refuse(page, 429, "rate_limited", "Slow down.", **{"Retry-After": "75"})
        page.goto("/apps/chatkit/")
        chat = Chat(page).state("rate-limited")
        expect(state_of(page)).to_contain_text("1:1")
        page.clock.run_for(60_000)
        expect(state_of(page).get_by_role("button")).to_contain_text("0:1")
        page.unroute(SESSION)
        page.clock.run_for(16_000)
        chat.ready()


class TestLoggedOut:
    def test_leads_to_the_login_and_back_to_the_conversation(
        self, open_page: Callable[..., Any], server: Server
    ) -> None:
        page = open_page(server, PHONE, own_login=True)
        chat = Chat(page).open().ask(QUESTION)
        thread = chat.thread
        page.context.clear_cookies(name="sessionid")
        page.reload()
        page.wait_for_url("**/accounts/login/**")
        login_again(page)
        expect(chat.ready().element).to_contain_text(ANSWER)
        assert chat.thread == thread

    def test_in_another_tab(
        self, open_page: Callable[..., Any], server: Server, watch: Watch
    ) -> None:
        page = open_page(server, own_login=True)
        watch.expect("status of 401")
        chat = Chat(page).open().ask(QUESTION)
        thread = chat.thread
        other = page.context.new_page()
        other.goto("/")
        other.evaluate("document.querySelector('form[action*=logout]').submit()")
        other.wait_for_url("**/accounts/log**")
        other.close()
        chat.composer.fill("Is anybody there?")
        chat.composer.press("Enter")
        chat.state("logged-out")
        expect(state_of(page)).to_contain_text("Please log in again")
        assert ANSWER not in page.locator(".chatkit-container").inner_text()
        assert chat.element.count() == 0
        state_of(page).get_by_role("link", name="Log in").click()
        login_again(page)
        expect(chat.ready().element).to_contain_text(ANSWER)
        assert chat.thread == thread
        asked = chat.element.locator(".user").last
        expect(asked).to_contain_text("Is anybody there?")
        expect(asked).to_contain_text("No answer")


@pytest.fixture
def brief(shared_server: Starter) -> Server:
    """A server whose sessions last two seconds."""
    return shared_server(chatkit=BRIEF)


class TestRefresh:
    def test_a_page_left_open_goes_on(
        self, open_page: Callable[..., Any], watch: Watch, brief: Server
    ) -> None:
        watch.expect("status of 401")  # the browser's note on the call that was then repeated
        page = open_page(brief)
        page.add_init_script(LISTEN)
        chat = Chat(page).open()
        first = page.evaluate("window.told[0][1].sessionId")
        expect(page.locator("[data-ck-side-body] [data-ck-text=expires]")).to_have_text(
            "Renewed with your next message"
        )
        chat.ask(QUESTION)
        assert ANSWER in chat.said
        assert chat.element.locator("[role=alert]").count() == 0
        told = page.evaluate("window.told")
        assert [name for name, _ in told] == ["chatkit:session-created"] * 2
        assert [detail["refreshed"] for _, detail in told] == [False, True]
        assert set(told[1][1]) == {"sessionId", "expiresAt", "refreshed"}
        rows = brief.rows(
            "SELECT old.session_id, old.status FROM chatkit_session new"
            " JOIN chatkit_session old ON new.refreshed_from_id = old.id"
            " WHERE new.session_id = ?",
            told[1][1]["sessionId"],
        )
        assert [session for session, _ in rows] == [first]

    def test_a_clock_that_is_set_back(
        self, open_page: Callable[..., Any], watch: Watch, brief: Server
    ) -> None:
        watch.expect("status of 401")
        page = open_page(brief)
        chat = Chat(page).open()
        expect(chat.open_panel().locator("[data-ck-text=expires]")).to_contain_text("in 0:0")
        page.evaluate("(now => { Date.now = () => now() - 300_000 })(Date.now)")
        expect(chat.open_panel().locator("[data-ck-text=expires]")).to_have_text(
            "Renewed with your next message"
        )
        chat.ask(QUESTION)
        assert ANSWER in chat.said

    def test_a_page_that_lay_in_a_cache(
        self, open_page: Callable[..., Any], watch: Watch, brief: Server
    ) -> None:
        watch.expect("status of 401")
        page = open_page(brief)

        def old(route: Any) -> None:
            response = route.fetch()
            body = re.sub(
                r'"now": (\d+)', lambda at: f'"now": {int(at[1]) - 600_000}', response.text()
            )
            route.fulfill(response=response, body=body)

        page.route("**/apps/chatkit/", old)
        chat = Chat(page).open()
        expect(chat.open_panel().locator("[data-ck-text=expires]")).to_have_text(
            "Renewed with your next message"
        )
        chat.ask(QUESTION)
        assert ANSWER in chat.said

    def test_a_session_that_an_admin_ended(
        self, open_page: Callable[..., Any], server: Server, page: Any, watch: Watch
    ) -> None:
        watch.expect("status of 401")
        page.add_init_script(LISTEN)
        chat = Chat(page).open()
        session = page.evaluate("window.told[0][1].sessionId")
        admin = open_page(server, DESKTOP, user="root")
        admin.goto("/apps/chatkit/")
        assert (
            admin.evaluate(
                """async (address) => (await fetch(address, {
              method: "POST",
              headers: {"X-CSRFToken": document.cookie.match(/csrftoken=(\\w+)/)[1]},
            })).status""",
                f"/api/chatkit/session/{session}/cancel",
            )
            == 200
        )
        chat.composer.fill(QUESTION)
        chat.composer.press("Enter")
        chat.state("ended")
        expect(state_of(page)).to_contain_text("This session has ended")
        state_of(page).get_by_role("button", name="Start a new session").click()
        asked = chat.ready().element.locator(".user")
        expect(asked).to_contain_text(QUESTION)
        asked.get_by_role("button", name="Try again").click()
        expect(chat.element).to_contain_text(ANSWER)


class TestConnection:
    """What the panel and the bar say is what the chat says."""

    def test_offline_and_back(self, phone: Any) -> None:
        chat = Chat(phone).open()
        status = phone.locator("[data-ck-side-body] [data-ck-text=status]")
        expect(status).to_have_text("Connected")
        phone.context.set_offline(True)
        expect(chat.element).to_contain_text("You're offline")
        expect(status).to_have_text("Connection lost")
        phone.context.set_offline(False)
        expect(chat.element).not_to_contain_text("You're offline")
        expect(status).to_have_text("Connected")

    def test_a_call_that_does_not_arrive(self, page: Any, watch: Watch) -> None:
        watch.expect("ERR_FAILED")
        chat = Chat(page).open()
        status = page.locator("[data-ck-side-body] [data-ck-text=status]")
        page.route("**/api/chatkit", lambda route: route.abort())
        chat.composer.fill(QUESTION)
        chat.composer.press("Enter")
        expect(chat.element.locator("[role=alert]")).to_be_visible()
        expect(status).to_have_text("Connection lost")
        page.unroute("**/api/chatkit")
        chat.element.get_by_role("button", name="Try again").click()
        expect(chat.element).to_contain_text(ANSWER)
        expect(status).to_have_text("Connected")


class TestCsrf:
    @pytest.mark.parametrize("setting", ["CSRF_USE_SESSIONS", "CSRF_COOKIE_HTTPONLY"])
    def test_where_scripts_cannot_read_the_cookie(
        self, shared_server: Starter, open_page: Callable[..., Any], setting: str
    ) -> None:
        chat = Chat(open_page(shared_server(settings={setting: True}))).open()
        chat.ask(QUESTION)
        assert ANSWER in chat.said


def login_again(page: Any) -> None:
    page.fill("[name=username]", "ada")
    page.fill("[name=password]", "pw-ada")
    page.press("[name=password]", "Enter")
