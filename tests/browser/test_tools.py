"""A tool that asks first, as `make run` with a key has it: the demo's user, the demo's customers.

The environment names a key and a model's address, and nothing else.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from ..selfhosted.assistant.model_server import Model, chat, chat_call
from .chat import Chat
from .conftest import PHONE, Starter, login
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

NOTE = "Call back about the offer"
# DEBUG is off on the server, which takes no password that everybody knows.
OWN_PASSWORD = """
from django.contrib.auth.models import User
demo = User.objects.get(username="demo")
demo.set_password("pw-demo")
demo.save()
"""
ADDED = "The note was added to Lakeside Grocers."


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    with Model().running() as model:
        yield model


@pytest.fixture(scope="module")
def site(start_server: Starter, model: Model) -> Server:
    server = start_server(env={"OPENAI_API_KEY": "sk-canary", "OPENAI_BASE_URL": model.url})
    for command in (["chatkit_demo", "--quiet"], ["shell", "-c", OWN_PASSWORD]):
        server.command(*command, env={"DEBUG": "on"})
    return server


class Desk:
    """The chat of a person at the demo site, and what stands in its database."""

    def __init__(self, site: Server, model: Model, page: Any) -> None:
        self.site, self.model, self.page = site, model, page
        login(page, "demo")
        self.chat = Chat(page).open()

    def ask(self) -> Any:
        """Ask for a note: the card's Confirm."""
        ((customer,),) = self.site.rows(
            "SELECT id FROM customers_customer WHERE name = 'Lakeside Grocers'"
        )
        call = chat_call("add_follow_up_note", {"customer": customer, "text": NOTE})
        self.model.answers = [call, chat("Please decide.")]
        self.chat.ask("Note that I have to call Lakeside Grocers back")
        return self.button("Confirm")

    def button(self, name: str) -> Any:
        return self.chat.element.get_by_role("button", name=name, exact=True)

    @property
    def notes(self) -> list[str]:
        return [text for (text,) in self.site.rows("SELECT text FROM customers_note")]

    @property
    def calls(self) -> list[str]:
        rows = self.site.rows("SELECT status FROM chatkit_toolcall ORDER BY created_at")
        return [status for (status,) in rows]


def test_a_card_asks_and_is_decided_once(
    site: Server, model: Model, open_page: Callable[..., Any], screenshots: Callable[..., Any]
) -> None:
    desk = Desk(site, model, open_page(site, user=""))
    chat_here = desk.chat
    confirm = desk.ask()
    expect(chat_here.element).to_contain_text("Add a follow-up note")
    expect(chat_here.element).to_contain_text(f"For Lakeside Grocers: “{NOTE}”")
    expect(desk.button("Cancel")).to_be_visible()
    assert (desk.notes, desk.calls) == ([], ["waiting"])
    offered = {tool["function"]["name"] for tool in model.bodies[0]["tools"]}
    assert offered == {
        "search_articles", "find_customers", "add_follow_up_note", "report_outcome",
    }  # fmt: skip
    screenshots(desk.page, "tool-card")

    elsewhere = Chat(desk.page.context.new_page()).open(f"?thread={chat_here.thread}")
    stale = elsewhere.element.get_by_role("button", name="Confirm", exact=True)
    expect(stale).to_be_visible()

    confirm.dblclick()
    expect(chat_here.element).to_contain_text(ADDED)
    expect(chat_here.element).to_contain_text("Confirmed")
    expect(confirm).to_have_count(0)
    assert (desk.notes, desk.calls) == ([NOTE], ["done"])
    screenshots(desk.page, "tool-card-confirmed")

    stale.click()
    expect(elsewhere.element).to_contain_text("This has been decided already.")
    assert (desk.notes, desk.calls) == ([NOTE], ["done"])

    desk.page.set_viewport_size(PHONE["viewport"])
    desk.ask()
    screenshots(desk.page, "tool-card-phone")
    desk.button("Cancel").click()
    expect(chat_here.element).to_contain_text("Cancelled")
    expect(confirm).to_have_count(0)
    assert (desk.notes, desk.calls) == ([NOTE], ["done", "cancelled"])

    desk.ask()
    with closing(sqlite3.connect(site.database, timeout=20)) as database, database:
        database.execute("DELETE FROM auth_user_user_permissions")
    confirm.click()
    expect(chat_here.element).to_contain_text("You don’t have the permission for this any more.")
    assert (desk.notes, desk.calls) == ([NOTE], ["done", "cancelled", "refused"])

    desk.page.reload()
    chat_here.ready()
    expect(chat_here.element).to_contain_text(ADDED)
    expect(confirm).to_have_count(0)
