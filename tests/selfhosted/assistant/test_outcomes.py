"""Every tool call ends in an outcome, however its answer, its tool or its process ends."""

from __future__ import annotations

import asyncio
import datetime
import json
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from chatkit import toolbox
from chatkit.models import Run, Thread, ThreadItem, ToolCall
from chatkit.selfhosted.assistant import tool_calls
from chatkit.selfhosted.runs import process, recovery
from chatkit.selfhosted.runs.live import StopReason
from chatkit.toolbox import ToolContext, ToolError, tool
from tests.selfhosted.protocol import Caller, ask, create, events, text_of, thread_id_of, until

from .model_server import Model, chat, chat_call

pytestmark = pytest.mark.usefixtures("own_registry")
CHANGED = "This has changed on the site since you were asked, so it was not done. Ask again."


def declare_pay(**options: Any) -> list[int]:
    """A tool that asks first; what it was called with."""
    paid: list[int] = []

    @tool(confirm=True, **options)
    def pay(ctx: ToolContext, amount: int, note: str = "") -> str:
        """Pay."""
        paid.append(amount)
        return "Paid."

    return paid


def declare_again(function: Any, **options: Any) -> None:
    """What a deploy does: the same tool, declared otherwise."""
    del toolbox._registry["pay"]
    function.__name__ = "pay"
    tool(confirm=True, **options)(function)


def waiting(caller: Caller, model: Model, **arguments: Any) -> dict[str, Any]:
    """The request that confirms a card for `pay`."""
    model.answers = [chat_call("pay", {"amount": 5} | arguments), chat("Please decide.")]
    found = caller.stream(create("Pay"))
    card = next(e["item"] for e in found if e.get("item", {}).get("type") == "widget")
    return ask(
        "threads.custom_action",
        thread_id=thread_id_of(found),
        item_id=card["id"],
        action=card["widget"]["confirm"]["action"],
    )


def card_of(found: list[dict[str, Any]]) -> str:
    """The card as it was shown last, which is also how it is stored."""
    item = [e["item"] for e in found if e["type"] == "thread.item.replaced"][-1]
    stored = ThreadItem.objects.get(item_id=item["id"]).payload
    assert stored["widget"] == item["widget"]
    assert "confirm" not in stored["widget"]
    return str(item["widget"])


