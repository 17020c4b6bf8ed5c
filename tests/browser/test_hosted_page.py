"""The page with a script other than ours, played by a stand-in that follows the published types."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .chat import Chat, replied
from .conftest import DESKTOP, LIMITS, PHONE, Starter, Watch
from .pages import wait_until
from .servers import Server
from .test_states import LISTEN, state_of
from .upstream import Upstream

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

STANDIN = Path(__file__).with_name("standin.js").read_text(encoding="utf-8")
CDN = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"
HOSTED: dict[str, Any] = {
    "WORKFLOWS": {"wf_hosted": "openai"},
    "OPENAI_API_KEY": "sk-canary-key",
}
THEME = {"radius": "pill", "color": {"accent": {"primary": "#008000", "level": 1}}}
NAMES_IT = re.compile("OpenAI announced the end of the workflows hosted there for Nov. 30, 2026")


@pytest.fixture
def hosted(shared_server: Starter, openai: Upstream) -> Server:
    """A hosted workflow whose script is the stand-in, on this site, and one with looks of its
    own."""
    themed = {"server": "openai", "theme": THEME}
    settings = {"OPENAI_BASE_URL": openai.url, "SCRIPT_URL": "/standin/chatkit.js"}
    workflows = {"WORKFLOWS": HOSTED["WORKFLOWS"] | {"wf_themed": themed}}
    return shared_server(chatkit=HOSTED | settings | workflows | {"RATE_LIMITS": LIMITS})


@pytest.fixture
def chat(open_page: Callable[..., Any], hosted: Server) -> Chat:
    return Chat(stand_in(open_page(hosted))).open()


@pytest.fixture
def chat_on_a_phone(open_page: Callable[..., Any], hosted: Server) -> Chat:
    return Chat(stand_in(open_page(hosted, PHONE))).open()


def stand_in(page: Any, address: str = "**/standin/chatkit.js") -> Any:
    page.add_init_script(LISTEN)
    page.route(address, lambda route: route.fulfill(body=STANDIN, content_type="text/javascript"))
    return page


def standin(page: Any, expression: str) -> Any:
    return page.evaluate(f"window.standin.{expression}")


def on(route: Any, day: str) -> dict[str, Any]:
    """The page as the server would render it on another day."""
    response = route.fetch()
    moment = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.UTC)
    body, found = re.subn(r'"now": \d+', f'"now": {moment.timestamp() * 1000:.0f}', response.text())
    assert found == 1
    return {"response": response, "body": body}


class TestSession:
    def test_the_element_gets_openais_secret_and_nobody_else(
        self, chat: Chat, openai: Upstream
    ) -> None:
        calls = len(openai.calls)
        assert standin(chat.page, "secrets") == [f"ek_canary_{calls}"]
        assert openai.calls[-1]["workflow"] == {"id": "wf_hosted"}
        assert openai.calls[-1]["user"].startswith("mseller:")
        assert "canary" not in chat.page.content()
        assert "canary" not in str(chat.page.evaluate("window.told"))
        assert "canary" not in str(chat.page.evaluate("JSON.stringify(sessionStorage)"))
        chat.page.reload()
        chat.ready()
        assert len(openai.calls) == calls + 1

    def test_a_renewal_replaces_it_and_a_failed_one_is_said_above_the_conversation(
        self, chat_on_a_phone: Chat, hosted: Server, openai: Upstream, watch: Watch
    ) -> None:
        page = chat_on_a_phone.page
        page.evaluate("window.standin.elements.at(-1).renew()")
        first, second = standin(page, "secrets")
        assert first != second
        told = page.evaluate("window.told")
        assert [detail["refreshed"] for _, detail in told] == [False, True]
        rows = hosted.rows(
            "SELECT old.session_id, old.status FROM chatkit_session new"
            " JOIN chatkit_session old ON new.refreshed_from_id = old.id"
            " WHERE new.session_id = ?",
            told[1][1]["sessionId"],
        )
        assert rows == [(told[0][1]["sessionId"], "refreshed")]

        watch.expect("status of 500")
        openai.status = 500
        page.evaluate("window.standin.elements.at(-1).renew().catch(() => null)")
        banner = page.locator(".ck-banner")
        expect(banner).to_contain_text("The assistant could not be started.")
        assert "upstream-detail" not in page.content()
        openai.status = 200
        page.evaluate("window.standin.elements.at(-1).renew()")
        expect(banner).to_have_count(0)


def test_address_panel_and_reload_follow_the_thread(chat_on_a_phone: Chat) -> None:
    chat = chat_on_a_phone
    chat.page.evaluate("window.standin.elements.at(-1).setThreadId('cthr_1')")
    assert chat.thread == "cthr_1"
    chat.page.reload()
    chat.ready()
    assert standin(chat.page, "options.at(-1).initialThread") == "cthr_1"
    expect(chat.open_panel()).to_contain_text("Answered byOpenAI")
    chat.press("New chat")
    wait_until(
        chat.page,
        "window.standin.calls.some(([name, id]) => name === 'setThreadId' && id === null)",
    )
    assert chat.thread == ""


def test_the_way_back_from_a_deletion_opens_a_new_conversation(chat: Chat) -> None:
    page = chat.page
    page.evaluate("window.standin.elements.at(-1).setThreadId('cthr_1')")
    page.goto("/apps/chatkit/mine/delete/")
    page.get_by_role("button", name="Delete my conversations").click()
    page.get_by_role("link", name="Back to the chat").click()
    chat.ready()
    assert standin(page, "options.at(-1).initialThread") is None


class TestTheme:
    def test_the_pages_css_becomes_the_option_and_follows_the_sites_choice(
        self, chat: Chat
    ) -> None:
        theme = standin(chat.page, "options.at(-1).theme")
        assert theme["colorScheme"] == "light"
        assert theme["color"]["accent"] == {"primary": "rgb(145, 85, 253)", "level": 2}
        assert theme["color"]["surface"]["background"] == "rgb(255, 255, 255)"
        assert theme["radius"] == "soft"
        assert "Inter" in theme["typography"]["fontFamily"]
        chat.page.evaluate(
            "document.documentElement.dataset.theme = 'dark';"
            "document.dispatchEvent(new CustomEvent('themechange'))"
        )
        wait_until(chat.page, "window.standin.options.at(-1).theme.colorScheme === 'dark'")
        theme = standin(chat.page, "options.at(-1).theme")
        assert theme["color"]["surface"]["background"] == "rgb(49, 45, 75)"
        assert len(standin(chat.page, "secrets")) == 1

    def test_the_settings_come_first(self, open_page: Callable[..., Any], hosted: Server) -> None:
        page = stand_in(open_page(hosted))
        Chat(page).open("?workflow=wf_themed")
        made = standin(page, "options.at(-1).theme")
        assert made["radius"] == "pill"
        assert made["color"]["accent"] == {"primary": "#008000", "level": 1}
        assert made["color"]["surface"]["background"] == "rgb(255, 255, 255)"


@pytest.fixture
def openais_script(shared_server: Starter, openai: Upstream) -> Server:
    """A hosted workflow with the script that it comes with."""
    settings = {"OPENAI_BASE_URL": openai.url, "RATE_LIMITS": LIMITS}
    return shared_server(chatkit=HOSTED | settings)


class TestOpenAIsOwnScript:
    def test_is_let_in_by_the_policy_of_this_page(
        self, open_page: Callable[..., Any], watch: Watch, openais_script: Server
    ) -> None:
        watch.expect(f"outside: {CDN}")
        page = stand_in(open_page(openais_script), CDN)
        Chat(page).open()
        assert standin(page, "elements.length") >= 1

    def test_is_let_in_where_the_launcher_opens_it(
        self, open_page: Callable[..., Any], watch: Watch, openais_script: Server
    ) -> None:
        watch.expect(f"outside: {CDN}")
        page = stand_in(open_page(openais_script, DESKTOP), CDN)
        page.goto("/")
        page.locator("chatkit-launcher:not([hidden]) .open").click()
        page.wait_for_selector(".chatkit-container[data-state=ready]")
        assert standin(page, "elements.length") >= 1

    @pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
    def test_blocked_is_a_state_that_names_the_host_and_the_sunset_once_it_is_there(
        self, open_page: Callable[..., Any], watch: Watch, openais_script: Server, size: Any
    ) -> None:
        watch.expect(f"outside: {CDN}", "ERR_")
        page = open_page(openais_script, size)
        page.route(CDN, lambda route: route.abort("blockedbyclient"))
        page.route("**/apps/chatkit/", lambda route: route.fulfill(**on(route, "2026-11-29")))
        page.goto("/apps/chatkit/")
        Chat(page).state("script-missing")
        expect(state_of(page)).to_contain_text("cdn.platform.openai.com")
        assert not NAMES_IT.search(state_of(page).inner_text())
        page.route("**/apps/chatkit/", lambda route: route.fulfill(**on(route, "2026-12-01")))
        page.goto("/apps/chatkit/")
        Chat(page).state("script-missing")
        assert NAMES_IT.search(state_of(page).inner_text())


@pytest.fixture(scope="module")
def own_answerer(start_server: Starter) -> Server:
    """This site answers, but the script is OpenAI's."""
    return start_server(
        chatkit={
            "WORKFLOWS": {"wf_own": "tests.selfhosted.servers.ScriptedServer"},
            "SCRIPT_URL": CDN,
            "DOMAIN_KEY": "dk_1",
            "SESSION_SECONDS": 20,  # so short that an early end is not to be told
            "RATE_LIMITS": LIMITS,
        }
    )


