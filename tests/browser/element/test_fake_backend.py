"""The element against the fake backend of `chatkit-testing.js`, with no server behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ..pages import Watch
from .conftest import Chat, page_of
from .standin import Standin

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

SETUP = """
import { fakeBackend } from "/static/chatkit-testing.js";
const card = (label) => ({ type: "Card", children: [{ type: "Button", label,
  onClickAction: { type: "take" } }] });
window.backend = fakeBackend({
  threads: [{ title: "Earlier", items: [{ user: "Once?" }, { assistant: "Long ago." }] }],
  onAction: ({ type }) => type === "take" ? "Taken." : undefined,
});
backend.answer("Within ", { hold: true }, "30 days.", { source: { title: "Terms", url: "/t" } })
  .answer({ clientTool: "basket", arguments: { page: 2 } })
  .answer("Three things.", { widget: card("Take them") });
const chat = document.querySelector("openai-chatkit");
window.ready = new Promise((resolve) => chat.addEventListener("chatkit.ready", resolve));
await customElements.whenDefined("openai-chatkit");
chat.setOptions({
  api: backend.api,
  composer: { attachments: { enabled: true } },
  threadItemActions: { feedback: true },
  onClientTool: async ({ params }) => ({ things: params.page + 1 }),
});
document.documentElement.dataset.set = "";
"""
FILE = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"abc"}


@pytest.fixture
def chat(new_page: Callable[..., Any], standin: Standin, watch: Watch) -> Chat:
    """The element on a plain page, whose backend is the fake."""
    head = '<script src="/static/chatkit.js" async></script>'
    body = '<openai-chatkit></openai-chatkit><script type="module" src="/setup.js"></script>'
    standin.pages |= {
        "/": (page_of(body, head=head), "text/html"),
        "/setup.js": (SETUP, "text/javascript"),
        "/page.css": ("openai-chatkit { height: 90vh; }", "text/css"),
    }
    page = new_page()
    page.goto("/")
    page.wait_for_selector("html[data-set]")
    page.evaluate("window.ready")
    return Chat(page, standin, watch)


def test_a_conversation(chat: Chat) -> None:
    chat.send("How long?")
    expect(chat.answers).to_contain_text("Within")
    expect(chat.answers).not_to_contain_text("30 days")
    chat.page.evaluate("backend.go()")
    expect(chat.answers).to_contain_text("Within 30 days.")
    expect(chat.element.locator(".sources")).to_contain_text("1")
    chat.button("Good answer").click()
    chat.element.locator("input[type=file]").first.set_input_files(FILE)
    expect(chat.element.locator(".composer-box")).to_contain_text("notes.txt")
    chat.send("What is in my basket?")
    expect(chat.answers.last).to_contain_text("Three things.")
    chat.button("Take them").click()
    expect(chat.answers.last).to_contain_text("Taken.")
    chat.send("And?")
    expect(chat.element.get_by_role("alert")).to_contain_text('no answer left to "And?"')
    kept = chat.page.evaluate(
        "({ votes: backend.votes.map(({ kind }) => kind), texts: backend.requests.filter("
        "({ text }) => text).map(({ text }) => text), files: backend.attachments.map("
        "({ name, uploaded }) => [name, uploaded]), output: backend.threads[1].items.find("
        "({ type }) => type === 'client_tool_call').output })"
    )
    assert kept == {
        "votes": ["positive"],
        "texts": ["How long?", "What is in my basket?", "And?"],
        "files": [["notes.txt", True]],
        "output": {"things": 3},
    }
    assert chat.standin.asked == []


def test_what_is_there_already_and_a_refusal(chat: Chat) -> None:
    chat.page.evaluate(
        "document.querySelector('openai-chatkit').setThreadId(backend.threads[0].id)"
    )
    expect(chat.answers).to_contain_text("Long ago.")
    chat.page.evaluate("backend.refuse({status: 403, code: 'forbidden', message: 'Not you.'})")
    chat.send("Again?")
    expect(chat.element.get_by_role("alert")).to_be_visible()
