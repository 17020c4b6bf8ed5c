"""Every state of the site's pages as pictures, with what a machine finds wrong on them."""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mseller import mail

from ..pages import REPORTS, Watch
from ..servers import Server
from . import chat_states, site_states  # noqa: F401 – they enter their states
from .looks import ALL, Look, faults
from .states import STATES, State, Visit

ANSWERER = "tests.browser.pictures.answerer.PicturesServer"
SETTINGS = {
    "LOGIN_RATE": "4/m",
    "PASSWORD_RESET": True,
    **mail.settings({"EMAIL_BACKEND": "django.core.mail.backends.dummy.EmailBackend"}),
}
OFTEN = "100000/h"
FILL = "from tests.browser.pictures.rows import fill; fill()"


@contextmanager
def serve() -> Iterator[Server]:
    """The site with everything that it can have."""
    rates = dict.fromkeys(("session", "message", "request", "search", "upload"), OFTEN)
    chatkit = {
        "WORKFLOWS": {"support": ANSWERER},
        "RATE_LIMITS": rates,
        "SHARING": {"seconds": 7 * 86400},
        "TRANSCRIBER": "http://127.0.0.1:9/v1",
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        Server(Path(folder), chatkit=chatkit, settings=SETTINGS) as server,
    ):
        server.command("shell", "-v", "0", "-c", FILL)
        yield server


def take_all(browser: Any, folder: Path, words: list[str]) -> None:
    """Of the states and the looks that are chosen, or of all; `axe` judges each, too."""
    folder.mkdir(parents=True, exist_ok=True)
    looks = [look for look in ALL if any(_fits(look, word) for word in words)] or ALL
    names = [name for name in STATES if name in words] or list(STATES)
    with serve() as server:
        for look in looks:
            people = People(browser, server, look)
            for name in names:
                take(people, name, folder, "axe" in words)
            people.close()


def _fits(look: Look, word: str) -> bool:
    parts = word.split("-")
    return len(parts) == 3 and all(
        wanted in ("*", found) for wanted, found in zip(parts, str(look).split("-"), strict=True)
    )


class People:
    """The browser of each person of a look, with a login of its own."""

    def __init__(self, browser: Any, server: Server, look: Look) -> None:
        self.browser, self.server, self.look = browser, server, look
        self._contexts: dict[str, Any] = {}

    def context(self, user: str) -> Any:
        if user not in self._contexts:
            context = self.browser.new_context(base_url=self.server.url, **self.look.options)
            context.set_default_timeout(8000)
            context.add_init_script(REPORTS)
            self._contexts[user] = context
            if user:
                page = context.new_page()
                page.goto("/accounts/login/")
                page.fill("[name=username]", user)
                page.fill("[name=password]", f"pw-{user}")
                page.press("[name=password]", "Enter")
                page.wait_for_url(lambda url: "/accounts/login/" not in url)
                page.close()
        return self._contexts[user]

    def close(self) -> None:
        for context in self._contexts.values():
            context.close()


def take(people: People, name: str, folder: Path, axe: bool) -> None:
    state: State = STATES[name]
    look = people.look
    if look.width not in state.widths:
        return
    user = f"{state.user}-{look.language}" if state.user in ("none", "few", "many") else state.user
    began = time.monotonic()
    watch = Watch(expected=list(state.complaints))
    page = people.context(user).new_page()
    watch.follow(page, people.server.url)
    found: list[str] = []
    try:
        state.act(Visit(page, look, people))
        page.wait_for_timeout(250)  # for what fades in
        page.screenshot(path=folder / f"{name}-{look}.png", caret="hide", animations="disabled")
        found = faults(page, axe)
    except Exception as error:  # the others are looked at all the same
        found.append(f"FAILED: {str(error)[:300]}")
        page.screenshot(path=folder / f"FAILED-{name}-{look}.png")
    for problem in [*found, *watch.problems]:
        print(f"{name}-{look}: {problem}")
    page.evaluate("localStorage.clear(); sessionStorage.clear()")
    page.close()
    print(f"  {name}-{look} {time.monotonic() - began:.1f} s", file=sys.stderr)