class TestDeploy:
    """The site has changed while a card waited."""

    def confirm(self, caller: Caller, request: dict[str, Any]) -> tuple[ToolCall, str]:
        found = caller.stream(request)
        assert "not done" in card_of(found)
        call = ToolCall.objects.get()
        assert (call.status, call.held) == ("failed", None)
        assert call.ended_at is not None
        return call, text_of(found)

    def test_other_arguments(self, chat_ada: Caller, scripted_model: Model) -> None:
        paid = declare_pay()
        request = waiting(chat_ada, scripted_model)

        def otherwise(ctx: ToolContext, cents: int) -> None:
            """Pay."""
            paid.append(cents)

        declare_again(otherwise)
        call, said = self.confirm(chat_ada, request)
        assert said == CHANGED
        assert call.outcome.startswith("The arguments do not fit: cents: Field required")
        assert paid == []

    def test_no_such_tool(self, chat_ada: Caller, scripted_model: Model) -> None:
        paid = declare_pay()
        request = waiting(chat_ada, scripted_model)
        del toolbox._registry["pay"]
        call, said = self.confirm(chat_ada, request)
        assert (said, call.outcome, paid) == (CHANGED, "no such tool", [])

    def test_arguments_that_no_model_can_have(
        self, chat_ada: Caller, scripted_model: Model
    ) -> None:
        declare_pay()
        request = waiting(chat_ada, scripted_model)

        def otherwise(ctx: ToolContext, amount: NoSuchThing) -> None:  # type: ignore[name-defined]  # noqa: F821
            """Pay."""

        declare_again(otherwise)
        call, said = self.confirm(chat_ada, request)
        assert (said, call.outcome) == ("That did not work.", "NameError")

    def test_rights_that_can_not_be_asked_for(
        self, chat_ada: Caller, scripted_model: Model, user: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        declare_pay()
        request = waiting(chat_ada, scripted_model)

        def fail(*args: Any) -> bool:
            raise ConnectionError("no directory")

        monkeypatch.setattr(tool_calls, "may_use", fail)
        call, said = self.confirm(chat_ada, request)
        assert (said, call.outcome) == ("That did not work.", "ConnectionError")


class Gate:
    """Holds a database job of the record, at its beginning or at its end."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.reached, self.open = threading.Event(), threading.Event()
        job: Callable[..., Any] = getattr(tool_calls, name)

        def held(*args: Any, **kw: Any) -> Any:
            try:
                return job(*args, **kw)
            finally:
                self.reached.set()
                assert self.open.wait(20)

        monkeypatch.setattr(tool_calls, name, held)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], Gate]]:
    made: list[Gate] = []

    def make(name: str) -> Gate:
        made.append(Gate(monkeypatch, name))
        return made[-1]

    yield make
    for one in made:
        one.open.set()


class TestStop:
    """The answer is stopped at an awkward moment."""

    def stop(self, caller: Caller, request: Any, gate: Gate) -> list[dict[str, Any]]:
        response = caller.post(request)
        assert gate.reached.wait(10)
        here = process.current()
        live = here.runs[response["X-ChatKit-Run"]]
        # As the stop request does, which would wait for the thread that is held.
        here.call_soon(live.cancel, StopReason.STOPPED)
        until(lambda: live.task and live.task.done())
        gate.open.set()
        return events(b"".join(response.streaming_content))

    def outcome(self) -> tuple[str, str]:
        until(lambda: not ToolCall.objects.filter(status__in=["running", "waiting"]).exists())
        call = ToolCall.objects.get()
        assert call.held is None
        assert call.ended_at is not None
        return call.status, call.outcome

    def test_while_it_is_confirmed(
        self, chat_ada: Caller, scripted_model: Model, gate: Callable[[str], Gate]
    ) -> None:
        paid = declare_pay()
        request = waiting(chat_ada, scripted_model)
        self.stop(chat_ada, request, gate("take"))
        assert self.outcome() == ("failed", "stopped")
        assert paid == []

    def test_right_after_it_was_confirmed(
        self, chat_ada: Caller, scripted_model: Model, gate: Callable[[str], Gate]
    ) -> None:
        paid = declare_pay()
        request = waiting(chat_ada, scripted_model)
        found = self.stop(chat_ada, request, gate("acting_user"))
        assert self.outcome() == ("failed", "stopped")
        assert "This was not done." in card_of(found)
        assert paid == []

    def test_while_it_is_done(
        self, chat_ada: Caller, scripted_model: Model, gate: Callable[[str], Gate]
    ) -> None:
        paid = declare_pay()
        request = waiting(chat_ada, scripted_model)
        found = self.stop(chat_ada, request, gate("in_language"))
        assert self.outcome() == ("failed", "stopped")
        assert "may or may not have been done" in card_of(found)
        assert paid == [5]

    def test_while_its_end_is_recorded(
        self, chat_ada: Caller, scripted_model: Model, gate: Callable[[str], Gate]
    ) -> None:
        """It was done, and the record says so."""
        declare_pay()
        request = waiting(chat_ada, scripted_model)
        self.stop(chat_ada, request, gate("end"))
        assert self.outcome() == ("done", "Paid.")

    @pytest.mark.parametrize("moment", ["record", "hold"])
    def test_while_it_is_recorded(
        self, chat_ada: Caller, scripted_model: Model, gate: Callable[[str], Gate], moment: str
    ) -> None:
        paid = declare_pay()
        scripted_model.answers = [chat_call("pay", {"amount": 5}), chat("Please decide.")]
        self.stop(chat_ada, create("Pay"), gate(moment))
        assert self.outcome() == ("failed", "stopped")
        assert paid == []


class TestConfirm:
    """The function that says what will be done."""

    @pytest.mark.parametrize(
        ("error", "told", "outcome"),
        [
            (ValueError("canary"), "That did not work.", "ValueError"),
            (KeyError("canary"), "That did not work.", "KeyError"),
            (StopIteration(), "That did not work.", "RuntimeError"),
            (SystemExit(1), "That did not work.", "RuntimeError"),
            (ToolError("Not today."), "Not today.", "Not today."),
        ],
    )
    def test_raises(
        self,
        chat_ada: Caller,
        scripted_model: Model,
        error: BaseException,
        told: str,
        outcome: str,
    ) -> None:
        def fail(ctx: ToolContext, **arguments: Any) -> str:
            raise error

        @tool(confirm=fail)
        def pay(ctx: ToolContext, amount: int) -> None:
            """Pay."""

        scripted_model.answers = [chat_call("pay", {"amount": 5}), chat("Well.")]
        found = chat_ada.stream(create("Pay"))
        assert text_of(found) == "Well."
        assert scripted_model.bodies[-1]["messages"][-1]["content"] == told
        call = ToolCall.objects.get()
        assert (call.status, call.outcome, call.arguments) == ("failed", outcome, {"amount": 5})
        assert Run.objects.get().status == "completed"

    def test_takes_too_long(self, chat_ada: Caller, scripted_model: Model) -> None:
        async def wait(ctx: ToolContext, **arguments: Any) -> str:
            await asyncio.sleep(30)
            return ""

        @tool(confirm=wait, timeout=0.1)
        def pay(ctx: ToolContext, amount: int) -> None:
            """Pay."""

        scripted_model.answers = [chat_call("pay", {"amount": 5}), chat("Well.")]
        assert text_of(chat_ada.stream(create("Pay"))) == "Well."
        assert ToolCall.objects.get().outcome == "TimeoutError"


class TestTool:
    @pytest.mark.parametrize(
        ("error", "outcome"),
        [
            (StopIteration(), "RuntimeError"),
            (SystemExit(1), "RuntimeError"),
            (asyncio.CancelledError(), "RuntimeError"),
        ],
    )
    def test_raises_what_ends_more_than_itself(
        self, chat_ada: Caller, scripted_model: Model, error: BaseException, outcome: str
    ) -> None:
        @tool
        def fail(ctx: ToolContext) -> None:
            """Fail."""
            raise error

        self.assert_failed(chat_ada, scripted_model, outcome)

    @pytest.mark.parametrize(
        ("error", "outcome"),
        [(SystemExit(1), "RuntimeError"), (asyncio.CancelledError(), "CancelledError")],
    )
    def test_asynchronous_one_too(
        self, chat_ada: Caller, scripted_model: Model, error: BaseException, outcome: str
    ) -> None:
        @tool
        async def fail(ctx: ToolContext) -> None:
            """Fail."""
            raise error

        self.assert_failed(chat_ada, scripted_model, outcome)

    def assert_failed(self, caller: Caller, model: Model, outcome: str) -> None:
        model.answers = [chat_call("fail", {}), chat("Well.")]
        assert text_of(caller.stream(create("Go"))) == "Well."
        call = ToolCall.objects.get()
        assert (call.status, call.outcome) == ("failed", outcome)

    def test_what_no_database_holds(self, chat_ada: Caller, scripted_model: Model) -> None:
        """NUL in an argument, half a character in an answer."""

        @tool
        def half(ctx: ToolContext, name: str) -> str:
            """Answer."""
            return "half \ud83d"

        scripted_model.answers = [chat_call("half", {"name": "a\x00b"}), chat("Well.")]
        assert text_of(chat_ada.stream(create("Go"))) == "Well."
        call = ToolCall.objects.get()
        assert (call.status, call.outcome, call.arguments) == ("done", "half ?", {"name": "ab"})

    def test_nul_in_a_card(self, chat_ada: Caller, scripted_model: Model) -> None:
        paid = declare_pay()
        request = waiting(chat_ada, scripted_model, note="a\x00b")
        assert text_of(chat_ada.stream(request)) == "Paid."
        assert paid == [5]

    def test_not_a_number(self, chat_ada: Caller, scripted_model: Model) -> None:
        @tool
        def weigh(ctx: ToolContext, kilos: float) -> None:
            """Weigh."""

        scripted_model.answers = [chat_call("weigh", '{"kilos": NaN}'), chat("Well.")]
        assert text_of(chat_ada.stream(create("Go"))) == "Well."
        call = ToolCall.objects.get()
        assert (call.status, call.arguments) == ("unfit", {"kilos": "nan"})

    @pytest.mark.parametrize(
        ("count", "told"),
        [(40, "marks.4: Input should be a valid integer; and 35 more"), (40_000, "too long.")],
    )
    def test_many_that_do_not_fit_are_told_in_short(
        self, chat_ada: Caller, scripted_model: Model, count: int, told: str
    ) -> None:
        @tool
        def judge(ctx: ToolContext, marks: list[int]) -> None:
            """Judge."""

        given = json.dumps({"marks": [None] * count})
        scripted_model.answers = [chat_call("judge", given), chat("Well.")]
        assert text_of(chat_ada.stream(create("Go"))) == "Well."
        assert ToolCall.objects.get().status == "unfit"
        output = scripted_model.bodies[-1]["messages"][-1]["content"]
        assert told in output
        assert len(output) < 1000

    def test_record_that_can_not_be_ended(
        self, chat_ada: Caller, scripted_model: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The answer goes on; the clock closes the record."""

        @tool
        def fine(ctx: ToolContext) -> str:
            """Answer."""
            return "yes"

        def fail(*args: Any) -> None:
            raise ConnectionError

        monkeypatch.setattr(tool_calls, "end", fail)
        scripted_model.answers = [chat_call("fine", {}), chat("Well.")]
        assert text_of(chat_ada.stream(create("Go"))) == "Well."
        until(lambda: Run.objects.get().live is None)
        ToolCall.objects.update(created_at=ago(2))
        recovery.sweep()
        call = ToolCall.objects.get()
        assert (call.status, call.outcome) == ("failed", "process gone")


def ago(minutes: int) -> datetime.datetime:
    return timezone.now() - datetime.timedelta(minutes=minutes)


class TestLeft:
    """What a process that died has left is closed by the others, or by the next."""

    @pytest.fixture
    def thread(self, user: Any) -> Thread:
        return Thread.objects.create(user=user, workflow_id="wf_1")

    def call(self, thread: Thread, status: str, minutes: int, **fields: Any) -> ToolCall:
        return ToolCall.objects.create(
            thread=thread,
            user=thread.user,
            tool="pay",
            status=status,
            held={"amount": 5},
            created_at=ago(minutes),
            **fields,
        )

    def run(self, thread: Thread, **fields: Any) -> Run:
        return Run.objects.create(thread=thread, user=thread.user, kind="k", **fields)

    def test_run_is_over(self, thread: Thread) -> None:
        call = self.call(thread, "running", 2, run=self.run(thread, status="completed"))
        recovery.sweep()
        call.refresh_from_db()
        assert (call.status, call.outcome, call.held) == ("failed", "process gone", None)
        assert call.ended_at is not None

    def test_run_is_gone(self, thread: Thread) -> None:
        call = self.call(thread, "running", 10)
        recovery.sweep()
        call.refresh_from_db()
        assert call.status == "failed"

    def test_what_is_still_being_done_stays(self, thread: Thread) -> None:
        live = self.run(thread, live=thread.pk, owner="elsewhere|1|1", heartbeat_at=timezone.now())
        self.call(thread, "running", 50, run=live)
        other = Thread.objects.create(user=thread.user, workflow_id="wf_1")
        self.call(other, "running", 0, run=self.run(other, status="completed"))  # just ended
        self.call(other, "running", 2)  # of a request without a run, which has its time
        self.call(other, "waiting", 59)
        recovery.sweep()
        assert set(ToolCall.objects.values_list("status", flat=True)) == {"running", "waiting"}

    def test_prune(self, thread: Thread) -> None:
        self.call(thread, "waiting", 61)
        self.call(thread, "running", 61)
        self.call(thread, "done", 61)
        call_command("chatkit_prune", "--days", "30", "--dry-run")
        assert ToolCall.objects.filter(held__isnull=False).count() == 3
        call_command("chatkit_prune", "--days", "30")
        assert list(ToolCall.objects.order_by("status").values_list("status", flat=True)) == [
            "done", "expired", "failed",
        ]  # fmt: skip
        assert ToolCall.objects.exclude(status="done").filter(held__isnull=False).count() == 0
