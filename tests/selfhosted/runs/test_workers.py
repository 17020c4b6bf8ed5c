"""What an assistant does in the database holds up nobody but itself."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from chatkit import workflows
from chatkit.knowledge import Findings
from chatkit.models import Run, RunEvent, new_run_id
from chatkit.selfhosted import helpdesk
from chatkit.selfhosted.runs import process, recovery
from chatkit.selfhosted.runs.process import ASSISTANT_WORKERS

from ..protocol import Caller, ask, create, text_of, thread_id_of, until
from ..servers import UNBLOCKED
from ..streams import Stream, open_stream

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def blocked(ada: Caller) -> Iterator[list[tuple[str, str, Stream]]]:
    """As many slow answers as assistants have threads, each holding one."""
    UNBLOCKED.clear()
    yield [open_stream(ada, create("block say 1")) for _ in range(ASSISTANT_WORKERS)]
    UNBLOCKED.set()


def test_others_read_and_are_answered(blocked: list[tuple[str, str, Stream]], bob: Caller) -> None:
    assert bob.json(ask("threads.list"))["data"] == []
    assert text_of(bob.stream(create("say 3"))) == "1 2 3 "


def test_the_heartbeat_goes_on(blocked: list[tuple[str, str, Stream]]) -> None:
    ids = [run_id for run_id, _thread_id, _stream in blocked]

    def beats() -> dict[str, object]:
        return dict(Run.objects.filter(pk__in=ids).values_list("pk", "heartbeat_at"))

    before = beats()
    until(lambda: all(beats()[run_id] != before[run_id] for run_id in ids))


def test_they_end_when_they_are_let_go(blocked: list[tuple[str, str, Stream]]) -> None:
    UNBLOCKED.set()
    for _run_id, _thread_id, stream in blocked:
        assert b'"1 "' in b"".join(stream)


def test_a_slow_search_does_not_hold_the_loop(
    ada: Caller, settings: Any, workflow_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: workflows.HELP_DESK}}
    searching, go_on = threading.Event(), threading.Event()
    search = helpdesk.search

    def slow(*asked: Any) -> Findings:
        searching.set()
        go_on.wait(30)
        return search(*asked)

    monkeypatch.setattr(helpdesk, "search", slow)
    _run_id, _thread_id, stream = open_stream(ada, create("How do I cancel an order?"))
    assert searching.wait(10)
    process.current().wait_for(asyncio.sleep(0), 5)  # the loop takes other work meanwhile
    go_on.set()
    assert b"thread.item.done" in b"".join(stream)


@pytest.mark.parametrize("sizes", [[1, 1, 1, 1], [4], [2, 3, 1], [1, 5]])
def test_stored_frames_are_read_from_any_number_on(ada: Caller, sizes: list[int]) -> None:
    """However many frames each row holds."""
    thread_id = thread_id_of(ada.stream(create("say 1")))
    run = Run.objects.create(
        id=new_run_id(), thread_id=thread_id, user_id=Run.objects.get().user_id, kind="x"
    )
    frames = [b"data: %d\n\n" % number for number in range(1, sum(sizes) + 1)]
    number = 1
    for size in sizes:
        data = b"".join(frames[number - 1 : number - 1 + size]).decode()
        RunEvent.objects.create(run=run, number=number, data=data)
        number += size
    for after in range(len(frames) + 2):
        assert recovery.read_frames(run.pk, after) == frames[after:]


def test_frames_that_were_read_are_not_read_again(
    ada: Caller, django_assert_num_queries: Any
) -> None:
    thread_id = thread_id_of(ada.stream(create("say 1")))
    run = Run.objects.create(
        id=new_run_id(), thread_id=thread_id, user_id=Run.objects.get().user_id, kind="x"
    )
    rows = [RunEvent(run=run, number=n, data=f"data: {n}\n\n") for n in range(1, 601)]
    RunEvent.objects.bulk_create(rows)
    with django_assert_num_queries(1) as captured:
        assert recovery.read_frames(run.pk, 598) == [b"data: 599\n\n", b"data: 600\n\n"]
    with connection.cursor() as cursor:
        cursor.execute(captured.captured_queries[0]["sql"])
        assert len(cursor.fetchall()) == 2
