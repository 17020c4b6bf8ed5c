"""The launcher on pages of a site: opened, over pages and tabs, by links, in Turbo and htmx."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from .axe import violations
from .conftest import DESKTOP, PHONE, Starter, Watch, login
from .pages import wait_until
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

ANSWERER = "tests.selfhosted.servers.ScriptedServer"
KEPT = "Object.keys({...localStorage, ...sessionStorage}).filter((key) => /^chatkit:/.test(key))"
FOCUS = """() => {
  let node = document.activeElement;
  while (node?.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node?.id || node?.className || node?.tagName;
}"""
# Both put the next page's body in place of this one's, and the element that has the same id and
# is to stay into that body: Turbo over a placeholder, htmx by moving it at once.
SWAP = """async ([address, moved]) => {
  const html = await (await fetch(address)).text();
  const body = document.importNode(
    new DOMParser().parseFromString(html, "text/html").body, true);
  const stays = [...document.querySelectorAll("[data-turbo-permanent]")];
  for (const old of stays) {
    const fresh = body.querySelector(`#${old.id}`);
    if (!fresh) continue;
    if (moved) document.documentElement.append(old);
    else old.replaceWith(document.createElement("meta"));
    fresh.replaceWith(old);
  }
  document.body.replaceWith(body);
  history.pushState({}, "", address);
  window.same = true;
}"""


class Launcher:
    """The button and its panel as a person uses them."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.host = page.locator("chatkit-launcher:not([hidden])")
        self.button = self.host.locator(".open")
        self.greeting = self.host.locator("div.greeting")
        self.dot = self.host.locator(".dot")
        self.dialog = self.host.locator("dialog")
        self.element = page.locator("openai-chatkit")
        self.composer = self.element.locator("textarea")

    def goto(self, address: str = "/site/") -> Launcher:
        self.page.goto(address)
        self.button.wait_for()
        return self

    def open(self) -> Launcher:
        self.button.click()
        return self.ready()

    def ready(self) -> Launcher:
        self.page.wait_for_selector(".chatkit-container[data-state=ready]")
        return self

    def close(self) -> None:
        self.host.get_by_role("button", name="Close", exact=True).click()
        expect(self.dialog).to_be_hidden()

    def send(self, question: str) -> None:
        self.composer.fill(question)
        self.composer.press("Enter")

    def ask(self, question: str) -> None:
        answers = self.element.locator("[data-copy]").count()
        self.send(question)
        expect(self.element.locator("[data-copy]")).to_have_count(answers + 1)

    def begun(self, answers: int) -> None:
        """Wait until the last of so many answers is being written."""
        expect(self.element.locator("[part~=assistant-message]").nth(answers - 1)).to_be_visible()

    @property
    def focus(self) -> str:
        return str(self.page.evaluate(FOCUS))


@pytest.fixture(scope="module")
def host(start_server: Starter) -> Server:
    return start_server(
        settings={"ROOT_URLCONF": "tests.browser.host_urls"},
        chatkit={
            "RATE_LIMITS": {"session": "1000/m", "message": "1000/m"},
            "WORKFLOWS": {"support": ANSWERER},
            "SHARING": {"seconds": 3600},
        },
    )


@pytest.fixture
def site(open_page: Callable[..., Any], host: Server) -> Launcher:
    return Launcher(open_page(host)).goto()


def test_nothing_more_is_loaded_until_it_is_opened(
    site: Launcher, host: Server, watch: Watch
) -> None:
    page = site.page
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(host.url)))
    [[before]] = host.rows("SELECT COUNT(*) FROM chatkit_session")
    site.goto()
    page.wait_for_load_state("networkidle")
    assert [path for path in asked if "chatkit" in path] == ["/static/chatkit/launcher.js"]
    expect(site.greeting).to_contain_text("Any questions?")
    expect(site.button).to_have_attribute("aria-expanded", "false")
    assert violations(page) == []

    site.open()
    expect(site.greeting).to_be_hidden()
    expect(site.button).to_have_attribute("aria-expanded", "true")
    expect(site.host.get_by_role("dialog")).to_have_accessible_name("Chat assistant")
    wait_until(page, f"({FOCUS})() === 'input'")
    assert violations(page) == []
    assert host.rows("SELECT COUNT(*) FROM chatkit_session") == [(before + 1,)]
    page.keyboard.press("Escape")
    expect(site.dialog).to_be_hidden()
    assert site.focus == "open"
    site.goto()
    expect(site.greeting).to_be_hidden()


