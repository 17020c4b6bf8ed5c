"""Who reads a run, from where, and for how long."""

from __future__ import annotations

import datetime
import threading
import time
from typing import Any

import pytest
from django.db import OperationalError
from django.utils import timezone

from chatkit import sessions
from chatkit.models import Run, RunEvent, Session, new_run_id
from chatkit.selfhosted.runs import followed, process, recovery
from chatkit.selfhosted.runs.database import DatabaseNow

from ..protocol import (
    Caller,
    add,
    ask,
    create,
    secret_of,
    session_of,
    text_of,
    thread_id_of,
    until,
)
from ..streams import Stream, open_stream

pytestmark = pytest.mark.django_db(transaction=True)


def reads(caller: Caller, run_id: str) -> tuple[Stream, threading.Event]:
    """A stream of the run that a thread reads, and what is set when it has ended."""
    stream = Stream(caller.events(run_id))
    over = threading.Event()

    def read() -> None:
        for _chunk in stream:
            pass
        over.set()

    threading.Thread(target=read, daemon=True).start()
    return stream, over


@pytest.mark.slow
class TestRevocation:
    """A run goes on; a session that is ended reads no more of it, whoever began it."""

    @pytest.fixture
    def second(self, ada: Caller, user: Any, scripted: str) -> tuple[Session, Caller]:
        session = session_of(user, scripted)
        return session, Caller(sessions.sign(str(session.session_id)))

    def test_a_reader_in_the_same_process(
        self, ada: Caller, second: tuple[Session, Caller]
    ) -> None:
        run_id, _thread_id, _stream = open_stream(ada, create("say 1 wait"))
        session, caller = second
        _other, over = reads(caller, run_id)
        sessions.cancel(session)
        assert over.wait(5)
        assert Run.objects.get().live

    def test_a_reader_in_another_process(self, ada: Caller, second: tuple[Session, Caller]) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        run = elsewhere(thread_id)
        session, caller = second
        _other, over = reads(caller, run.pk)
        sessions.cancel(session)
        assert over.wait(5)
        assert Run.objects.get(pk=run.pk).live

    def test_a_session_that_was_deleted(self, ada: Caller, second: tuple[Session, Caller]) -> None:
        run_id, _thread_id, _stream = open_stream(ada, create("say 1 wait"))
        session, caller = second
        _other, over = reads(caller, run_id)
        Session.objects.filter(pk=session.pk).delete()
        assert over.wait(5)

    def test_one_that_was_renewed_reads_on(
        self, ada: Caller, second: tuple[Session, Caller]
    ) -> None:
        run_id, _thread_id, _stream = open_stream(ada, create("say 1 wait"))
        session, caller = second
        _other, over = reads(caller, run_id)
        Session.objects.filter(pk=session.pk).update(status=Session.Status.REFRESHED)
        assert not over.wait(3)
        ada.stop(run_id)
        assert over.wait(5)


def elsewhere(thread_id: str) -> Run:
    """A run that lives on another host, with one frame so far."""
    run = Run.objects.create(
        id=new_run_id(),
        thread_id=thread_id,
        user_id=Run.objects.get().user_id,
        kind="threads.create",
        live=thread_id,
        owner="elsewhere|1|1",
        heartbeat_at=timezone.now() + datetime.timedelta(minutes=5),
    )
    RunEvent.objects.create(run=run, number=1, data='data: {"type":"x"}\n\n')
    return run


def test_many_readers_of_a_run_elsewhere_ask_the_database_once(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = elsewhere(thread_id_of(ada.stream(create("say 1"))))
    asked: list[str] = []
    read = followed.FollowedRun.read

    def counted(self: followed.FollowedRun) -> Any:
        asked.append(threading.current_thread().name)
        return read(self)

    monkeypatch.setattr(followed.FollowedRun, "read", counted)
    ends = [reads(ada, run.pk)[1] for _ in range(8)]
    until(lambda: len(asked) >= 3)
    assert len(process.current().followed) == 1
    Run.objects.filter(pk=run.pk).update(live=None, status="completed")
    assert all(over.wait(5) for over in ends)
    assert len(asked) < 3 * 8
    assert process.current().followed == {}


def test_one_person_s_open_streams_are_counted(ada: Caller, bob: Caller, settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"OPEN_STREAMS": 2}
    first, _thread, stream = open_stream(ada, create("say 1 wait"))
    next(stream)
    _other, over = reads(ada, first)
    until(lambda: process.current().readers.count(Run.objects.get().user_id) == 2)
    refused = ada.events(first)
    assert (refused.status_code, refused.json()["error"]["code"]) == (429, "rate_limited")
    assert "Retry-After" in refused
    assert ada.post(create("say 1")).status_code == 429
    assert ada.json(ask("threads.list"))["data"]
    assert bob.post(create("say 1")).status_code == 200
    ada.stop(first)
    assert over.wait(5)
    b"".join(stream)
    assert ada.stream(create("say 1"))


class TestClocks:
    """The database's clock decides: those of two hosts may differ."""

    @pytest.fixture
    def run(self, ada: Caller) -> Run:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        run = elsewhere(thread_id)
        Run.objects.filter(pk=run.pk).update(heartbeat_at=DatabaseNow())
        return run

    @pytest.mark.parametrize("minutes", [-5, 5])
    def test_a_host_whose_clock_is_wrong_ends_nobody_s_run(
        self, run: Run, minutes: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        wrong = timezone.now() + datetime.timedelta(minutes=minutes)
        monkeypatch.setattr(timezone, "now", lambda: wrong)
        recovery.recover_all()
        recovery.sweep()
        assert Run.objects.get(pk=run.pk).live
        assert RunEvent.objects.filter(run=run).exists()

    def test_silence_is_measured_there(self, run: Run) -> None:
        assert 0 <= recovery.silence(run) < 5
        Run.objects.filter(pk=run.pk).update(
            heartbeat_at=DatabaseNow() - datetime.timedelta(seconds=60)
        )
        assert 60 <= recovery.silence(run) < 65


@pytest.mark.slow
def test_nobody_is_dead_because_the_database_was_away(
    ada: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Then none could write a heartbeat: they get as long as a silent one has to write some."""
    run = elsewhere(thread_id_of(ada.stream(create("say 1"))))
    Run.objects.filter(pk=run.pk).update(
        heartbeat_at=DatabaseNow() - datetime.timedelta(seconds=60)
    )

    def fail() -> None:
        raise OperationalError("the server has gone")

    with pytest.raises(OperationalError):
        process.in_database(fail)
    assert ada.post(add(run.thread_id, "say 1")).status_code == 409
    assert Run.objects.get(pk=run.pk).live
    long_ago = time.monotonic() - recovery.OTHER_HOST_SECONDS
    monkeypatch.setattr(process.current().database, "_failed_at", long_ago)
    assert text_of(ada.stream(add(run.thread_id, "say 1"))) == "1 "
    assert Run.objects.get(pk=run.pk).status == "interrupted"


def test_a_stranger_s_secret_reads_nothing(ada: Caller, other: Any, scripted: str) -> None:
    run_id, _thread_id, _stream = open_stream(ada, create("say 1 wait"))
    assert Caller(secret_of(other, scripted)).events(run_id).status_code == 404
    ada.stop(run_id)
