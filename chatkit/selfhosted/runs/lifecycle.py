"""Starts and stops runs: an answer belongs to its thread, not to a connection.

`start` runs an answer on this process's event loop, and the response only listens. The producer
there takes frames from the engine and awaits nothing of its own, so that a cancellation is always
raised inside the answerer, which then keeps its text.
"""

from __future__ import annotations

import asyncio
import atexit
import datetime
import logging
import time
from contextlib import nullcontext, suppress
from typing import TYPE_CHECKING

from django.urls import set_script_prefix
from django.utils import timezone, translation

from ...exceptions import ApiError
from ...models import Run, Session, Thread, new_run_id
from ...retention import temporary
from . import endings, heartbeat, recovery, redis_streams, reports
from .context import ChatContext, work_of
from .database import DatabaseNow
from .inside_transaction import TransactionProcess, process_of_request
from .live import LiveRun, StopReason
from .process import Process, current, existing, in_database

if TYPE_CHECKING:
    from chatkit.types import StreamingReq

    from ..engine import DjangoChatKitServer

logger = logging.getLogger("chatkit.runs")

# How long to wait for the first frame, which decides the HTTP status. It comes once the question
# is stored, so that only a hanging database takes longer.
FIRST_FRAME_SECONDS = 30.0
# A run without listeners for this long is stopped for a new message in its thread.
UNHEARD_SECONDS = 2.0


# -- starting ----------------------------------------------------------------------------


def start(
    server: DjangoChatKitServer,
    request: StreamingReq,
    context: ChatContext,
    key: str | None = None,
) -> LiveRun:
    """Start answering and wait for the first frame. On a request's worker thread.

    `key` is the client's own for this request, by which `repeated` finds the run. The run's
    `failure` is set where it ended before that frame. Inside a transaction the answer is complete.
    """
    with process_of_request() as process:
        live = _start(process, server, request, context, key)
        if isinstance(process, TransactionProcess):
            while not live.done:  # the heartbeat ends it in time
                live.pause(60.0)
    return live


def _start(
    process: Process,
    server: DjangoChatKitServer,
    request: StreamingReq,
    context: ChatContext,
    key: str | None,
) -> LiveRun:
    work = work_of(context)
    live = work.run = LiveRun(process, new_run_id(), work, request.type, context.language, key)
    thread_id = getattr(request.params, "thread_id", None)
    if thread_id is not None:
        work.start_run(thread_id)
    reports.begin(live)
    process.call_soon(_launch, live, server, request, context)
    if not live.first.wait(FIRST_FRAME_SECONDS):
        process.call_soon(live.cancel, StopReason.TIMEOUT)
        live.failure = TimeoutError("no first frame")
    return live


def _launch(
    live: LiveRun, server: DjangoChatKitServer, request: StreamingReq, context: ChatContext
) -> None:
    process = live.process
    process.runs[live.id] = live
    live.task = process.create_task(_produce(live, server, request, context))
    # A task of its own, so that a cancellation of the run does not cancel storing its end.
    live.task.add_done_callback(lambda task: _begin_finish(process, live))
    heartbeat.ensure(process)
    if process.streams is not None:
        process.streams.ensure()


def _begin_finish(process: Process, live: LiveRun) -> None:
    live.finishing = process.create_task(endings.finish(process, live))


async def _produce(
    live: LiveRun, server: DjangoChatKitServer, request: StreamingReq, context: ChatContext
) -> None:
    set_script_prefix(context.script_prefix)
    with translation.override(context.language), timezone.override(context.time_zone):
        try:
            with live.span.current() if live.span is not None else nullcontext():
                async for frame in server.stream(request, context):
                    live.append(frame)  # awaits nothing: see above
            live.status = Run.Status.FAILED if live.error else Run.Status.COMPLETED
        except asyncio.CancelledError:
            for frame in live.closing_frames:
                live.append(frame)
        except Exception as error:
            live.failure = error
            live.status = Run.Status.FAILED


# -- on a request's worker thread --------------------------------------------------------


def live_run(session: Session, thread_id: str) -> Run | None:
    """The run that answers in this thread now. One whose process is gone is ended here, and its
    text becomes part of the thread."""
    run = Run.objects.for_session(session).filter(live=thread_id).first()
    if run is not None and recovery.is_dead(run):
        recovery.recover(run)
        return None
    return run


def repeated(session: Session, key: str) -> Run | None:
    """The run that a request with this key has begun before, which its client may not know."""
    run = Run.objects.for_session(session).filter(key=key).select_related("thread").first()
    if run is not None and run.live is not None and recovery.is_dead(run):
        recovery.recover(run)
        run.refresh_from_db()
    return run


def find(session: Session, thread_id: str) -> tuple[Thread, Run | None]:
    """A thread of the session and the run that answers in it now; ApiError `not_found`."""
    thread = Thread.objects.for_session(session).filter(pk=thread_id).first()
    if thread is None:
        raise ApiError("not_found")
    temporary.take(thread, session)
    return thread, live_run(session, thread_id)


def ensure_free(run: Run) -> None:
    """Stop a run without listeners, so that a new message may begin in its thread; ApiError
    `run_in_progress` where it has some.

    A client that has no stop request only closes its connection to stop an answer.
    """
    here = current().runs.get(run.id)
    if here is not None and here.answered is not None and stop(run, wait=5.0):
        return  # all was said
    # Its readers may be in any process: the row tells of those in others.
    unheard = here is None or here.unheard_for >= UNHEARD_SECONDS
    if not unheard or not in_database(_is_unheard, run) or not stop(run, wait=5.0):
        raise ApiError("run_in_progress")


def _is_unheard(run: Run) -> bool:
    lately = DatabaseNow() - datetime.timedelta(seconds=UNHEARD_SECONDS)
    return not Run.objects.filter(pk=run.pk, listened_at__gt=lately).exists()


def stop(run: Run, *, wait: float = 0.0) -> bool:
    """Stop a run, in whichever process. Returns whether it ended within `wait` seconds."""
    here = current().runs.get(run.id)
    if here is not None:
        current().call_soon(here.cancel, StopReason.STOPPED)
    else:
        in_database(_ask_to_stop, run)
        redis_streams.ask_to_stop(run.id)
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
    """Stop the run of a thread that is about to be deleted; ApiError where there is no thread."""
    _thread, run = in_database(find, session, thread_id)
    if run is not None and not stop(run, wait=5.0):
        raise ApiError("run_in_progress")


# -- the process ends --------------------------------------------------------------------


def stop_all(seconds: float = 5.0) -> None:
    """End this process's runs as interrupted, with their text, and try once more to store those
    that ended while the database failed. Returns once that is done."""
    process = existing()
    if process is None or not process.loop.is_running():
        return
    if not any(part.runs or part.unstored for part in process.parts()):
        return
    try:
        process.wait_for(_stop_all(process, seconds), seconds + 1)
    except TimeoutError:
        logger.warning("%d runs did not end in time.", len(_live(process)))
    if lost := sum(len(part.unstored) for part in process.parts()):
        logger.error("%d answers are not stored.", lost)


def _live(process: Process) -> list[LiveRun]:
    return [live for part in process.parts() for live in list(part.runs.values())]


async def _stop_all(process: Process, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while (lives := _live(process)) and time.monotonic() < deadline:
        for live in lives:
            live.cancel(StopReason.SHUTDOWN)
        await asyncio.sleep(0.02)
    with suppress(TimeoutError):
        async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
            await asyncio.gather(*map(endings.store_again, process.parts()))


# For threaded servers. Under ASGI the runs have been stopped by then.
atexit.register(stop_all)
