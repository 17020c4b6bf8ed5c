"""What a state of the site's pages is: a function from a visit to nothing, and who visits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..chat import Chat
from .looks import SIZES, Look

QUESTIONS = {
    "en": "How do I return goods?",
    "es": "¿Cómo hago una devolución?",
    "ar": "How do I return goods?",  # there are no articles in Arabic
}
SESSION = "**/api/chatkit/session"


@dataclass(frozen=True)
class State:
    """`user` is who is there: none, few or many conversations, or somebody's name, or nobody."""

    act: Callable[[Visit], None]
    user: str = "few"
    widths: tuple[str, ...] = tuple(SIZES)
    complaints: tuple[str, ...] = ()


@dataclass(frozen=True)
class Visit:
    """A page, and how it is looked at."""

    page: Any
    look: Look
    people: Any

    @property
    def question(self) -> str:
        return QUESTIONS[self.look.language]

    def chat(self) -> Chat:
        return Chat(self.page).open("?thread=new")

    def asked(self, *questions: str) -> Chat:
        chat = self.new()
        for question in questions or (self.question,):
            chat.ask(question)
        self.page.mouse.move(0, 0)
        return chat

    def new(self) -> Chat:
        chat = Chat(self.page).open()
        if chat.thread:
            chat.begin_anew()
            chat.element.locator("[part=greeting]").wait_for()
        return chat

    def list(self) -> Any:
        """The list, opened where it does not stand there already."""
        chat = self.new()
        chat.show_list()
        chat.element.locator(".list [data-thread], .list .nothing").first.wait_for()
        return chat.element.locator(".list")

    def row_menu(self, found: Any, number: int = 0) -> None:
        row = found.locator("[data-thread]").nth(number)
        row.hover()
        row.locator(".more").click()

    def refuse(self, status: int, code: str, message: str, **headers: str) -> None:
        body = {"error": {"code": code, "message": message}}
        answer: dict[str, Any] = {"status": status, "json": body, "headers": headers}
        self.page.route(SESSION, lambda route: route.fulfill(**answer))
        self.page.goto("/apps/chatkit/")


STATES: dict[str, State] = {}


def state(**options: Any) -> Callable[[Callable[[Visit], None]], Callable[[Visit], None]]:
    """Enters a function as the state of its name."""

    def enter(act: Callable[[Visit], None]) -> Callable[[Visit], None]:
        STATES[act.__name__] = State(act, **options)
        return act

    return enter
