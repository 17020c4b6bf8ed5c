"""Our pages in a site whose style sheet and template know nothing of us."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.conf import settings

from .axe import violations
from .conftest import DESKTOP, PHONE, Starter
from .pages import wait_until
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

BASE = """<!doctype html><html lang="en"><head><title>Bare</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/bare.css"></head>
<body><header>Our shop</header><main>{% block content %}{% endblock %}</main></body></html>"""
LOADERS: list[Any] = [
    ["django.template.loaders.locmem.Loader", {"bare.html": BASE}],
    "django.template.loaders.filesystem.Loader",
    "django.template.loaders.app_directories.Loader",
]
CHAT, HELP = "/apps/chatkit/", "/apps/chatkit/help/"
# A dark page, as each kind of site says it.
DARK = {
    "theme": "document.documentElement.dataset.theme = 'dark'",
    "bootstrap": "document.body.dataset.bsTheme = 'dark'",
    "css": "void document.documentElement.classList.add('night')",
}
SURFACE, NIGHT = "rgb(255, 255, 255)", "rgb(49, 45, 75)"


@pytest.fixture(scope="module")
def bare(start_server: Starter) -> Server:
    engine: dict[str, Any] = settings.TEMPLATES[0]
    own = {
        "BACKEND": engine["BACKEND"],
        "DIRS": list(map(str, engine["DIRS"])),
        "OPTIONS": {**engine["OPTIONS"], "loaders": LOADERS},
    }
    accent = {"color": {"accent": {"primary": "#0a7d55", "level": 1}}}
    return start_server(
        settings={"ROOT_URLCONF": "tests.browser.host_urls", "TEMPLATES": [own]},
        chatkit={"BASE_TEMPLATE": "bare.html", "THEME": accent},
    )


def style(page: Any, selector: str, name: str) -> str:
    script = "([selector, name]) => getComputedStyle(document.querySelector(selector))[name]"
    return str(page.evaluate(script, [selector, name]))


def fonts(page: Any) -> tuple[str, str]:
    """Of the chat, and of the cards beside it."""
    chat = page.evaluate(
        "getComputedStyle(document.querySelector('openai-chatkit').shadowRoot"
        ".querySelector('.frame')).fontFamily"
    )
    return chat, style(page, ".ck-card-title", "fontFamily")


@pytest.mark.parametrize("kind", DARK)
def test_dark_is_dark_all_over(open_page: Callable[..., Any], bare: Server, kind: str) -> None:
    page = open_page(bare)
    page.emulate_media(reduced_motion="reduce")  # no colour is looked at on its way to another
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    ground = "getComputedStyle(document.querySelector('{}')).backgroundColor === '{}'"
    for shown in (SURFACE, NIGHT):
        for part in (".ck-side .ck-card", ".chatkit-container"):
            wait_until(page, ground.format(part, shown))
        if shown == NIGHT or kind == "theme":  # by day all kinds are the same
            assert violations(page) == []
        page.evaluate(DARK[kind])
    page.goto(HELP)
    page.evaluate(DARK[kind])
    wait_until(page, ground.format(".ck-card", NIGHT))
    assert violations(page) == []


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_it_fits(open_page: Callable[..., Any], bare: Server, size: Any) -> None:
    page = open_page(bare, size)
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    expect(page.locator("h1")).to_have_text("Chat assistant")
    # The message field is in sight, and nothing touches the window's edge.
    end = page.locator("openai-chatkit textarea").bounding_box()
    assert end["y"] + end["height"] + page.evaluate("scrollY") < size["viewport"]["height"]
    assert page.evaluate("document.documentElement.scrollWidth") == size["viewport"]["width"]
    if size is DESKTOP:
        card = page.locator(".ck-side .ck-card").first.bounding_box()
        assert card["x"] + card["width"] <= 1280 - 12
    page.goto(HELP)
    card = page.locator(".ck-card").first.bounding_box()
    assert card["x"] >= 12
    assert card["x"] + card["width"] <= size["viewport"]["width"] - 12


def test_the_sites_rules_stay_out_and_its_font_and_theme_come_in(
    open_page: Callable[..., Any], bare: Server
) -> None:
    page = open_page(bare)
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    assert style(page, ".ck-card-text", "fontSize") == "14px"  # of a root of 10 px
    assert style(page, ".ck-facts dt", "fontWeight") == "400"
    assert style(page, ".ck-facts dt", "marginBottom") == "0px"
    assert style(page, ".ck-card-text", "textTransform") == "none"
    assert style(page, ".ck-card-title", "borderBottomWidth") == "0px"
    assert style(page, ".ck-btn", "paddingLeft") == "10px"
    for font in fonts(page):
        assert font.replace('"', "").startswith("Courier New")
    # The accent is green on what is around the chat, too.
    red, green, blue = page.evaluate(
        """() => {
          const link = getComputedStyle(document.querySelector(".ck-card-link")).color;
          const canvas = new OffscreenCanvas(1, 1).getContext("2d");
          canvas.fillStyle = link;
          canvas.fillRect(0, 0, 1, 1);
          return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
        }"""
    )
    assert green > max(red, blue)


def test_where_the_site_names_no_font_all_of_ours_has_one(
    open_page: Callable[..., Any], bare: Server
) -> None:
    page = open_page(bare)
    page.route("**/bare.css", lambda route: route.fulfill(body="", content_type="text/css"))
    page.goto(CHAT)
    page.wait_for_selector("[data-state=ready]")
    chat, cards = fonts(page)
    assert cards == "system-ui, sans-serif"
    assert "system-ui" in chat
    page.evaluate(DARK["theme"])  # painted anew
    wait_until(page, "document.querySelector('[data-ck-page]').dataset.ckScheme === 'dark'")
    assert fonts(page) == (chat, cards)