def test_the_conversation_and_the_draft_go_on_over_pages_and_tabs(site: Launcher) -> None:
    site.open().ask("say 3")
    site.composer.fill("And now?")
    site.page.click("#next")
    site.page.wait_for_url("**/site/next/")
    site.ready()
    expect(site.dialog).to_be_visible()
    expect(site.element).to_contain_text("1 2 3")
    expect(site.composer).to_have_value("And now?")
    assert site.focus == "BODY"  # the page is read on

    other = Launcher(site.page.context.new_page()).goto()
    expect(other.dialog).to_be_hidden()
    other.open()
    expect(other.element).to_contain_text("1 2 3")
    expect(other.composer).to_have_value("And now?")


def test_an_answer_that_nobody_saw_has_a_mark(site: Launcher) -> None:
    other = Launcher(site.page.context.new_page()).goto()
    # A tab that is not in front may look late, as a Chromium with windows has it.
    site.page.bring_to_front()
    # The panel is closed.
    site.open().send("drip 20")
    site.close()
    expect(site.dot).to_be_visible()
    expect(site.button).to_have_accessible_name("Ask the assistant. A new answer is there.")
    other.page.bring_to_front()
    expect(other.dot).to_be_visible()
    site.page.bring_to_front()
    site.open()
    expect(site.dot).to_be_hidden()
    expect(other.dot).to_be_hidden()
    # The person is on another page by then.
    site.send("drip 40")
    site.begun(2)
    site.close()
    site.goto("/site/next/")
    expect(site.dot).to_be_hidden()
    expect(site.dot).to_be_visible()
    other.page.bring_to_front()
    expect(other.dot).to_be_visible()
    other.open()
    expect(other.element).to_contain_text("39 40")
    expect(site.dot).to_be_hidden()


def test_links_open_it_with_a_question(site: Launcher) -> None:
    page = site.page
    page.click("#ask")
    site.ready()
    expect(site.composer).to_have_value("say 3")
    wait_until(page, f"({FOCUS})() === 'input'")
    page.keyboard.press("Escape")
    assert site.focus == "ask"
    # What somebody has begun to write is not lost.
    page.evaluate("ChatKitLauncher.open('say 5')")
    expect(site.composer).to_have_value("say 3\nsay 5")
    site.composer.fill("")
    page.click("#send")
    expect(site.element).to_contain_text("1 2 3 4")
    site.close()
    # htmx would follow this one.
    page.evaluate(
        "void (document.querySelector('#boosted').onclick = () => { window.followed = true; })"
    )
    page.click("#boosted")
    expect(site.dialog).to_be_visible()
    assert page.evaluate("[window.followed, ChatKitLauncher.isOpen]") == [None, True]
    with page.context.expect_page() as opened:
        page.click("#ask", modifiers=["ControlOrMeta"])
    opened.value.wait_for_url("**/apps/chatkit/**")


@pytest.mark.parametrize("moved", [False, True], ids=["turbo", "htmx"])
def test_it_stays_while_the_page_is_replaced(site: Launcher, host: Server, moved: bool) -> None:
    page = site.page
    site.open().send("drip 40")
    site.begun(1)
    site.composer.fill("And now?")
    [[before]] = host.rows("SELECT COUNT(*) FROM chatkit_session")
    page.evaluate(SWAP, ["/site/next/", moved])
    expect(page.locator("chatkit-launcher")).to_have_count(1)
    expect(site.dialog).to_be_visible()
    expect(site.element).to_contain_text("39 40")
    expect(site.composer).to_have_value("And now?")
    assert page.evaluate("window.same")
    # A page without it, such as the chat page, and one with it again.
    site.close()
    page.evaluate(SWAP, ["/empty/", moved])
    expect(page.locator("chatkit-launcher")).to_have_count(0)
    page.evaluate(SWAP, ["/site/", moved])
    site.open()
    expect(site.element).to_contain_text("39 40")
    assert host.rows("SELECT COUNT(*) FROM chatkit_session") == [(before,)]


def test_two_tags_make_one_button(site: Launcher) -> None:
    page = site.page
    page.evaluate(
        "document.body.append(document.querySelector('chatkit-launcher').cloneNode(true))"
    )
    expect(page.locator("chatkit-launcher")).to_have_count(2)
    expect(page.locator("chatkit-launcher .open")).to_have_count(1)
    page.evaluate("document.querySelector('chatkit-launcher').remove()")
    expect(site.button).to_be_visible()


