"""The chat page as a person drives it."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

PAGE = "/apps/chatkit/"


class Chat:
    """`page` with the chat on it; every wait is for something that shows."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.element = page.locator("openai-chatkit")
        self.composer = self.element.locator("textarea")
        self.info = page.locator("[data-ck-info]")
        self.drawer = page.locator("[data-ck-drawer]")

    def open(self, query: str = "") -> Chat:
        self.page.goto(PAGE + query)
        return self.ready()

    def ready(self) -> Chat:
        return self.state("ready")

    def state(self, name: str) -> Chat:
        """Wait for a state of the container, such as `ready` or `rate-limited`."""
        self.page.wait_for_selector(f".chatkit-container[data-state={name}]")
        return self

    def ask(self, question: str) -> Chat:
        """Send a question and wait for the end of its answer."""
        answers = self.element.locator("[data-copy]").count()
        self.composer.fill(question)
        self.composer.press("Enter")
        self.element.locator("[data-copy]").nth(answers).wait_for()
        # The answer is whole before its stream ends; until then no other question is sent.
        self.element.locator("[part=stop-button]").wait_for(state="detached")
        return self

    def begin_anew(self) -> None:
        """By the button of the list where that stands beside the chat, else by the bar's."""
        self.element.locator("[data-new]:visible, [data-new-chat]:visible").first.click()

    def show_list(self) -> None:
        """The list of conversations, which may stand there already."""
        if self.element.locator("[data-history]").is_visible():
            self.element.locator("[data-history]").click()
        self.element.locator("[data-search]").wait_for()

    @property
    def said(self) -> str:
        """All that stands in the chat, without the list of conversations beside it."""
        text = self.element.evaluate(
            "({shadowRoot: root}) => (root.querySelector('.chat') ?? root).textContent"
        )
        return re.sub(r"\s+", " ", text)

    @property
    def thread(self) -> str:
        """The thread that the address names, or ""."""
        return (parse_qs(urlsplit(self.page.url).query).get("thread") or [""])[0]

    @property
    def phone(self) -> bool:
        return bool(self.page.viewport_size["width"] < 1024)

    def open_panel(self) -> Any:
        """The panel and the cards, from behind the Details button where they are not in sight."""
        panel = self.page.locator("[data-ck-side-body]")
        if not panel.is_visible():
            self.info.click()
        panel.wait_for()
        return panel

    def press(self, name: str) -> None:
        """Press a button of the panel."""
        self.open_panel().get_by_role("button", name=name).click()

    def fact(self, name: str) -> str:
        """A line of the panel by its `data-ck-text`."""
        return str(self.page.locator(f"[data-ck-side-body] [data-ck-text={name}]").text_content())


def replied(page: Any, pattern: str = r"/api/chatkit/session$") -> Any:
    """`with replied(page) as answer:` waits for the answer to a call of that address."""
    return page.expect_response(lambda response: re.search(pattern, response.url) is not None)
