"""The site's shell in a real Chromium: drawer, colour scheme, language, log-out, accessibility."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .axe import needs_axe, violations
from .chat import Chat
from .conftest import Watch
from .pages import wait_until
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 800}
INSIDE = "document.getElementById('menu').contains(document.activeElement)"

Opener = Callable[..., Any]


@pytest.fixture
def visit(server: Server, open_page: Callable[..., Any]) -> Opener:
    """`visit(path, user="", size=DESKTOP, **context)`: a page of a fresh profile at `path`."""

    def visit(path: str, user: str = "", size: Any = DESKTOP, **options: Any) -> Any:
        page = open_page(server, {"viewport": size}, user, **options)
        page.goto(path)
        return page

    return visit


def theme_of(page: Any) -> str:
    return str(page.evaluate("document.documentElement.dataset.theme"))


def colour(page: Any) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


LIGHT_GROUND = "rgb(244, 245, 250)"
DARK_GROUND = "rgb(40, 36, 61)"


class TestDrawer:
    @pytest.fixture
    def page(self, visit: Opener) -> Any:
        return visit("/", "root", PHONE)

    def test_by_keyboard(self, page: Any) -> None:
        button = page.locator("#menu-button")
        playwright.expect(page.locator("#menu")).to_be_hidden()
        assert button.get_attribute("aria-expanded") == "false"
        button.focus()
        page.keyboard.press("Enter")
        playwright.expect(page.locator("#menu")).to_be_visible()
        playwright.expect(button).to_have_attribute("aria-expanded", "true")
        wait_until(page, INSIDE)
        controls = page.locator("#menu :is(a, button)").count()
        for key in ("Tab", "Shift+Tab"):
            for _ in range(controls + 2):
                page.keyboard.press(key)
                assert page.evaluate(INSIDE)
        # The page behind is out of reach.
        assert page.locator(".shell").get_attribute("inert") is not None
        playwright.expect(page.get_by_role("dialog", name="Main menu")).to_be_visible()
        page.keyboard.press("Escape")
        playwright.expect(page.locator("#menu")).to_be_hidden()
        playwright.expect(page.get_by_role("dialog")).to_have_count(0)
        assert page.locator(".shell").get_attribute("inert") is None
        playwright.expect(button).to_have_attribute("aria-expanded", "false")
        playwright.expect(button).to_be_focused()

    def test_by_touch(self, page: Any) -> None:
        button, menu = page.locator("#menu-button"), page.locator("#menu")
        top_bar = page.locator(".topbar :is(button, summary)")
        sizes = top_bar.evaluate_all("e => e.filter(x => x.offsetParent).map(x => x.offsetHeight)")
        button.click()
        links = page.locator("#menu :is(a, button)")
        sizes += links.evaluate_all("e => e.map(x => x.offsetHeight)")
        assert min(sizes) >= 44
        page.get_by_role("button", name="Close menu").click()
        playwright.expect(menu).to_be_hidden()
        playwright.expect(button).to_be_focused()
        # A tap outside closes it, too, and does nothing else.
        button.click()
        playwright.expect(menu).to_be_visible()
        page.mouse.click(380, 190)  # where "Ask the assistant" lies under the scrim
        playwright.expect(menu).to_be_hidden()
        playwright.expect(button).to_be_focused()
        assert page.evaluate("location.pathname") == "/"

    def test_the_focus_is_never_left_in_the_closed_menu(self, page: Any) -> None:
        # Nothing had the focus as it was opened, so the browser has no place to give it back to.
        page.evaluate(
            "document.activeElement.blur(); document.getElementById('menu').showPopover()"
        )
        wait_until(page, INSIDE)
        page.keyboard.press("Escape")
        playwright.expect(page.locator("#menu")).to_be_hidden()
        playwright.expect(page.locator("#menu-button")).to_be_focused()

    def test_a_wider_window_frees_the_page(self, page: Any) -> None:
        page.click("#menu-button")
        page.set_viewport_size(DESKTOP)
        playwright.expect(page.locator("#menu .menu")).to_be_visible()
        playwright.expect(page.locator(".shell")).not_to_have_attribute("inert", "")
        assert page.locator("#menu").bounding_box()["width"] == 260

    def test_it_opens_without_scripts(self, visit: Opener) -> None:
        page = visit("/", "root", PHONE, java_script_enabled=False)
        page.click("#menu-button")
        playwright.expect(page.locator("#menu")).to_be_visible()


class TestTheme:
    def choose(self, page: Any, name: str) -> None:
        page.locator("summary[aria-label='Colour scheme']").click()
        page.get_by_role("button", name=name, exact=True).click()

    def test_the_choice_outlives_a_reload(self, visit: Opener) -> None:
        page = visit("/", "ada", color_scheme="light")
        assert (theme_of(page), colour(page)) == ("system", LIGHT_GROUND)
        self.choose(page, "Dark")
        assert (theme_of(page), colour(page)) == ("dark", DARK_GROUND)
        response = page.reload()
        assert 'data-theme="dark"' in response.text()
        assert colour(page) == DARK_GROUND
        page.locator("summary[aria-label='Colour scheme']").click()
        chosen = page.locator("[data-set-theme][aria-pressed=true]")
        playwright.expect(chosen).to_have_text("Dark")

    def test_by_keyboard_and_a_click_outside(self, visit: Opener) -> None:
        page = visit("/", "ada", color_scheme="dark")
        switch = page.locator("summary[aria-label='Colour scheme']")
        switch.focus()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert (theme_of(page), colour(page)) == ("light", LIGHT_GROUND)
        playwright.expect(switch).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Escape")
        playwright.expect(page.locator("[data-set-theme=dark]")).to_be_hidden()
        playwright.expect(switch).to_be_focused()
        switch.click()
        playwright.expect(page.locator("[data-set-theme=dark]")).to_be_visible()
        page.mouse.click(640, 700)  # outside
        playwright.expect(page.locator("[data-set-theme=dark]")).to_be_hidden()

    def test_the_page_hears_of_it(self, visit: Opener) -> None:
        page = visit("/", "ada", color_scheme="light")
        page.evaluate(
            "() => { window.heard = [];"
            " document.addEventListener('themechange', (e) => heard.push(e.detail)) }"
        )
        page.emulate_media(color_scheme="dark")
        wait_until(page, "heard.length === 1")
        self.choose(page, "Light")
        assert page.evaluate("heard") == [
            {"theme": "system", "scheme": "dark"},
            {"theme": "light", "scheme": "light"},
        ]

    def test_site_and_admin_share_it(self, visit: Opener) -> None:
        page = visit("/", "root", color_scheme="light")
        self.choose(page, "Dark")
        page.goto("/admin/")
        assert theme_of(page) == "dark"
        page.click(".theme-toggle")  # where the system is light, light follows dark
        wait_until(page, "document.cookie.includes('theme=light')")
        page.goto("/")
        assert theme_of(page) == "light"


class TestLanguage:
    def test_switch_stays_on_the_page(self, visit: Opener) -> None:
        page = visit("/accounts/password_change/?from=test", "eva")
        page.locator("summary[aria-label^=Language]").click()
        page.get_by_role("button", name="Español").click()
        playwright.expect(page.locator("html")).to_have_attribute("lang", "es")
        assert page.url.endswith("/accounts/password_change/?from=test")
        playwright.expect(page.locator("h1")).to_have_text("Cambiar contraseña")

    def test_without_scripts(self, visit: Opener) -> None:
        page = visit("/accounts/login/", size=PHONE, java_script_enabled=False)
        playwright.expect(page.locator("summary[aria-label='Colour scheme']")).to_be_hidden()
        page.locator("summary[aria-label^=Language]").click()
        page.get_by_role("button", name="Español").click()
        playwright.expect(page.locator("html")).to_have_attribute("lang", "es")


def test_a_question_of_the_home_page_is_asked_in_the_chat(visit: Opener) -> None:
    page = visit("/", "ada")
    page.get_by_role("textbox", name="Your question").fill("How do I return goods?")
    page.keyboard.press("Enter")
    chat = Chat(page).ready()
    chat.element.locator("[data-copy]").first.wait_for()
    assert "More > Return" in chat.said
    thread = chat.thread
    assert thread
    page.reload()
    chat.ready().element.locator("[data-copy]").first.wait_for()
    assert (chat.thread, chat.element.locator(".user").count()) == (thread, 1)
    page.goto("/")
    page.locator(".answers a").first.click()
    chat.ready()
    assert chat.thread == thread


def test_a_password_can_be_shown(visit: Opener) -> None:
    page = visit("/accounts/login/")
    field, button = page.locator("[name=password]"), page.get_by_role("button", name="Show")
    page.fill("[name=username]", "ada")
    field.fill("secret")
    button.click()
    playwright.expect(field).to_have_attribute("type", "text")
    playwright.expect(button).to_have_attribute("aria-pressed", "true")
    stay = "field => field.form.addEventListener('submit', (event) => event.preventDefault())"
    field.evaluate(stay)
    field.press("Enter")
    playwright.expect(field).to_have_attribute("type", "password")


def test_back_after_log_out_shows_nothing(visit: Opener) -> None:
    page = visit("/", "ada", own_login=True)
    playwright.expect(page.locator("h1")).to_have_text("Home")
    page.locator("summary[aria-label^=Account]").click()
    page.get_by_role("button", name="Log out").click()
    playwright.expect(page.locator("h1")).to_have_text("You are logged out")
    page.go_back()
    page.wait_for_url("**/accounts/login/?next=/")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_filled_page_has_no_scroll_of_its_own(visit: Opener, size: Any) -> None:
    page = visit("/", "ada", size)
    page.evaluate("document.body.classList.add('page-fill')")
    page.evaluate("document.getElementById('main').innerHTML = '<p>line</p>'.repeat(300)")
    assert page.locator("#main").bounding_box()["height"] == size["height"] - 64
    assert page.evaluate("document.documentElement.scrollHeight") == size["height"]


def test_the_figures_of_staff_fill_one_row(visit: Opener) -> None:
    page = visit("/", "root")
    for width in (768, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        row = page.locator(".figures").bounding_box()
        cards = [card.bounding_box() for card in page.locator(".figures .stat-card").all()]
        assert (len(cards), len({card["y"] for card in cards})) == (3, 1)
        end = cards[-1]["x"] + cards[-1]["width"]
        assert end == pytest.approx(row["x"] + row["width"], abs=1)


@needs_axe
@pytest.mark.parametrize(
    ("size", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")], ids=["phone-dark", "desktop-light"]
)
def test_axe_finds_nothing(visit: Opener, watch: Watch, size: Any, scheme: str) -> None:
    watch.expect("the server responded with a status of 404")  # which is one of the pages
    found: dict[str, Any] = {}

    def examine(name: str, page: Any) -> None:
        if wrong := violations(page):
            found[name] = wrong
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found[f"{name}: wider than the screen"] = width

    stranger = visit("/accounts/login/", size=size, color_scheme=scheme)
    examine("login", stranger)
    stranger.fill("[name=username]", "x")
    stranger.fill("[name=password]", "x")
    stranger.click("main .btn-primary")
    examine("login failed", stranger)
    for path in ("/accounts/logged_out/", "/accounts/password_reset/", "/nowhere/"):
        stranger.goto(path)
        examine(f"stranger at {path}", stranger)
    page = visit("/", "root", size, color_scheme=scheme)
    examine("home", page)
    for label in ("Language", "Colour scheme", "Account"):
        page.locator(f"summary[aria-label^='{label}']").click()
        examine(f"menu {label}", page)
    if size == PHONE:
        page.click("#menu-button")
        examine("drawer", page)
    for path in ("/accounts/password_change/", "/nowhere/", "/admin/"):
        page.goto(path)
        examine(path, page)
    assert found == {}
