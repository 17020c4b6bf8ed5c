"""A database that is down, full, or can't hold an answer."""

from __future__ import annotations

import asyncio
import datetime
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import pytest
from django.db import DataError, IntegrityError, OperationalError, transaction
from django.utils import timezone

from chatkit import admission, asgi
from chatkit.contrib.console import daily, period
from chatkit.contrib.console.models import Budget, Spent
from chatkit.models import Run, RunEvent, Thread, ThreadItem
from chatkit.selfhosted import titles
from chatkit.selfhosted.runs import endings, heartbeat, lifecycle, process, recovery, writes
from chatkit.selfhosted.runs.context import work_of
from chatkit.selfhosted.runs.database import DatabaseDown
from chatkit.selfhosted.runs.live import StopReason
from chatkit.selfhosted.runs.usage import MOST
from chatkit.signals import run_finished

from ..protocol import (
    Caller,
    add,
    create,
    disk_is_full,
    events,
    numbers,
    text_of,
    thread_id_of,
    until,
)
from ..streams import open_stream

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_reader_in_another_process_counts(ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lifecycle, "UNHEARD_SECONDS", 0.2)
    run_id, thread_id, stream = open_stream(ada, create("wait"))
    next(stream)
    stream.close()
    live = process.current().runs[run_id]
    until(lambda: live.unheard_for > 0.2)
    # As that process's reader notes it, once a second.
    Run.objects.update(listened_at=timezone.now() + datetime.timedelta(minutes=1))
    assert ada.post(add(thread_id, "say 1")).status_code == 409
    assert not live.done
    Run.objects.update(listened_at=timezone.now() - datetime.timedelta(minutes=1))
    assert text_of(ada.stream(add(thread_id, "say 1"))) == "1 "