class TestOpenAIsScriptBeforeThisSite:
    """The other form of `api`: the requests come here, and carry the secret by our `fetch`."""

    @pytest.fixture
    def page(self, open_page: Callable[..., Any], watch: Watch, own_answerer: Server) -> Any:
        watch.expect(f"outside: {CDN}")
        page = stand_in(open_page(own_answerer, DESKTOP), CDN)
        Chat(page).open()
        return page

    def test_a_request_carries_the_secret_and_a_refused_one_is_renewed_once(
        self, page: Any, watch: Watch
    ) -> None:
        assert standin(page, "options.at(-1).api.url") == "/api/chatkit"
        assert standin(page, "options.at(-1).api.domainKey") == "dk_1"
        assert standin(page, "secrets") == []
        element = page.locator("openai-chatkit")
        element.locator("textarea").fill("say 3")
        with replied(page, r"/api/chatkit$") as answer:
            element.get_by_role("button", name="Send").click()
        assert answer.value.status == 200
        assert answer.value.request.headers["authorization"].startswith("Bearer ck_")

        watch.expect("status of 401")
        page.reload()
        Chat(page).ready()
        page.evaluate("window.told.length = 0")
        answers = iter([401])
        page.route(
            "**/api/chatkit",
            lambda route: (
                route.fulfill(status=status, json={})
                if (status := next(answers, None))
                else route.continue_()
            ),
        )
        element.locator("textarea").fill("say 1")
        element.get_by_role("button", name="Send").click()
        expect(element.locator("output")).to_have_text("200")
        assert [detail["refreshed"] for _, detail in page.evaluate("window.told")] == [True]

    def test_stop_reaches_the_run(self, page: Any, own_answerer: Server) -> None:
        page.locator("openai-chatkit textarea").fill("say 2 wait")
        page.locator("openai-chatkit").get_by_role("button", name="Send").click()
        expect(page.locator("openai-chatkit output")).to_have_text("200")
        with replied(page, r"/runs/[^/]+/stop$") as answer:
            page.evaluate("window.standin.elements.at(-1).stopping.abort()")
        assert answer.value.status == 200
        run = answer.value.url.split("/")[-2]
        status = ""
        for _ in range(100):
            [(status,)] = own_answerer.rows("SELECT status FROM chatkit_run WHERE id = ?", run)
            if status != "running":
                break
            page.wait_for_timeout(100)
        assert status == "stopped"
