"""The end of a run: the rest of its answer, its frames and its record are stored.

Where the database fails, the reader is told, and they are stored once it works again.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from functools import partial

from django.db import transaction
from django.dispatch import Signal
from django.utils import translation
from django.utils.translation import gettext as _

from ... import admission
from ...deadlocks import again_after_deadlock
from ...fields import without_emoji
from ...models import Run, RunEvent
from ...signals import run_changed, run_finished
from . import lost, recovery, reports, writes
from .database import DatabaseDown, DatabaseNow, is_refused, raising_database_down, written_now
from .live import LiveRun, StopReason
from .process import Process
from .writes import Columns

logger = logging.getLogger("chatkit.runs")

# Seconds between attempts to store an end; None gives up for now.
PAUSES = (0.2, 1.0, None)
STATUS_AT_END = {
    StopReason.STOPPED: Run.Status.STOPPED,
    StopReason.REVOKED: Run.Status.STOPPED,
    StopReason.TIMEOUT: Run.Status.FAILED,
    StopReason.SHUTDOWN: Run.Status.INTERRUPTED,
}


async def finish(process: Process, live: LiveRun) -> None:
    """Store how the run ended, and end its listeners' streams."""
    if live.status == Run.Status.RUNNING:  # cancelled, perhaps before its first step
        live.status = STATUS_AT_END[live.stop_reason or StopReason.SHUTDOWN]
    if live.stop_reason is StopReason.TIMEOUT:
        live.error = live.error or "timeout"
    try:
        if live.failure is not None:
            await process.database.run(_withdraw, live)
        else:
            await _write_end(process, live)
    except Exception as error:
        logger.exception("The end of run %s could not be stored.", live.id)
        if live.failure is None:
            await _keep_for_later(process, live, error)
            _tell_reader(live)
    if live.failure is None and live.id not in process.unstored:
        await _tell(process, live)
    process.runs.pop(live.id, None)
    reports.end(live)
    if live.failure is None and live.id not in process.unstored:
        reports.stored(live)
    live.close()


async def _keep_for_later(process: Process, live: LiveRun, error: Exception) -> None:
    """An answer that the database refuses ends without its text, so that its thread is free.
    Any other is stored again and again until the database works."""
    if not (is_refused(error) and await _end_without_text(process, live)):
        process.unstored[live.id] = live


async def _end_without_text(process: Process, live: LiveRun) -> bool:
    """Whether a run whose answer the database refuses has ended."""
    live.status, live.error = Run.Status.FAILED, "not stored"
    live.saved, live.late_frames = len(live.frames), []  # they can't be stored either
    # These may be what it refuses, too.
    values = _end_values(live) | {"searched": [], "cited": [], "named": []}
    values["model"] = without_emoji(values["model"])
    # What it has used is counted all the same, unless it is that which is refused.
    for counts in (True, False):
        live.work.drop()
        _add_end(live, values, counts=counts)
        try:
            await process.database.run(_store_end, live)
        except writes.RowMissing:
            await _count_lost(process, live)
        except Exception as error:
            logger.exception("Run %s could not even be ended.", live.id)
            if is_refused(error):
                continue
            return False
        return True
    return False


def _tell_reader(live: LiveRun) -> None:
    with translation.override(live.language):
        message = _("This answer could not be stored, so it may be missing after a reload.")
    event = {"type": "error", "code": "custom", "message": message, "allow_retry": True}
    live.append(b"data: %s\n\n" % json.dumps(event, ensure_ascii=False).encode())


async def store_again(process: Process) -> bool:
    """Store answers for which the database failed. Returns whether all are stored now."""
    # The heartbeat and the end of the process may come together.
    async with process.storing:
        await _store_each(process)
    return not process.unstored


async def _store_each(process: Process) -> None:
    for live in list(process.unstored.values()):
        try:
            await process.database.run(_store_late, live)
        except DatabaseDown:
            return
        except writes.RowMissing:
            await _count_lost(process, live)
        except Exception as error:  # it must not hold up the others
            logger.warning("Run %s still can't be stored.", live.id, exc_info=True)
            if not (is_refused(error) and await _end_without_text(process, live)):
                continue
        else:
            logger.warning("Run %s is stored now.", live.id)
        process.unstored.pop(live.id, None)
        reports.stored(live)
        await _tell(process, live)


