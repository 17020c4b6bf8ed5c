"""Declaring tools: what is taken, what is refused, what is kept out of records."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Annotated, Any

import pytest

from chatkit import toolbox
from chatkit.models import ToolCall
from chatkit.toolbox import MASK, ToolContext, ToolError, tool
from tests.selfhosted.protocol import Caller, ask, create, events, text_of

from .model_server import Model, chat, chat_call

pytestmark = pytest.mark.usefixtures("own_registry")


def no_docstring(ctx: ToolContext) -> None: ...


def no_context() -> None:
    """Does nothing."""


def fine(ctx: ToolContext) -> None:
    """Does nothing."""


@pytest.mark.parametrize(
    ("declare", "sentence"),
    [
        (lambda: tool(no_docstring), "has no docstring"),
        (lambda: tool(no_context), "takes no context"),
        (lambda: tool(name="no spaces")(fine), "can't be a tool's name"),
        (lambda: tool(permission="view_order")(fine), "not a permission app.codename"),
        (lambda: tool(name="search_articles")(fine), "Two tools are named 'search_articles'"),
    ],
)
def test_refused(declare: Callable[[], Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        declare()


def test_stays_a_function() -> None:
    assert tool(fine) is fine
    assert toolbox.all_tools()["fine"].description == "Does nothing."


def test_mask() -> None:
    declared = toolbox.Tool("t", fine, "d", secrets=frozenset({"note"}))
    given = {
        "password": "x", "api_key": "x", "note": "x", "pin": 1, "spinner": 2, "city": "Lima",
        "to": {"access_token": "x", "deep": [{"iban": "x", "n": None}]}, "long": "y" * 900,
    }  # fmt: skip
    masked = declared.mask(given)
    assert masked["long"] == "y" * 299 + "…"
    del masked["long"]
    assert declared.mask({"n": float("nan"), "a\x00\ud800": "b\x00\ud800"}) == {
        "n": "nan",
        "a?": "b?",
    }
    assert masked == {
        "password": MASK, "api_key": MASK, "note": MASK, "pin": MASK, "spinner": 2,
        "city": "Lima", "to": {"access_token": MASK, "deep": [{"iban": MASK, "n": None}]},
    }  # fmt: skip


def test_unknown_name() -> None:
    from chatkit.selfhosted.assistant.tools import site_tools

    with pytest.raises(ValueError, match="No app declares a tool 'gone'"):
        site_tools("gone")


class TestCalls:
    def ask(self, caller: Caller, model: Model, tool_name: str, **arguments: Any) -> str:
        """Have the model call a tool; what it is told."""
        model.answers = [chat_call(tool_name, arguments), chat("Well.")]
        assert text_of(caller.stream(create("Go"))) == "Well."
        return str(model.bodies[-1]["messages"][-1]["content"])

    def test_async_and_json(self, chat_ada: Caller, scripted_model: Model, user: Any) -> None:
        @tool
        async def double(ctx: ToolContext, number: Annotated[int, "Any."], times: int = 2) -> Any:
            """Double it."""
            await asyncio.sleep(0)
            return {"user": ctx.user.pk, "result": number * times}

        told = self.ask(chat_ada, scripted_model, "double", number=4)
        assert told == f'{{"user": {user.pk}, "result": 8}}'

    def test_secret_stays_off_the_record(self, chat_ada: Caller, scripted_model: Model) -> None:
        @tool
        def sign_in(ctx: ToolContext, name: str, password: str) -> str:
            """Sign in."""
            return "yes" if password == "canary" else "no"

        told = self.ask(chat_ada, scripted_model, "sign_in", name="a", password="canary")
        assert told == "yes"
        assert ToolCall.objects.get().arguments == {"name": "a", "password": MASK}

    @pytest.mark.parametrize("kind", ["sorry", "broken", "slow"])
    def test_failure(self, chat_ada: Caller, scripted_model: Model, kind: str) -> None:
        @tool(timeout=0.1)
        async def fail(ctx: ToolContext) -> None:
            """Fail."""
            if kind == "sorry":
                raise ToolError("The shop is closed.")
            if kind == "broken":
                raise RuntimeError("canary of the cause")
            await asyncio.sleep(30)

        told = self.ask(chat_ada, scripted_model, "fail")
        expected = {
            "sorry": ("The shop is closed.", "The shop is closed."),
            "broken": ("That did not work.", "RuntimeError"),
            "slow": ("That took too long; it may or may not have been done.", "TimeoutError"),
        }
        call = ToolCall.objects.get()
        assert (told, call.outcome) == expected[kind]
        assert call.status == "failed"

    def test_one_that_hangs_holds_up_nobody(self, chat_ada: Caller, scripted_model: Model) -> None:
        hangs, over = threading.Event(), threading.Event()

        @tool(timeout=0.5)
        def hang(ctx: ToolContext) -> None:
            """Hang."""
            hangs.set()
            over.wait(20)

        scripted_model.answers = [chat_call("hang", {}), chat("Well.")]
        try:
            response = chat_ada.post(create("Go"))
            assert hangs.wait(10)
            asked = time.monotonic()
            assert chat_ada.json(ask("threads.list"))["data"]
            assert "Well." in text_of(events(b"".join(response.streaming_content)))
            assert time.monotonic() - asked < 10  # the answer as well goes on
        finally:
            over.set()

    def test_language_of_the_user(self, chat_ada: Caller, scripted_model: Model) -> None:
        @tool
        def language(ctx: ToolContext) -> str:
            """The language."""
            from django.utils.translation import get_language

            return f"{ctx.language} {get_language()}"

        scripted_model.answers = [chat_call("language", {}), chat("Ya.")]
        chat_ada.stream(create("Hola"), **{"Accept-Language": "es"})
        assert scripted_model.bodies[-1]["messages"][-1]["content"] == "es es"
