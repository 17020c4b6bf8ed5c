"""axe on the chat page, its states, the drawer and the help articles, on each screen and in both
schemes: a colour is the same on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .axe import needs_axe, violations
from .chat import Chat
from .conftest import DESKTOP, PHONE, Watch
from .servers import Server
from .test_states import SESSION

pytestmark = pytest.mark.browser

LOOKS = [
    pytest.param(DESKTOP, "light", id="desktop-light"),
    pytest.param(PHONE, "dark", id="phone-dark"),
]


@needs_axe
@pytest.mark.parametrize(("size", "scheme"), LOOKS)
def test_axe_finds_nothing(
    open_page: Callable[..., Any], server: Server, watch: Watch, size: Any, scheme: str
) -> None:
    watch.expect("status of 500")
    page = open_page(server, size, color_scheme=scheme, reduced_motion="reduce")
    chat = Chat(page).open().ask("How do I return goods?")
    chat.element.get_by_role("button", name="Answer again").click()
    chat.element.locator(".versions").wait_for()
    chat.element.locator("[data-follow-up]").first.wait_for()
    chat.element.locator("[data-edit]").click()
    found = {"chat": violations(page)}
    chat.open_panel()
    found["drawer"] = violations(page)
    page.goto("/apps/chatkit/?thread=")
    chat.ready()
    found["start"] = violations(page)
    page.keyboard.press("Control+/")
    page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    found["shortcuts"] = violations(page)
    error = {"error": {"code": "openai_error", "message": "The assistant could not be started."}}
    page.route(SESSION, lambda route: route.fulfill(status=500, json=error))
    page.goto("/apps/chatkit/")
    chat.state("error")
    found["error"] = violations(page)
    page.goto("/apps/chatkit/help/returns/")
    found["article"] = violations(page)
    for name, query in (("index", ""), ("hits", "?q=return+goods"), ("none", "?q=quantum")):
        page.goto(f"/apps/chatkit/help/{query}")
        found[name] = violations(page)
    for name, address in (("mine", "mine/"), ("delete", "mine/delete/")):
        page.goto(f"/apps/chatkit/{address}")
        found[name] = violations(page)
    assert found == {name: [] for name in found}
