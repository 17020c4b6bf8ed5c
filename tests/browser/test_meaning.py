"""The chat as the site has it with the extra `semantic`: what no word finds, its meaning does.

All other tests of the browser ask by words; this site's models take seconds to load.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chatkit.knowledge import encoder

from .chat import Chat
from .conftest import LIMITS, PHONE, Starter
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not encoder.installed(), reason="without the extra `semantic`"),
]

# By its words alone it is not answered.
BY_MEANING = "Where do I find an invoice?"


@pytest.fixture(scope="module")
def site(start_server: Starter) -> Server:
    return start_server(chatkit={"RATE_LIMITS": LIMITS}, semantic=True)


def test_a_day_at_the_chat(site: Server, open_page: Callable[..., Any]) -> None:
    page = open_page(site)
    chat = Chat(page).open()
    expect(chat.element).to_contain_text("Hi Ada, what can I help you with?")
    chat.ask(BY_MEANING)
    expect(chat.element.locator("[part=citation]").first).to_be_visible()
    assert "Issue an invoice" in chat.said
    chat.element.locator("[part=citation]").first.click()
    expect(page.get_by_role("dialog", name="Invoices")).to_be_visible()
    page.keyboard.press("Escape")
    # What is offered next answers, too.
    offered = chat.element.locator("[data-follow-up]").first
    question = offered.inner_text()
    answers = chat.element.locator("[data-copy]").count()
    offered.click()
    chat.element.locator("[data-copy]").nth(answers).wait_for()
    expect(chat.element.locator(".user").last).to_contain_text(question)
    chat.element.locator("[part=stop-button]").wait_for(state="detached")
    # Its nearest topics are another's by words.
    chat.ask("How do I delete a customer?")
    expect(chat.element.get_by_role("button", name="Manage your customers")).to_be_visible()
    chat.ask("What is the capital of France?")
    assert "The help articles don’t answer that." in chat.said


def test_on_a_phone_in_spanish(site: Server, open_page: Callable[..., Any]) -> None:
    chat = Chat(open_page(site, PHONE, locale="es-MX")).open()
    chat.ask("¿Cómo hago una devolución?").ask("¿Quién ganó el mundial?")
    assert "Abre la factura y elige Más > Devolución." in chat.said
