"""Runs in this process: started by a request, living on their own."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chatkit import signals
from chatkit.models import Run, RunEvent, Session, Thread, ThreadItem
from chatkit.selfhosted.runs import heartbeat, lifecycle, process, recovery
from chatkit.selfhosted.runs.database import DatabaseWorkers
from chatkit.selfhosted.runs.unit_of_work import UnitOfWork

from ..protocol import (
    Caller,
    add,
    ask,
    create,
    events,
    secret_of,
    text_of,
    thread_id_of,
    types,
    until,
)
from ..streams import ended, item_types, open_stream

#: The modules of what is done for all runs every now and then.
ROUNDS = {heartbeat.__name__, recovery.__name__}


class TestAnAnswer:
    def test_first_message_makes_thread_run_and_answer(self, ada: Caller) -> None:
        response = ada.post(create("say 3"))
        found = events(b"".join(response.streaming_content))
        assert types(found)[:3] == ["thread.created", "thread.item.done", "stream_options"]
        assert types(found)[-1] == "thread.item.done"
        assert text_of(found) == "1 2 3 "
        thread = Thread.objects.get(pk=thread_id_of(found))
        assert thread.title == "say 3"
        assert item_types(thread.pk) == ["user_message", "assistant_message"]
        run = Run.objects.get(pk=response["X-ChatKit-Run"])
        assert (run.status, run.live, run.error) == ("completed", None, "")
        assert run.kind == "threads.create"
        assert run.session is not None
        assert run.duration_ms is not None
        assert run.first_token_ms is not None
        assert run.duration_ms >= run.first_token_ms >= 0

    def test_second_message_keeps_the_title(self, ada: Caller) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        found = ada.stream(add(thread_id, "say 2"))
        assert "thread.created" not in types(found)
        assert "thread.updated" not in types(found)
        assert Thread.objects.get().title == "say 1"
        assert len(item_types(thread_id)) == 4

    def test_long_question_gives_a_short_title(self, ada: Caller) -> None:
        ada.stream(create("say 1 " + "please " * 40))
        title = Thread.objects.get().title
        assert len(title) <= 60
        assert title.endswith("please…")

    def test_answer_goes_on_when_nobody_listens(self, ada: Caller) -> None:
        run_id, thread_id, stream = open_stream(ada, create("drip 20"))
        next(stream)
        stream.close()
        run = until(lambda: ended(run_id))
        assert run.status == "completed"
        item = ThreadItem.objects.get(thread=thread_id, type="assistant_message")
        assert item.payload["content"][0]["text"].split() == [str(n) for n in range(1, 21)]

    def test_failure_ends_in_an_error_event_without_its_cause(self, ada: Caller) -> None:
        response = ada.post(create("say 1 fail"))
        data = b"".join(response.streaming_content)
        error = events(data)[-1]
        assert error == {"type": "error", "code": "stream.error", "allow_retry": True}
        assert b"secret cause" not in data
        run = Run.objects.get()
        assert (run.status, run.error) == ("failed", "RuntimeError")

    def test_sentence_for_the_user_is_sent(self, ada: Caller) -> None:
        error = ada.stream(create("sorry"))[-1]
        assert (error["code"], error["message"]) == ("custom", "Sorry about that.")
        assert Run.objects.get().error == "CustomStreamError"

    def test_burst_of_deltas_is_merged_pauses_are_not(self, ada: Caller) -> None:
        def deltas(found: list[Any]) -> int:
            return sum("delta" in event.get("update", {}) for event in found)

        burst = ada.stream(create("say 100"))
        assert deltas(burst) == 1
        assert text_of(burst).split()[-1] == "100"
        assert deltas(ada.stream(create("drip 5"))) == 5

    def test_a_fast_answer_is_written_a_few_frames_at_a_time(self, ada: Caller) -> None:
        _run_id, _thread_id, stream = open_stream(ada, create("rush 300"))
        parts = list(stream)
        frames = b"".join(parts).split(b"\n\n")
        assert len(frames) > 300
        assert len(parts) < 150  # none is held back for long, none is written for itself
        assert b"thread.item.done" in parts[-1]

    def test_quick_answer_takes_few_statements(self, ada: Caller, monkeypatch: Any) -> None:
        jobs: list[int] = []
        submit = DatabaseWorkers.submit

        def counted(self: Any, function: Any, *args: Any) -> Any:
            if getattr(function, "func", function).__module__ in ROUNDS:
                return submit(self, function, *args)

            def job() -> Any:
                with CaptureQueriesContext(connection) as queries:
                    result = function(*args)
                jobs.append(len(queries))
                return result

            return submit(self, job)

        thread_id = thread_id_of(ada.stream(create("say 1")))
        monkeypatch.setattr(DatabaseWorkers, "submit", counted)
        with CaptureQueriesContext(connection) as queries:
            ada.stream(create("say 50"))
        assert len(queries) == 0  # a request's own thread opens no connection
        # Who asks; thread, run and question; answer and end.
        assert len(jobs) == 3
        # Of which two ask for the offline switch and for budgets, and one for other titles.
        assert sum(jobs) <= 15
        jobs.clear()
        ada.stream(add(thread_id, "say 50"))
        assert len(jobs) == 3  # the first finds the thread, too


class TestOneAtATime:
    def test_second_message_is_refused(self, ada: Caller) -> None:
        _run_id, thread_id, stream = open_stream(ada, create("wait"))
        next(stream)
        refused = ada.post(add(thread_id, "say 1"))
        assert (refused.status_code, refused.json()["error"]["code"]) == (409, "run_in_progress")
        assert item_types(thread_id) == ["user_message"]
        assert Run.objects.count() == 1

    def test_another_thread_is_not_held_up(self, ada: Caller) -> None:
        _run_id, _thread_id, stream = open_stream(ada, create("wait"))
        next(stream)
        assert text_of(ada.stream(create("say 1"))) == "1 "

    def test_the_database_decides_a_race(self, ada: Caller, monkeypatch: Any) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        monkeypatch.setattr(lifecycle, "ensure_free", lambda run: None)  # nobody looks before
        barrier = threading.Barrier(6)
        codes: list[int] = []

        def send() -> None:
            barrier.wait()
            codes.append(ada.post(add(thread_id, "wait")).status_code)
            connection.close()

        threads = [threading.Thread(target=send) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(codes) == [200] + [409] * 5
        assert Run.objects.filter(live=thread_id).count() == 1
        assert item_types(thread_id).count("user_message") == 2

    def test_unheard_run_gives_way(self, ada: Caller, monkeypatch: Any) -> None:
        # What a client does that knows no stop request: it drops the connection, and asks again.
        monkeypatch.setattr(lifecycle, "UNHEARD_SECONDS", 0.2)
        run_id, thread_id, stream = open_stream(ada, create("say 2 wait"))
        next(stream)
        assert ada.post(add(thread_id, "say 1")).status_code == 409  # heard: refused
        stream.close()
        found = until(lambda: self._accepted(ada, thread_id))
        assert text_of(found) == "1 "
        assert Run.objects.get(pk=run_id).status == "stopped"
        assert item_types(thread_id)[:3] == ["user_message", "assistant_message", "task"]

    @staticmethod
    def _accepted(caller: Caller, thread_id: str) -> list[Any] | None:
        response = caller.post(add(thread_id, "say 1"))
        if response.status_code == 409:
            return None
        return events(b"".join(response.streaming_content))


class TestStop:
    def test_text_stays_marked_as_stopped(self, ada: Caller) -> None:
        run_id, thread_id, stream = open_stream(ada, create("say 3 wait"))
        until(lambda: b"1 2 3" in next(stream))
        stopped = ada.stop(run_id)
        assert stopped.json() == {"run_id": run_id, "status": "stopped"}
        rest = events(b"".join(stream))
        assert types(rest) == ["thread.item.done", "thread.item.done"]
        assert rest[0]["item"]["content"][0]["text"] == "1 2 3 "
        assert rest[1]["item"]["task"]["title"] == "Stopped"
        assert item_types(thread_id) == [
            "user_message",
            "assistant_message",
            "task",
            "sdk_hidden_context",
        ]
        shown = ada.json(ask("threads.get_by_id", thread_id=thread_id))["items"]["data"]
        assert [item["type"] for item in shown] == ["user_message", "assistant_message", "task"]
        assert Run.objects.get().live is None

    def test_stop_never_loses_text(self, ada: Caller) -> None:
        for round_ in range(10):
            run_id, thread_id, stream = open_stream(ada, create("drip 1000"))
            seen = b""
            while seen.count(b"text_delta") < 3 + round_:
                seen += next(stream)
            ada.stop(run_id)
            item = ThreadItem.objects.get(thread=thread_id, type="assistant_message")
            said = text_of(events(seen))
            assert said
            assert item.payload["content"][0]["text"].startswith(said)

    def test_stop_twice_and_after_the_end(self, ada: Caller) -> None:
        run_id, _thread_id, stream = open_stream(ada, create("wait"))
        assert ada.stop(run_id).json()["status"] == "stopped"
        assert ada.stop(run_id).json()["status"] == "stopped"
        b"".join(stream)
        response = ada.post(create("say 1"))
        b"".join(response.streaming_content)
        assert ada.stop(response["X-ChatKit-Run"]).json()["status"] == "completed"

    def test_flag_of_another_process_stops_within_a_second(self, ada: Caller) -> None:
        run_id, _thread_id, stream = open_stream(ada, create("say 1 wait"))
        until(lambda: b"text_delta" in next(stream))
        Run.objects.filter(pk=run_id).update(stop_requested=True)
        until(lambda: ended(run_id), seconds=3)
        assert Run.objects.get().status == "stopped"

    def test_rename_survives_the_stop(self, ada: Caller) -> None:
        run_id, thread_id, stream = open_stream(ada, create("say 1 wait"))
        until(lambda: b"text_delta" in next(stream))
        ada.json(ask("threads.update", thread_id=thread_id, title="Mine"))
        ada.stop(run_id)
        assert Thread.objects.get().title == "Mine"

    def test_delete_stops_first(self, ada: Caller) -> None:
        _run_id, thread_id, stream = open_stream(ada, create("say 1 wait"))
        next(stream)
        assert ada.json(ask("threads.delete", thread_id=thread_id)) == {}
        assert not Thread.objects.exists()
        assert not Run.objects.exists()
        assert not RunEvent.objects.exists()
        assert not process.current().runs

    def test_thread_deleted_by_an_admin_ends_the_run(self, ada: Caller) -> None:
        _run_id, _thread_id, stream = open_stream(ada, create("drip 1000"))
        next(stream)
        Thread.objects.all().delete()
        until(lambda: not process.current().runs)
        assert not ThreadItem.objects.exists()
        assert not RunEvent.objects.exists()

    @pytest.mark.slow
    @pytest.mark.parametrize("how", ["cancelled", "deactivated", "password"])
    def test_revoked_session_ends_the_run(self, ada: Caller, user: Any, how: str) -> None:
        run_id, _thread_id, stream = open_stream(ada, create("say 1 wait"))
        next(stream)
        if how == "cancelled":
            Session.objects.update(status=Session.Status.CANCELLED)
        elif how == "deactivated":
            type(user).objects.update(is_active=False)
        else:
            user.set_password("new")
            user.save()
        run = until(lambda: ended(run_id), seconds=4)
        assert run.status == "stopped"
        assert events(b"".join(stream))[-1]["type"] == "error"

    def test_session_that_runs_out_does_not(self, ada: Caller) -> None:
        run_id, _thread_id, stream = open_stream(ada, create("drip 60"))
        next(stream)
        Session.objects.update(expires_at=timezone.now() - datetime.timedelta(minutes=1))
        assert until(lambda: ended(run_id)).status == "completed"


class TestTimeout:
    def test_run_that_takes_too_long(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RUN_TIMEOUT": 1}
        response = ada.post(create("say 2 wait"))
        found = events(b"".join(response.streaming_content))
        assert found[-1]["type"] == "error"
        assert found[-1]["message"] == "The answer took too long and was ended."
        run = Run.objects.get()
        assert (run.status, run.error) == ("failed", "timeout")
        assert item_types(run.thread_id) == ["user_message", "assistant_message", "task"]


class TestSignals:
    def test_run_finished_is_sent_with_the_stored_run(self, ada: Caller) -> None:
        seen: list[tuple[str, str, str]] = []

        def receiver(sender: Any, run: Run, **kwargs: Any) -> None:
            seen.append((run.pk, run.status, run.outcome))
            raise RuntimeError("a receiver's fault is not ours")

        signals.run_finished.connect(receiver)
        try:
            response = ada.post(create("say 1"))
            b"".join(response.streaming_content)
        finally:
            signals.run_finished.disconnect(receiver)
        assert seen == [(response["X-ChatKit-Run"], "completed", "answered")]


class TestHeartbeat:
    def test_one_transaction_for_all_runs(self, ada: Caller, monkeypatch: Any) -> None:
        beats: list[int] = []
        beat = heartbeat.beat

        def counted(lives: Any, *, look_up: bool) -> Any:
            with CaptureQueriesContext(connection) as queries:
                result = beat(lives, look_up=look_up)
            statements = [q["sql"] for q in queries if not q["sql"].startswith(("BEGIN", "COMMIT"))]
            assert statements[0].startswith("UPDATE")
            beats.append(len(statements))
            return result

        monkeypatch.setattr(heartbeat, "beat", counted)
        streams = [open_stream(ada, create("drip 1000")) for _ in range(5)]
        until(lambda: len(beats) >= 2)
        assert max(beats) <= 4 + 5 * 3  # heartbeat, rows, users, frames; first writes of each
        assert beats[-1] <= 4
        for run_id, _thread_id, _stream in streams:
            ada.stop(run_id)

    def test_frames_are_counted_before_the_next_may_store_some(
        self, ada: Caller, monkeypatch: Any
    ) -> None:
        """A beat and the end of a run may be on two threads: each frame is stored once."""
        found: list[tuple[int, int]] = []
        writing = UnitOfWork.writing

        @contextmanager
        def watched(work: UnitOfWork) -> Iterator[Any]:
            with writing(work) as apply:
                yield apply
                if work.run is not None:
                    stored = recovery.read_frames(work.run.id, 0)
                    found.append((len(stored), work.run.saved))

        monkeypatch.setattr(UnitOfWork, "writing", watched)
        run_id, _thread_id, stream = open_stream(ada, create("drip 1000"))
        until(lambda: any(stored for stored, _saved in found))
        ada.stop(run_id)
        b"".join(stream)
        assert [stored for stored, _saved in found] == [saved for _stored, saved in found]

    def test_one_bad_run_does_not_hold_up_the_others(self, ada: Caller, monkeypatch: Any) -> None:
        good, _good_thread, _stream = open_stream(ada, create("drip 1000"))
        bad, _bad_thread, _other = open_stream(ada, create("drip 1000"))
        beat = heartbeat.beat

        def sometimes(lives: Any, *, look_up: bool) -> Any:
            if any(live.id == bad for live in lives):
                raise RuntimeError("not this one")
            return beat(lives, look_up=look_up)

        monkeypatch.setattr(heartbeat, "beat", sometimes)
        RunEvent.objects.all().delete()
        until(lambda: RunEvent.objects.filter(run=good).exists())
        monkeypatch.setattr(heartbeat, "beat", beat)
        until(lambda: RunEvent.objects.filter(run=bad).exists())
        ada.stop(good)
        ada.stop(bad)


def test_memory_of_finished_runs_is_let_go(ada: Caller) -> None:
    ada.stream(create("say 5"))
    assert process.current().runs == {}


def test_another_users_secret_is_of_no_use(ada: Caller, bob: Caller, user: Any) -> None:
    run_id, _thread_id, stream = open_stream(ada, create("wait"))
    assert bob.stop(run_id).status_code == 404
    assert Run.objects.get().live
    again = Caller(secret_of(user, Run.objects.get().thread.workflow_id))
    assert again.stop(run_id).status_code == 200  # the same user on another device
    b"".join(stream)
