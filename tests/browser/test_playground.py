"""The playground in a real Chromium: options at the chat, states to look at, code that works."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest
from django.test import RequestFactory, override_settings
from playwright.sync_api import expect

from chatkit import conf
from chatkit.page.options import element_options
from chatkit.workflows import HELP_DESK, Workflow

from .axe import needs_axe, violations
from .conftest import DESKTOP, PHONE
from .servers import Server

pytestmark = pytest.mark.browser

URL = "/apps/chatkit/playground/"
SHARP = "0px"
SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
LOOKS = [
    pytest.param(DESKTOP, "light", "en-US", id="desktop-light-en"),
    pytest.param(PHONE, "dark", "ar", id="phone-dark-ar"),
]


def code(page: Any, name: str) -> str:
    return str(page.locator(f"[data-code={name}]").text_content())


def written(text: str) -> dict[str, Any]:
    """The value of CHATKIT, read as Python reads it."""
    (assigned,) = ast.parse(text).body
    assert isinstance(assigned, ast.Assign)
    return dict(ast.literal_eval(assigned.value))


def test_a_change_is_at_the_chat_in_the_address_and_in_settings_that_work(
    open_page: Callable[..., Any], server: Server, user: Any
) -> None:
    page = open_page(server, user="root", permissions=["clipboard-read", "clipboard-write"])
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto(URL)
    chat = page.locator("[data-ckp-chat] openai-chatkit")
    expect(chat.locator(".greeting")).to_be_visible()
    page.get_by_label("Corners").select_option("sharp")
    page.get_by_label("Own accent colour").check()
    page.get_by_label("Accent colour", exact=True).fill("#aa3300")
    page.locator("[data-state=answer]").click()
    bubble = chat.locator("[part~=user-bubble]")
    expect(bubble).to_have_css("border-top-left-radius", SHARP)
    # The site's own style sheet would win, and the page says so.
    notice = page.locator("[data-ckp-wins]")
    expect(notice).to_contain_text("--chatkit-primary-color")
    expect(notice).to_contain_text("--chatkit-border-radius")
    expect(notice).not_to_contain_text("--chatkit-font-size")
    page.locator("[data-state=empty]").click()
    page.get_by_text("Start screen", exact=True).click()
    page.get_by_label("Greeting").fill('What "now"?')
    expect(chat.locator(".greeting")).to_have_text('What "now"?')
    page.get_by_text("Composer", exact=True).click()
    page.get_by_label("Placeholder").fill("Ask away")
    expect(chat.locator("textarea")).to_have_attribute("placeholder", "Ask away")
    page.reload()
    expect(chat.locator(".greeting")).to_have_text('What "now"?')

    settings = written(code(page, "settings"))
    assert settings == {
        "THEME": {"radius": "sharp", "color": {"accent": {"primary": "#aa3300", "level": 2}}},
        "OPTIONS": {
            "startScreen": {"greeting": 'What "now"?'},
            "composer": {"placeholder": "Ask away"},
        },
    }
    request = RequestFactory().get("/")
    request.user = user
    with override_settings(CHATKIT=settings):
        assert conf.unknown_keys() == []
        assert conf.wrong_values() == []
        made = element_options(request, Workflow("wf_1", HELP_DESK))
    assert made["theme"] == settings["THEME"]
    assert made["startScreen"]["greeting"] == 'What "now"?'
    assert made["composer"]["placeholder"] == "Ask away"
    assert "Ask away" in code(page, "javascript")
    assert "useChatKit({" in code(page, "react")
    for name in ("settings", "tag", "javascript", "react"):
        box = page.locator("details", has=page.locator(f"[data-copy={name}]"))
        if box.count() and not box.first.evaluate("box => box.open"):
            box.first.locator("summary").click()
        page.locator(f"[data-copy={name}]").click()
        expect(page.locator("[data-ckp-status]")).to_have_text("Copied.")
        assert page.evaluate("navigator.clipboard.readText()") == code(page, name)

    page.get_by_role("button", name="Reset").click()
    expect(chat.locator("textarea")).not_to_have_attribute("placeholder", "Ask away")
    assert written(code(page, "settings")) == {}
    assert "#" not in page.url
    assert [url for url in sent if "/api/" in url] == []


@needs_axe
@pytest.mark.parametrize(("size", "scheme", "locale"), LOOKS)
def test_each_state_is_shown_and_axe_finds_nothing(
    open_page: Callable[..., Any], server: Server, size: Any, scheme: str, locale: str
) -> None:
    page = open_page(
        server, size, user="root", color_scheme=scheme, locale=locale, reduced_motion="reduce"
    )
    page.goto(URL)
    chat = page.locator("[data-ckp-chat] openai-chatkit")
    expect(chat.locator(".greeting")).to_be_visible()
    assert violations(page) == []
    for state, shown in (
        ("streaming", "[part~=assistant-message]"),
        ("error", "[role=alert]"),
        ("answer", "ol > li"),
        ("widgets", "chatkit-widget, .widget"),
    ):
        page.locator(f"[data-state={state}]").press("Enter")
        expect(chat.locator(shown).first).to_be_visible()
        assert page.evaluate(SIDEWAYS) == 0
    page.locator("details").last.locator("summary").press("Enter")
    assert violations(page) == []