def _store_late(live: LiveRun) -> None:
    with raising_database_down():
        _store_end(live)


def _withdraw(live: LiveRun) -> None:
    """Remove a run that ended before its first frame: its request was refused."""
    live.work.drop()
    Run.objects.filter(pk=live.id).delete()


async def _write_end(process: Process, live: LiveRun) -> None:
    _add_end(live, _end_values(live), counts=True)
    for pause in PAUSES:
        try:
            await process.database.run(_store_end, live)
            # What ended by a failure ends with its error.
            for frame in live.late_frames if live.status == Run.Status.COMPLETED else ():
                live.append(frame)
            return
        except writes.RowMissing:
            await _count_lost(process, live)
            return
        except Exception:
            if pause is None:
                raise
            logger.warning("Storing the end of run %s: trying again.", live.id, exc_info=True)
            await asyncio.sleep(pause)


async def _count_lost(process: Process, live: LiveRun) -> None:
    """The thread was deleted meanwhile: there is nothing to store, but what the answer has used
    counts."""
    live.work.drop()
    if not _is_to_count(live):
        return
    try:
        await process.database.run(lost.count, live, live.usage)
    except Exception:
        logger.exception("What run %s has used could not be counted.", live.id)


def _add_end(live: LiveRun, values: Columns, *, counts: bool) -> None:
    """The last pending writes of a run."""
    live.work.add(writes.EndRun(live.id, values, partial(_end_late, live)))
    if counts and _is_to_count(live):
        live.work.add(writes.CountAnswer(live.id))


def _is_to_count(live: LiveRun) -> bool:
    """Whether it has used something, and there is a gate to tell."""
    return admission.is_used() and bool(live.usage.tokens_in or live.usage.tokens_out)


def _end_late(live: LiveRun) -> None:
    live.ended_late = True
    recovery.put_note_last(live.id)


def _end_values(live: LiveRun) -> Columns:
    over = live.answered or time.monotonic()
    first = live.first_token
    return {
        "status": live.status,
        "outcome": live.report.final(live.status),
        "searched": [] if live.work.temporary else live.report.searched,
        "cited": live.report.cited,
        "named": [] if live.work.temporary else live.report.named,
        "ended_at": written_now(),
        "duration_ms": _ms(over - live.started),
        "first_token_ms": None if first is None else _ms(first - live.started),
        "model": live.usage.model,
        "tokens_in": live.usage.tokens_in,
        "tokens_cached": live.usage.tokens_cached,
        "tokens_out": live.usage.tokens_out,
        "error": live.error[:255],
    }


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _store_end(live: LiveRun) -> None:
    """The rest of the answer, its frames and the end of its run, in one transaction."""
    try:
        _store_all(live)
    except writes.RowMissing:
        if not live.work.follow_owner():
            raise
        _store_all(live)


@again_after_deadlock
def _store_all(live: LiveRun) -> None:
    with live.work.writing() as apply:
        with transaction.atomic():
            if live.id in live.process.unstored:
                # Its row first, as who takes it for dead does: else each might wait for the other.
                Run.objects.filter(pk=live.id).update(heartbeat_at=DatabaseNow())
            apply()
            frames = live.frames[live.saved :] + live.late_frames
            if frames:
                data = b"".join(frames).decode()
                row = RunEvent(run_id=live.id, number=live.saved + 1, data=data)
                # The database may have it, or a part of it, and its answer was lost.
                writes.upsert(RunEvent, [row], ["run", "number"], ["data"])
        live.saved += len(frames)


async def _tell(process: Process, live: LiveRun) -> None:
    """Tell the site's receivers of a run whose end is stored."""
    # Who took it for dead has told of its end, and did not know all of it.
    signal = run_changed if live.ended_late else run_finished
    if not signal.has_listeners(Run):
        return
    try:
        await process.assistants.run(_send, live.id, signal)  # receivers may be slow
    except Exception:  # the answer is stored all the same
        logger.exception("The end of run %s could not be told.", live.id)


def _send(run_id: str, signal: Signal) -> None:
    run = Run.objects.select_related("thread", "user").filter(pk=run_id).first()
    if run is not None and run.live is None:
        signal.send_robust(sender=Run, run=run)
