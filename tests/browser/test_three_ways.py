"""The three ways that lead out of Agent Builder, in a browser: one story, one id each.

A question; a tool that asks first; a reload in the middle; Stop; deletion. The help desk has no
tools, and its answers are there at once: of it the question, the reload and the deletion.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..selfhosted.assistant.model_server import Model, chat, chat_call, chunk
from ..selfhosted.managed.stand_in import AGENT, AgentsApi, begin, call, say, wait
from .chat import Chat
from .conftest import Starter
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

NOTE = "Call back about the offer"
ADDED = "The note was added to Lakeside Grocers."
THINKING = "Let me think about"
WORKFLOWS = {
    "wf_agent": f"openai-agent:{AGENT}",
    "wf_exported": "tests.browser.three_ways.ExportedServer",
    "wf_helpdesk": "chatkit.selfhosted.helpdesk.HelpDeskServer",
}


@pytest.fixture(scope="module")
def api() -> Iterator[AgentsApi]:
    with AgentsApi(Model()).running() as api:
        yield api


@pytest.fixture(scope="module")
def site(start_server: Starter, api: AgentsApi) -> Server:
    limits = {"session": "1000/m", "message": "1000/m"}
    server = start_server(
        chatkit={"WORKFLOWS": WORKFLOWS, "RATE_LIMITS": limits},
        env={"OPENAI_API_KEY": api.key, "OPENAI_BASE_URL": api.url},
    )
    server.write(
        "INSERT INTO customers_customer (id, name, email, phone, created_at) "
        "VALUES (7, 'Lakeside Grocers', '', '', '2026-11-29')"
    )
    server.write(
        "INSERT INTO auth_user_user_permissions (user_id, permission_id) "
        "SELECT auth_user.id, auth_permission.id FROM auth_user, auth_permission "
        "WHERE username = 'ada' AND codename IN ('view_customer', 'add_note')"
    )
    return server


def script(api: AgentsApi, way: str, gate: threading.Event) -> None:
    """What the agent, or the model of the exported one, says: a note, then an answer that waits."""
    note = {"customer": 7, "text": NOTE}
    if way == "wf_agent":
        api.turns = [
            [call("add_follow_up_note", note), say("Please decide.")],
            [begin(THINKING), wait(gate)],
        ]
    elif way == "wf_exported":
        assert api.model is not None
        api.model.pause = gate
        beginning = [chunk({"role": "assistant", "content": ""}), chunk({"content": THINKING})]
        api.model.answers = [
            chat_call("add_follow_up_note", note), chat("Please decide."), [*beginning, None],
        ]  # fmt: skip


@pytest.mark.parametrize("way", WORKFLOWS)
def test_one_story(way: str, site: Server, api: AgentsApi, open_page: Callable[..., Any]) -> None:
    gate = threading.Event()
    script(api, way, gate)
    page = open_page(site)
    here = Chat(page).open(f"?workflow={way}")
    element = here.element
    if way == "wf_helpdesk":
        here.ask("How do I return goods?")
    else:
        here.ask("Note that I have to call Lakeside Grocers back")
        assert site.rows("SELECT * FROM customers_note") == []
        element.get_by_role("button", name="Confirm", exact=True).click()
        expect(element).to_contain_text(ADDED)
        assert site.rows("SELECT text FROM customers_note") == [(NOTE,)]
        site.write("DELETE FROM customers_note")
        element.locator("[part=stop-button]").wait_for(state="detached")

        here.composer.fill("And what should I offer?")
        here.composer.press("Enter")
        expect(element).to_contain_text(THINKING)
    said = "Return" if way == "wf_helpdesk" else THINKING
    page.reload()
    here.ready()
    expect(element).to_contain_text(said)
    if way != "wf_helpdesk":
        element.locator("[part=stop-button]").click()
        expect(element).to_contain_text("Stopped")
        element.locator("[part=stop-button]").wait_for(state="detached")
        expect(element).to_contain_text(THINKING)
        gate.set()

    thread = here.thread
    # What the tab has kept is shown before it is read again, which must not meet the deletion.
    element.evaluate("element => element.fetchUpdates()")
    element.evaluate("element => element.showHistory()")
    row = element.locator(f"[data-thread={thread}]")
    row.locator(".open").focus()
    page.keyboard.press("Delete")
    element.locator("[data-undo]").wait_for()
    expect(row).to_have_count(0)
    if way == "wf_agent":
        assert len(api.inputs("cancel")) == 1