def test_a_sheet_on_a_phone(open_page: Callable[..., Any], host: Server) -> None:
    page = open_page(host, PHONE)
    site = Launcher(page).goto().open()
    box = site.dialog.bounding_box()
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)
    assert site.dialog.evaluate("dialog => dialog.matches(':modal')")
    for control in site.host.locator("button:visible, a:visible").all():
        size = control.bounding_box()
        assert min(size["width"], size["height"]) >= 44, control
    assert violations(page) == []
    page.mouse.click(195, 4)  # beside the sheet
    expect(site.dialog).to_be_hidden()
    assert site.focus == "open"
    # It covers the page: on the next one it waits.
    site.open()
    page.evaluate("location.assign('/site/next/')")
    page.wait_for_url("**/site/next/")
    site.button.wait_for()
    expect(site.dialog).to_be_hidden()


def test_the_pages_scheme_and_direction(site: Launcher) -> None:
    page = site.page
    site.open()
    ground = "getComputedStyle(document.querySelector('chatkit-launcher').shadowRoot"
    ground += ".querySelector('dialog')).backgroundColor"
    page.evaluate("document.querySelector('link[href=\"/shop.css\"]').remove()")
    root = "document.documentElement"
    for dark, light in (
        (f"{root}.dataset.theme = 'dark'", f"delete {root}.dataset.theme"),
        (f"{root}.dataset.bsTheme = 'dark'", f"delete {root}.dataset.bsTheme"),
        (f"{root}.style.colorScheme = 'dark'; {root}.className = 'a'", f"{root}.style = ''"),
    ):
        page.evaluate(dark)
        wait_until(page, f"{ground} === 'rgb(49, 45, 75)'")
        page.evaluate(f"{light}; {root}.className = 'b' + Math.random()")
        wait_until(page, f"{ground} === 'rgb(255, 255, 255)'")
    assert site.button.bounding_box()["x"] > 1000
    page.evaluate(f"{root}.dir = 'rtl'")
    assert site.button.bounding_box()["x"] < 200
    assert site.dialog.bounding_box()["x"] < 200
    page.emulate_media(media="print")
    expect(site.host).to_be_hidden()


def test_a_log_out_takes_everything_along(open_page: Callable[..., Any], host: Server) -> None:
    site = Launcher(open_page(host, own_login=True)).goto()
    other = Launcher(site.page.context.new_page()).goto()
    other.open()
    site.open().ask("say 3")
    site.page.wait_for_load_state("networkidle")  # what is asked after the answer, too
    site.composer.fill("My secret")
    assert site.page.evaluate(KEPT)
    site.page.click("text=Log out")
    site.page.wait_for_url(re.compile("logged_out|login"))
    assert site.page.evaluate(KEPT) == []
    expect(site.button).to_have_count(0)
    expect(other.button).to_have_count(0)
    expect(other.element).to_have_count(0)
    login(site.page, "bob")
    site.goto().open()
    expect(site.element).to_contain_text("Hi Bob")


def test_a_failure_is_told_and_mended(site: Launcher, watch: Watch) -> None:
    watch.expect("Failed to load resource")
    site.page.route("**/api/chatkit/launcher?*", lambda route: route.abort())
    site.button.click()
    again = site.host.get_by_role("button", name="Try again")
    again.wait_for()
    expect(site.dialog).to_contain_text("This site cannot be reached.")
    site.page.unroute("**/api/chatkit/launcher?*")
    again.click()
    site.ready()


def test_escape_closes_a_dialog_of_the_chat_before_the_launcher(
    open_page: Callable[..., Any], host: Server
) -> None:
    for size in (DESKTOP, PHONE):
        site = Launcher(open_page(host, size)).goto().open()
        site.ask("say 3")
        site.element.get_by_role("button", name="More", exact=True).click()
        site.element.get_by_role("menuitem", name="Share…").click()
        share = site.element.get_by_role("dialog", name="Share this conversation")
        expect(share).to_be_visible()
        site.page.keyboard.press("Escape")
        expect(share).to_have_count(0)
        panel = site.page.get_by_role("dialog", name="Chat assistant")
        expect(panel).to_be_visible()
        site.page.keyboard.press("Escape")
        expect(panel).to_be_hidden()