def test_the_time_of_an_answer_is_up_although_the_database_hangs(
    ada: Caller, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHATKIT = settings.CHATKIT | {"RUN_TIMEOUT": 1}
    go_on = threading.Event()
    beat = heartbeat.beat

    def hanging(lives: Any, *, look_up: bool) -> Any:
        go_on.wait(30)
        return beat(lives, look_up=look_up)

    monkeypatch.setattr(heartbeat, "beat", hanging)
    run_id, _thread_id, stream = open_stream(ada, create("say 1 wait"))
    live = process.current().runs[run_id]
    until(lambda: live.stop_reason is StopReason.TIMEOUT)
    go_on.set()
    assert events(b"".join(stream))[-1]["type"] == "error"
    assert until(lambda: Run.objects.get().status) == "failed"


@pytest.mark.slow
def test_a_database_that_is_down_is_asked_once_for_all_and_ever_less_often(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = [open_stream(ada, create("wait")) for _ in range(3)]
    asked: list[int] = []
    beat = heartbeat.beat

    def down(lives: Sequence[Any], *, look_up: bool) -> Any:
        asked.append(len(lives))
        raise DatabaseDown

    monkeypatch.setattr(heartbeat, "beat", down)
    until(lambda: len(asked) == 3)
    assert asked == [3, 3, 3]
    before = Run.objects.get(pk=streams[0][0]).heartbeat_at
    monkeypatch.setattr(heartbeat, "beat", beat)
    until(lambda: Run.objects.get(pk=streams[0][0]).heartbeat_at != before)


@pytest.mark.parametrize(
    ("error", "down"),
    [
        (OperationalError("database is locked"), True),
        (OperationalError(1366, "Incorrect string value"), False),
        (DataError("too long"), False),
        (ValueError("ours"), False),
    ],
)
def test_who_is_to_blame(
    ada: Caller, monkeypatch: pytest.MonkeyPatch, error: Exception, down: bool
) -> None:
    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    monkeypatch.setattr(heartbeat, "_store", fail)
    from django.db import connection

    expected = DatabaseDown if down and connection.vendor == "sqlite" else type(error)
    with pytest.raises(expected):
        heartbeat.beat([], look_up=False)


@pytest.fixture
def told() -> Iterator[list[Run]]:
    """The runs of which `run_finished` has told."""
    found: list[Run] = []

    def receiver(run: Run, **_given: Any) -> None:
        found.append(run)

    run_finished.connect(receiver)
    yield found
    run_finished.disconnect(receiver)


@pytest.fixture
def costly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers that use 120 tokens."""

    async def use(_server: Any, context: Any) -> None:
        context.report_usage(model="m", tokens_in=100, tokens_out=20)

    monkeypatch.setattr(titles, "after_answer", use)


class TestAnswersThatCannotBeStored:
    def test_its_reader_is_told_and_it_is_stored_when_there_is_room(
        self, ada: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(endings, "PAUSES", (0.01, None))
        with monkeypatch.context() as full:
            full.setattr(endings, "_store_end", disk_is_full)
            found = ada.stream(create("say 3"))
            assert text_of(found) == "1 2 3 "
            assert found[-1]["type"] == "error"
            assert "could not be stored" in found[-1]["message"]
            thread_id = thread_id_of(found)
            assert ada.post(add(thread_id, "say 1")).status_code == 409  # it is still being stored
            long_ago = timezone.now() - datetime.timedelta(days=1)
            Run.objects.update(heartbeat_at=long_ago)
        until(lambda: Run.objects.get().live is None)
        # Its row was taken before all others.
        assert not Run.objects.filter(heartbeat_at=long_ago).exists()
        assert Run.objects.get().status == "completed"
        said = ThreadItem.objects.get(thread=thread_id, type="assistant_message")
        assert said.payload["content"][0]["text"] == "1 2 3 "
        until(lambda: process.current().unstored == {})  # a moment after the row says so

    def test_the_end_of_the_process_is_a_last_try(
        self, ada: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        process.close()
        monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 600)
        monkeypatch.setattr(endings, "PAUSES", (None,))
        with monkeypatch.context() as full:
            full.setattr(endings, "_store_all", disk_is_full)
            ada.stream(create("say 3"))
            asgi.finish()
            assert Run.objects.get().live
            ada.stream(create("say 3"))
        asgi.finish()
        run = Run.objects.latest("created_at")
        assert (run.status, run.live) == ("completed", None)
        said = ThreadItem.objects.get(thread=run.thread_id, type="assistant_message")
        assert said.payload["content"][0]["text"] == "1 2 3 "

    def test_the_row_of_a_failed_attempt_is_inserted_anew(
        self, ada: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        end = writes.EndRun.apply
        refused: list[str] = []

        def full(write: writes.EndRun, transaction: writes.Transaction) -> None:
            if not refused:  # the first run to end
                refused.append(write.id)
            if write.id in refused:
                raise OperationalError("database or disk is full")
            end(write, transaction)

        monkeypatch.setattr(writes.EndRun, "apply", full)
        monkeypatch.setattr(endings, "PAUSES", (None,))
        lost = ada.stream(create("say 3"))
        # Its items take the numbers that the first one's had before all was rolled back.
        assert text_of(ada.stream(create("say 1"))) == "1 "
        refused[:] = ["none"]
        until(lambda: not Run.objects.exclude(live=None).exists())
        rows = ThreadItem.objects.filter(thread=thread_id_of(lost))
        assert [row.type for row in rows] == ["user_message", "assistant_message"]

    @pytest.fixture
    def picky(self, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
        """A database that refuses items of this type; with no other error, since its character
        set does not have what they say."""
        apply_all = writes.SaveItem.apply_all

        def refuse(
            kind: str,
            error: Exception,
            saved: Sequence[writes.SaveItem],
            transaction: writes.Transaction,
        ) -> None:
            if any(write.row.type == kind for write in saved):
                raise error
            apply_all(saved, transaction)

        def start(kind: str, error: Exception | None = None) -> None:
            error = error or OperationalError(1366, "Incorrect string value")
            monkeypatch.setattr(writes.SaveItem, "apply_all", partial(refuse, kind, error))

        return start

    def test_a_question_is_refused(self, ada: Caller, picky: Callable[..., None]) -> None:
        picky("user_message")
        refused = ada.post(create("say 1"))
        assert (refused.status_code, refused.json()["error"]["code"]) == (400, "invalid_request")
        assert "can’t store" in refused.json()["error"]["message"]
        assert not Thread.objects.exists()

    @pytest.mark.parametrize("error", [None, IntegrityError("refused by a constraint")])
    def test_an_answer_leaves_the_thread_free(
        self,
        ada: Caller,
        picky: Callable[..., None],
        monkeypatch: pytest.MonkeyPatch,
        error: Exception | None,
    ) -> None:
        monkeypatch.setattr(endings, "PAUSES", (0.01, None))
        picky("assistant_message", error)
        found = ada.stream(create("rush 7"))
        picky("")
        assert "could not be stored" in found[-1]["message"]
        run = Run.objects.get()
        assert (run.status, run.error, run.live) == ("failed", "not stored", None)
        assert run.outcome == "failed"
        assert text_of(ada.stream(add(run.thread_id, "say 1"))) == "1 "

    def test_so_does_one_that_is_refused_once_the_database_works(
        self, ada: Caller, picky: Callable[..., None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(endings, "PAUSES", (None,))
        picky("assistant_message", OperationalError("database or disk is full"))
        ada.stream(create("say 3"))
        assert Run.objects.get().live
        picky("assistant_message", IntegrityError("refused by a constraint"))
        run = until(lambda: Run.objects.filter(live=None).first())
        picky("")
        assert (run.status, run.error) == ("failed", "not stored")
        until(lambda: process.current().unstored == {})
        assert text_of(ada.stream(add(run.thread_id, "say 1"))) == "1 "

    def test_what_a_refused_answer_has_used_counts(
        self,
        ada: Caller,
        costly: None,
        picky: Callable[..., None],
        told: list[Run],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(endings, "PAUSES", (None,))
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        picky("assistant_message")
        ada.stream(create("say 3"))
        assert Spent.objects.get().tokens == 120
        assert [(run.error, run.tokens_in) for run in told] == [("not stored", 100)]

    @pytest.mark.parametrize("fault", [KeyError, DataError])
    def test_a_gate_that_fails_loses_no_answer_for_ever(
        self,
        ada: Caller,
        costly: None,
        monkeypatch: pytest.MonkeyPatch,
        fault: type[Exception],
    ) -> None:
        def broken(*_call: Any) -> None:
            raise fault

        monkeypatch.setattr(endings, "PAUSES", (None,))
        monkeypatch.setattr(admission, "count", broken)
        ada.stream(create("say 3"))
        run = Run.objects.get()
        assert (run.live, run.tokens_in) == (None, 100)
        assert run.status == ("completed" if fault is KeyError else "failed")
        assert text_of(ada.stream(add(run.thread_id, "say 1"))) == "1 "

    def test_it_is_told_once_it_is_stored(
        self, ada: Caller, told: list[Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(endings, "PAUSES", (None,))
        with monkeypatch.context() as full:
            full.setattr(endings, "_store_all", disk_is_full)
            ada.stream(create("say 3"))
            assert told == []
        until(lambda: told)
        assert [(run.status, run.live) for run in told] == [("completed", None)]

    @pytest.mark.parametrize(
        ("used", "stored"),
        [
            ({"tokens_in": 2**63, "tokens_out": 5}, (MOST, 5)),
            ({"tokens_in": MOST, "tokens_out": -5}, (MOST, None)),
            ({"tokens_in": "7", "tokens_out": 5}, (None, 5)),
            ({"tokens_in": 1, "tokens_out": 5, "model": "m\ud800\0" + "x" * 200}, (1, 5)),
        ],
    )
    def test_whatever_its_server_says_it_has_used(
        self,
        ada: Caller,
        monkeypatch: pytest.MonkeyPatch,
        used: dict[str, Any],
        stored: tuple[int | None, int | None],
    ) -> None:
        async def use(_server: Any, context: Any) -> None:
            context.report_usage(**used)
            context.report_usage(tokens_in=0)

        monkeypatch.setattr(titles, "after_answer", use)
        monkeypatch.setattr(endings, "PAUSES", (None,))
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        found = ada.stream(create("say 3"))
        assert found[-1]["type"] != "error"
        run = Run.objects.get()
        assert (run.status, run.live) == ("completed", None)
        assert (run.tokens_in or None, run.tokens_out) == stored
        assert run.model == ("m\ufffd" + "x" * 126 if "model" in used else "")


class TestRunsThatWereTakenForDead:
    """Another process has ended a run whose own process was only slow."""

    def test_what_only_its_process_knows_is_added(
        self, ada: Caller, costly: None, told: list[Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        store = endings._store_end

        def late(live: Any) -> None:
            recovery.recover(Run.objects.get(pk=live.id))
            store(live)

        monkeypatch.setattr(endings, "_store_end", late)
        assert text_of(ada.stream(create("say 3"))) == "1 2 3 "
        run = Run.objects.get()
        assert (run.status, run.outcome, run.error) == (
            "interrupted",
            "interrupted",
            "process gone",
        )
        assert (run.model, run.tokens_in, run.tokens_out) == ("m", 100, 20)
        assert run.duration_ms is not None
        assert Spent.objects.get().tokens == 120
        assert [one.pk for one in told] == [run.pk]
        kinds = [item.type for item in ThreadItem.objects.filter(thread=run.thread_id)]
        assert kinds == ["user_message", "assistant_message", "task"]

    def test_so_it_is_to_the_figures_of_a_day_that_is_over(
        self, ada: Caller, told: list[Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        store = endings._store_end

        def late(live: Any) -> None:
            recovery.recover(Run.objects.get(pk=live.id))
            Run.objects.update(created_at=timezone.now() - 2 * period.DAY)
            daily.make_up()
            store(live)

        monkeypatch.setattr(endings, "_store_end", late)
        ada.stream(create("say 3"))
        assert Run.objects.get().first_token_ms is not None
        for _time in range(2):
            assert daily.figures(period.of_kind("7d")).total().first.total() == 1
            daily.make_up()
        assert len(told) == 1


class TestCommitsWhoseAnswerIsLost:
    """The database has stored what a process believes it has not."""

    @pytest.fixture
    def losing(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[str]]:
        """Loses the answer to the first commit of frames in this module, and notes it."""
        lost: list[str] = []

        class Losing:
            @staticmethod
            @contextmanager
            def atomic() -> Iterator[None]:
                with transaction.atomic():
                    yield
                if not lost and RunEvent.objects.exists():
                    lost.append("it")
                    raise OperationalError("server closed the connection unexpectedly")

        def start(module: Any) -> list[str]:
            monkeypatch.setattr(module, "transaction", Losing)
            return lost

        return start

    def test_of_a_heartbeat(self, ada: Caller, losing: Callable[[Any], list[str]]) -> None:
        lost = losing(heartbeat)
        run_id, thread_id, stream = open_stream(ada, create("say 3 wait"))
        until(lambda: lost)
        live = process.current().runs[run_id]
        until(lambda: live.saved)  # the next one
        assert ada.stop(run_id).status_code == 200
        read = b"".join(stream)
        assert [event["type"] for event in events(read)].count("error") == 0
        until(lambda: Run.objects.get().status == "stopped" and not process.current().runs)
        assert process.current().unstored == {}
        kept = b"".join(ada.events(run_id).streaming_content)
        assert numbers(kept) == list(range(1, len(events(read)) + 1))
        assert text_of(events(kept)) == "1 2 3 "
        assert text_of(ada.stream(add(thread_id, "say 1"))) == "1 "

    def test_of_the_end(
        self,
        ada: Caller,
        losing: Callable[[Any], list[str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(endings, "PAUSES", (0.01, None))
        lost = losing(endings)
        found = ada.stream(create("say 3"))
        assert lost
        assert text_of(found) == "1 2 3 "
        assert found[-1]["type"] != "error"
        run = Run.objects.get()
        assert run.status == "completed"
        kept = b"".join(ada.events(run.pk).streaming_content)
        assert text_of(events(kept)) == "1 2 3 "
        assert text_of(ada.stream(add(run.thread_id, "say 1"))) == "1 "

    def test_what_it_has_used_counts_once(
        self,
        ada: Caller,
        costly: None,
        losing: Callable[[Any], list[str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(endings, "PAUSES", (0.01, None))
        Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
        lost = losing(endings)
        ada.stream(create("say 3"))
        assert lost
        spent = Spent.objects.get()
        assert (spent.tokens, spent.unpriced) == (120, 1)


def test_an_answer_whose_thread_was_deleted_is_given_up_once_all_is_said(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def deleted(_server: Any, context: Any) -> None:
        live = work_of(context).run
        assert live is not None
        while live.saved < len(live.frames) or live.work:
            await asyncio.sleep(0.01)
        live.late_frames = [live.frames[0]]
        await live.process.database.run(Thread.objects.all().delete)

    monkeypatch.setattr(titles, "after_answer", deleted)
    _run_id, _thread_id, stream = open_stream(ada, create("say 3"))
    assert events(b"".join(stream))[-1]["type"] != "error"
    assert process.current().unstored == {}
