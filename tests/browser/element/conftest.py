"""The element alone, in a real Chromium, against a stand-in server and under a strict policy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from ..pages import DESKTOP, PHONE, Watch, page_opener
from ..profiles import Profiles
from .standin import Address, Standin

SETUP = """
window.events = [];
window.dialogs = 0;
const NAMES = ["ready", "error", "effect", "deeplink", "response.start", "response.end",
  "history.open", "history.close", "thread.change", "thread.load.start", "thread.load.end",
  "tool.change", "log"];
function listen(chat) {
  for (const name of NAMES) {
    chat.addEventListener("chatkit." + name, ({ detail }) => {
      const { error } = detail ?? {};
      events.push([name, error ? { code: error.code, status: error.status,
        retryAfter: error.retryAfter, message: error.message } : detail, chat.id]);
    });
  }
}
window.listen = listen;
const chat = document.querySelector("openai-chatkit");
listen(chat);
window.ready = new Promise((resolve) => chat.addEventListener("chatkit.ready", resolve));
customElements.whenDefined("openai-chatkit").then(() => {
  window.options = OPTIONS;
  chat.setOptions(window.options);
});
"""
CSS = """
html, body { margin: 0; height: 100%; }
openai-chatkit { height: 100dvh; }
h1 { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; margin: 0; }
"""
HOSTED = (
    "{getClientSecret: async (current) => {(window.asked ??= []).push(current); return SECRET}}"
)
CUSTOM = '{url: "/custom", domainKey: "local"}'


def page_of(body: str, title: str = "Chat", head: str = "") -> str:
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">'
        '<link rel="icon" href="/pixel.png"><link rel="stylesheet" href="/page.css">'
        f"{head}</head><body><main><h1>{title}</h1>{body}</main></body></html>"
    )


class Chat:
    """The element on a page, and short names for what tests do with it."""

    def __init__(self, page: Any, standin: Standin, watch: Watch) -> None:
        self.page = page
        self.standin = standin
        self.watch = watch
        self.element = page.locator("openai-chatkit").first
        self.input = self.element.locator("textarea.input")
        self.answers = self.element.locator(".assistant")
        self.questions = self.element.locator(".user")
        self.status = self.element.locator("[role=status][aria-atomic]")

    def send(self, text: str) -> None:
        self.input.fill(text)
        self.input.press("Enter")

    def button(self, name: str, exact: bool = True) -> Any:
        return self.element.get_by_role("button", name=name, exact=exact)

    def call(self, method: str, *args: Any) -> Any:
        """Calls a method of the element; an error it rejects with becomes a result."""
        return self.page.evaluate(
            """async ([method, args]) => {
              try { return await document.querySelector("openai-chatkit")[method](...args); }
              catch (error) { return {rejected: error.code ?? error.message}; }
            }""",
            [method, list(args)],
        )

    def events(self, name: str = "") -> list[Any]:
        """The details of the events of one name, or the names of all (without the logs)."""
        found = self.page.evaluate("window.events")
        if name:
            return [detail for event, detail, _ in found if event == name]
        return [event for event, _, _ in found if event != "log"]

    def wait(self, name: str, count: int = 1) -> None:
        """Until so many events of a name have come."""
        for _ in range(400):
            if len(self.events(name)) >= count:
                return
            self.page.wait_for_timeout(25)
        raise AssertionError(f"no {name} in {self.events()}")

    def asked(self, request_type: str, count: int = 1) -> Any:
        """The last request of a type, once there are so many."""
        for _ in range(400):
            found = self.standin.requests(request_type)
            if len(found) >= count:
                return found[-1]
            self.page.wait_for_timeout(25)
        raise AssertionError(f"no {request_type} in {[a.type for a in self.standin.asked]}")

    def set_options(self, options: str) -> None:
        """Sets options given as JavaScript, beside the `api` that is set already."""
        self.page.evaluate(
            "(options) => document.querySelector('openai-chatkit')"
            ".setOptions({api: window.options.api, ...options})",
            json.loads(options) if isinstance(options, str) else options,
        )


@contextmanager
def standin_opener(
    profiles: Profiles, standin: Standin, watch: Watch, failed: Callable[[], bool] = lambda: False
) -> Iterator[Callable[..., Any]]:
    """Gives `new_page(size)`: a page at the stand-in, where a dialog is a complaint, too."""
    with page_opener(profiles, watch, failed) as open_page:

        def new_page(size: dict[str, Any] = DESKTOP, **options: Any) -> Any:
            page = open_page(standin.url, size, **options)
            page.on("dialog", lambda dialog: _opened(watch, dialog))
            return page

        yield new_page


@contextmanager
def chat_opener(
    profiles: Profiles, standin: Standin, watch: Watch, failed: Callable[[], bool] = lambda: False
) -> Iterator[Callable[..., Chat]]:
    """Gives `open_chat("{header: …}", custom=True)`: the element with these options, ready."""
    with standin_opener(profiles, standin, watch, failed) as new_page:

        def open_chat(
            options: str = "{}",
            *,
            custom: bool = False,
            size: dict[str, Any] = DESKTOP,
            css: str = "",
            body: str = '<openai-chatkit id="chat"></openai-chatkit>',
            before: str = "",
            **context: Any,
        ) -> Chat:
            api = CUSTOM if custom else HOSTED.replace("SECRET", json.dumps(standin.secret()))
            setup = before + SETUP.replace("OPTIONS", f"{{api: {api}, ...({options})}}")
            head = '<script src="/static/chatkit.js" async></script>'
            standin.pages |= {
                "/": (page_of(body + '<script src="/setup.js"></script>', head=head), "text/html"),
                "/setup.js": (setup, "text/javascript"),
                "/page.css": (CSS + css, "text/css"),
            }
            page = new_page(size, **context)
            page.goto("/")
            page.evaluate("window.ready")
            return Chat(page, standin, watch)

        yield open_chat


@pytest.fixture(scope="session")
def standin_address() -> Iterator[Address]:
    """Where the stand-ins of all tests answer, one after the other: one site for the browser."""
    with Address() as address:
        yield address


@pytest.fixture
def standin(standin_address: Address) -> Iterator[Standin]:
    server = Standin(standin_address)
    yield server
    server.close()


@pytest.fixture
def new_page(
    profiles: Profiles, watch: Watch, standin: Standin, failed: Callable[[], bool]
) -> Iterator[Callable[..., Any]]:
    with standin_opener(profiles, standin, watch, failed) as new_page:
        yield new_page


@pytest.fixture
def open_chat(
    profiles: Profiles, watch: Watch, standin: Standin, failed: Callable[[], bool]
) -> Iterator[Callable[..., Chat]]:
    with chat_opener(profiles, standin, watch, failed) as open_chat:
        yield open_chat


@pytest.fixture
def chat(open_chat: Callable[..., Chat]) -> Chat:
    """The element with no options but `api: {getClientSecret}`."""
    return open_chat()


@pytest.fixture
def phone() -> dict[str, Any]:
    return PHONE


def _opened(watch: Watch, dialog: Any) -> None:
    watch.found.append(f"dialog: {dialog.message}")
    dialog.dismiss()
