"""Hostile texts through a real server: asked and answered on the page, then read in the admin and
in the console.

HOSTILE_TEXTS=all sends every text of `tests/safety/`; without it some of the short ones, or their
beginnings.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.admin.utils import quote
from playwright.sync_api import Page, expect

from chatkit import conf

from ..safety import hostile
from ..tools import processor
from .chat import Chat
from .conftest import DESKTOP, PHONE, Starter, Watch
from .servers import Server

pytestmark = pytest.mark.browser

CONSOLE = "/apps/chatkit/console/"
LISTS = ["unanswered/", "", "conversations/", "conversations/?list=answers", "usage/"]
SECONDS = 30  # of the processor, for one text and all that is looked at of it, tests included
# Those of a line go together, so much of each.
FEW_LONG = 10_000
FEW = [("bidi overrides", "zalgo"), ("an attribute", "links"), ("ligatures of 18 letters",)]
ASK = """async (text) => {
  const chat = document.querySelector("openai-chatkit");
  await chat.setThreadId(null);
  await chat.sendUserMessage({ text });
  await chat.updateComplete;
}"""
#: What is wider than its place, and what would act or load.
SEEN = """() => {
  const shadow = document.querySelector("openai-chatkit")?.shadowRoot;
  const acts = "script:not([src]), iframe, object, embed, base, svg[onload], img[src^='http']";
  const own = document.documentElement;
  const scroller = shadow?.querySelector("[data-scroller]");
  const wide = [own, scroller].filter((one) => one && one.scrollWidth > one.clientWidth);
  // A phone makes a page smaller that is wider than it.
  if (innerWidth > screen.width) wide.push(own);
  return {
    wide: wide.map((one) => one.className || one.localName),
    acting: (shadow ?? document.body).querySelectorAll(acts).length,
  };
}"""
FINE = {"wide": [], "acting": 0}


def texts() -> dict[str, str]:
    every = hostile.drawn()
    if os.environ.get("HOSTILE_TEXTS") == "all":
        # What the endpoint takes.
        return {name: text for name, text in every.items() if len(text.encode()) < 500_000}
    return {
        ", ".join(names): "\n\n".join(every[name][:FEW_LONG] for name in names) for names in FEW
    }


@pytest.fixture
def site(start_server: Starter) -> Server:
    return start_server(
        chatkit={
            "WORKFLOWS": {"wf_echo": "tests.safety.echo.EchoServer"},
            "RATE_LIMITS": {"session": "1000/m", "message": "1000/m"},
        }
    )


def stored(site: Server, chat: Chat) -> list[str]:
    """The types of the conversation's items, once there are two, at the latest after half a
    minute."""
    found: list[Any] = []
    for _ in range(300):
        query = "SELECT type FROM chatkit_threaditem WHERE thread_id = ? ORDER BY sequence"
        found = site.rows(query, chat.thread)
        if len(found) > 1:
            break
        chat.page.wait_for_timeout(100)
    return [kind for (kind,) in found]


def kinds(text: str) -> list[str]:
    """The items of its conversation: a note too where the answer was too long."""
    cut = ["task"] if len(text) > conf.get("ANSWER_LENGTH") else []
    return ["user_message", "assistant_message", *cut]


def read_in_console(console: Page, thread: str, name: str) -> None:
    console.goto(f"{CONSOLE}conversations/{thread}/")
    console.get_by_text("You opened this conversation").wait_for()  # in the admin
    assert console.locator(".ckc-markdown, .ckc-plain").count() >= 2, name
    assert console.evaluate(SEEN) == FINE, name


def test_on_the_page_after_a_reload_in_the_admin_and_in_the_console(
    site: Server, open_page: Callable[..., Any], watch: Watch
) -> None:
    watch.expect("404 (Not Found)")  # an image that is not there
    chat = Chat(open_page(site, PHONE)).open()
    admin = open_page(site, PHONE, user="root")
    admin.set_default_timeout(60_000)
    chat.page.set_default_timeout(60_000)
    answers = chat.element.locator(".assistant")
    slow = {}
    for name, text in texts().items():
        if not text.strip():
            continue
        began = processor.seconds()
        before = chat.page.url
        chat.page.evaluate(ASK, text)
        chat.page.wait_for_url(re.compile(rf"^(?!{re.escape(before)}$).*thread=thr_"))
        assert stored(site, chat) == kinds(text), name
        expect(answers, name).to_have_count(1, timeout=30_000)
        assert chat.page.evaluate(SEEN) == FINE, name
        chat.page.reload()
        chat.ready()
        expect(answers, name).to_have_count(1, timeout=30_000)
        if len(text) < 10_000:  # else it may be on the page before
            expect(chat.element.locator(".user"), name).to_have_count(1, timeout=30_000)
        assert chat.page.evaluate(SEEN) == FINE, name
        admin.goto(f"/admin/chatkit/thread/{quote(chat.thread)}/change/")
        admin.locator(".chatkit-open").click()
        admin.get_by_text("You opened this conversation").wait_for()
        assert admin.evaluate(SEEN) == FINE, name
        admin.goto("/admin/chatkit/thread/?" + urlencode({"q": text[:100].split("\n")[0]}))
        assert admin.evaluate(SEEN)["acting"] == 0, name
        read_in_console(admin, chat.thread, name)
        if (took := processor.seconds() - began) > SECONDS:
            slow[name] = took
    assert slow == {}
    chat.ask("Still there?")
    expect(answers.last).to_contain_text("Still there?")
    # All of them as questions that found no answer: as lists, and each by itself.
    read_all(open_page(site, DESKTOP, user="root"), LISTS)
    groups = site.rows("SELECT id FROM chatkit_console_questiongroup")
    assert groups
    read_all(admin, [*LISTS, *(f"unanswered/{pk}/?again=1" for (pk,) in groups)])


def read_all(console: Page, paths: list[str]) -> None:
    for path in paths:
        console.goto(CONSOLE + path)
        assert console.evaluate(SEEN) == FINE, path
