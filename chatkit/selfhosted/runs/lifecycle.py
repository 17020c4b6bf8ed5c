"""Runs: an answer belongs to its thread, not to the connection that asked for it.

`start` hands an answer to this process's background loop; the response only listens. The
producer there takes frames from the engine and awaits nothing of its own, so that a
cancellation always lands inside the answerer, which then keeps what it has said.
"""

from __future__ import annotations

import asyncio
import atexit
import datetime
import logging
import time
from typing import TYPE_CHECKING, Any

from django.urls import set_script_prefix
from django.utils import timezone, translation

from ...exceptions import ApiError
from ...models import Run, Session, Thread, new_run_id
from . import endings, heartbeat, recovery, writes
from .context import ChatContext, work_of
from .database import DatabaseNow
from .live import LiveRun, StopReason
from .process import Process, current, existing, in_database

if TYPE_CHECKING:
    from ..engine import DjangoChatKitServer

logger = logging.getLogger("chatkit.runs")

# Until the first frame, which decides the HTTP status. The question is stored by then, so only
# a database that hangs takes longer.
FIRST_FRAME_SECONDS = 30.0
# A run that nobody has heard for this long gives way to a new message in its thread.
UNHEARD_SECONDS = 2.0


# -- starting ----------------------------------------------------------------------------


def start(server: DjangoChatKitServer, request: Any, context: ChatContext) -> LiveRun:
    """Start answering and wait for the first frame. On a request's thread.

    The run's `failure` is set where it ended before that frame.
    """
    process = current()
    work = work_of(context)
    live = work.run = LiveRun(process, new_run_id(), work, request.type, context.language)
    thread_id = getattr(request.params, "thread_id", None)
    if thread_id is not None:
        work.add(writes.StartRun(live.row(thread_id)))
    process.call_soon(_launch, live, server, request, context)
    if not live.first.wait(FIRST_FRAME_SECONDS):
        process.call_soon(live.cancel, StopReason.TIMEOUT)
        live.failure = TimeoutError("no first frame")
    return live


def _launch(live: LiveRun, server: DjangoChatKitServer, request: Any, context: ChatContext) -> None:
    process = live.process
    process.runs[live.id] = live
    live.task = process.create_task(_produce(live, server, request, context))
    # Its own task: a cancellation of the run never hits the writing of its end.
    live.task.add_done_callback(lambda task: _begin_finish(process, live))
    heartbeat.ensure(process)


def _begin_finish(process: Process, live: LiveRun) -> None:
    live.finishing = process.create_task(endings.finish(process, live))


async def _produce(
    live: LiveRun, server: DjangoChatKitServer, request: Any, context: ChatContext
) -> None:
    set_script_prefix(context.script_prefix)
    with translation.override(context.language), timezone.override(context.time_zone):
        try:
            async for frame in server.stream(request, context):
                live.append(frame)  # and nothing that awaits
            live.status = Run.Status.FAILED if live.error else Run.Status.COMPLETED
        except asyncio.CancelledError:
            for frame in live.parting:
                live.append(frame)
        except Exception as error:
            live.failure = error
            live.status = Run.Status.FAILED


# -- from a request's thread -------------------------------------------------------------


def live_run(session: Session, thread_id: str) -> Run | None:
    """The run that answers in this thread now. One whose process is gone is ended here, and
    what it said becomes part of the thread."""
    run = Run.objects.for_session(session).filter(live=thread_id).first()
    if run is not None and recovery.is_dead(run):
        recovery.recover(run)
        return None
    return run


def find(session: Session, thread_id: str) -> tuple[Thread, Run | None]:
    """A thread of the session and the run that answers in it now; ApiError `not_found`."""
    thread = Thread.objects.for_session(session).filter(pk=thread_id).first()
    if thread is None:
        raise ApiError("not_found")
    return thread, live_run(session, thread_id)


def make_way(run: Run) -> None:
    """Let a new message begin: ApiError `run_in_progress` where this answer is being heard.

    A client that knows no stop request only drops its connection to stop; a run that nobody
    hears any more is stopped for it.
    """
    here = current().runs.get(run.id)
    # Its readers may sit in any process: those elsewhere show in the row.
    unheard = here is None or here.unheard_for >= UNHEARD_SECONDS
    if not unheard or not in_database(_is_unheard, run) or not stop(run, wait=5.0):
        raise ApiError("run_in_progress")


def _is_unheard(run: Run) -> bool:
    lately = DatabaseNow() - datetime.timedelta(seconds=UNHEARD_SECONDS)
    return not Run.objects.filter(pk=run.pk, listened_at__gt=lately).exists()


def stop(run: Run, *, wait: float = 0.0) -> bool:
    """Stop a run wherever it lives; whether it has ended after at most `wait` seconds."""
    here = current().runs.get(run.id)
    if here is not None:
        current().call_soon(here.cancel, StopReason.STOPPED)
    else:
        in_database(_ask_to_stop, run)
    deadline = time.monotonic() + wait
    while True:
        ended = here.done if here is not None else in_database(_has_ended, run)
        if ended or time.monotonic() >= deadline:
            return ended
        time.sleep(0.01 if here is not None else 0.05)


def _ask_to_stop(run: Run) -> None:
    Run.objects.filter(pk=run.pk, live__isnull=False).update(stop_requested=True)


def _has_ended(run: Run) -> bool:
    return not Run.objects.filter(pk=run.pk, live__isnull=False).exists()


def prepare_delete(session: Session, thread_id: str) -> None:
    """Stop what runs in a thread that is about to be deleted; ApiError where there is none."""
    _thread, run = in_database(find, session, thread_id)
    if run is not None and not stop(run, wait=5.0):
        raise ApiError("run_in_progress")


# -- the process ends --------------------------------------------------------------------


def stop_all(seconds: float = 5.0) -> None:
    """End this process's runs as interrupted, keeping their text. Returns once they are stored."""
    process = existing()
    if process is None or not process.runs or not process.loop.is_running():
        return
    try:
        process.wait_for(_stop_all(process, seconds), seconds + 1)
    except TimeoutError:
        logger.warning("%d runs did not end in time.", len(process.runs))


async def _stop_all(process: Process, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while process.runs and time.monotonic() < deadline:
        for live in list(process.runs.values()):
            live.cancel(StopReason.SHUTDOWN)
        await asyncio.sleep(0.02)


# A threaded server has no other moment; under ASGI it finds nothing left to stop.
atexit.register(stop_all)
