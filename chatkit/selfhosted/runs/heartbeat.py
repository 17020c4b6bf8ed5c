"""The heartbeat of a process while it has runs: every half second, one transaction for all.

It stores new frames and pending writes, records that the runs are alive, and finds those that
are to be stopped.
"""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import ExitStack
from functools import partial

from django.db import transaction
from django.db.models import QuerySet

from ... import access, conf, sessions
from ...deadlocks import again_after_deadlock
from ...models import Run, RunEvent
from . import endings, recovery, writes
from .database import DatabaseDown, DatabaseNow, is_refused, raising_database_down
from .live import LiveRun, StopReason
from .process import Process
from .readers import end_revoked

logger = logging.getLogger("chatkit.runs")

BEAT_SECONDS = 0.5
# Users and sessions are looked up at every third beat only: one who may not go on reads for
# two more seconds at most.
LOOK_UP_EVERY = 3
SWEEP_SECONDS = 20.0
ROWS_AT_ONCE = 100  # in one statement
LONGEST_PAUSE = 5.0  # seconds between rounds while the database fails


def ensure(process: Process) -> None:
    """Start the heartbeat unless it runs. On the loop."""
    if process.heartbeat is None or process.heartbeat.done():
        process.heartbeat = process.create_task(_beat_while_needed(process))


async def _beat_while_needed(process: Process) -> None:
    rounds = _Rounds(process)
    idle_since: float | None = None
    while True:
        await asyncio.sleep(BEAT_SECONDS)
        _check_time(process)  # even while the database fails
        rounds.go_on()
        now = time.monotonic()
        if process.runs or process.unstored or process.readers:
            idle_since = None
        elif idle_since is None:
            idle_since = now
        elif now - idle_since > recovery.KEEP_SECONDS + SWEEP_SECONDS:
            seconds = await _until_a_card_is_over(process)
            if process.runs or process.unstored or process.readers:
                continue  # since the last line but one
            if seconds is not None:
                process.loop.call_later(seconds, ensure, process, context=process.new_context())
            return  # the last frames are deleted by now; the next run starts the heartbeat again


async def _until_a_card_is_over(process: Process) -> float | None:
    """Seconds until a card's hour is over: what it holds is deleted then, without a run too."""
    if process.shutting_down:
        return None
    try:
        return await process.database.run(recovery.until_a_card_is_over)
    except Exception:
        logger.warning("Cards that wait could not be looked up.", exc_info=True)
        return None


class _Rounds:
    """The work in the database, one round at a time. While the database fails, the pauses grow:
    all runs of a process use the same one."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.task: asyncio.Task[None] | None = None
        self.count = 0
        self.swept_at = time.monotonic()
        self.failed = 0  # rounds in a row
        self.next_at = 0.0

    def go_on(self) -> None:
        """Start a round, unless one runs or the pause is not over."""
        if (self.task is None or self.task.done()) and time.monotonic() >= self.next_at:
            self.task = self.process.create_task(self._round())

    async def _round(self) -> None:
        process = self.process
        # Without those before their first frame: they may still be refused.
        lives = [live for live in process.runs.values() if live.frames and not live.done]
        works = True
        self.count += 1
        look_up = self.count % LOOK_UP_EVERY == 0
        if lives:
            works = await _beat(process, lives, look_up=look_up)
        if works and look_up and process.readers:
            works = await _end_revoked(process)
        if works and process.unstored:
            works = await endings.store_again(process)
        self.failed = 0 if works else self.failed + 1
        pause = min(LONGEST_PAUSE, BEAT_SECONDS * 2**self.failed) if self.failed else 0.0
        self.next_at = time.monotonic() + pause
        if works and time.monotonic() - self.swept_at > SWEEP_SECONDS:
            self.swept_at = time.monotonic()
            await _sweep(process)


async def _beat(process: Process, lives: list[LiveRun], *, look_up: bool) -> bool:
    """Whether the database works."""
    try:
        stops = await process.database.run(partial(beat, lives, look_up=look_up))
    except DatabaseDown:
        logger.warning("%d runs could not be stored; will try again.", len(lives), exc_info=True)
        return False
    except Exception as error:
        if len(lives) > 1:  # one that can't be stored must not prevent the others
            return all([await _beat(process, [live], look_up=look_up) for live in lives])
        if isinstance(error, writes.RowMissing):
            if await process.database.run(lives[0].work.follow_owner):
                return True  # its next beat stores it
            lives[0].cancel(StopReason.REVOKED)  # its thread was deleted
        elif is_refused(error):  # its end reports it; until then it goes on
            await process.database.run(_mark_alive, lives)
        else:
            logger.warning(
                "Run %s could not be stored; will try again.", lives[0].id, exc_info=True
            )
        return True
    for live, reason in stops:
        live.cancel(reason)
    return True


def _check_time(process: Process) -> None:
    limit = conf.get("RUN_TIMEOUT")
    now = time.monotonic()
    for live in list(process.runs.values()):
        if live.stop_reason is not None:
            live.cancel(live.stop_reason)  # again, if the answerer swallowed the first one
        elif now - live.started > limit:
            live.cancel(StopReason.TIMEOUT)


def beat(lives: list[LiveRun], *, look_up: bool) -> list[tuple[LiveRun, StopReason]]:
    """One transaction. Returns the runs to stop, and why. On a database worker. DatabaseDown."""
    with raising_database_down():
        return _store(lives, look_up=look_up)


@again_after_deadlock
def _store(lives: list[LiveRun], *, look_up: bool) -> list[tuple[LiveRun, StopReason]]:
    stored: list[tuple[LiveRun, int]] = []
    with ExitStack() as works:
        applies = [works.enter_context(live.work.writing()) for live in lives]
        with transaction.atomic():
            _mark_alive(lives)  # the first statement writes (see `writes`)
            runs = Run.objects.filter(pk__in=[live.id for live in lives])
            # No row: deleted with its thread. No `live`: another process took it for dead.
            asked = {run[0]: run[1:] for run in runs.values_list("pk", "live", "stop_requested")}
            revoked = _revoked(runs) if look_up else set()
            events = []
            for live, apply in zip(lives, applies, strict=True):
                if live.id not in asked:
                    continue  # its rows are deleted
                # The frames are counted before the writes are taken, so that no frame that
                # says "done" is stored without its item.
                count = len(live.frames)
                apply()
                if count > live.saved:
                    data = b"".join(live.frames[live.saved : count]).decode()
                    events.append(RunEvent(run_id=live.id, number=live.saved + 1, data=data))
                stored.append((live, count))
            _store_frames(events)
        # Before the works are let go: the end of a run waits for its own, and goes on from here.
        for live, count in stored:
            live.saved = max(live.saved, count)
    found = []
    for live in lives:
        row, stop_requested = asked.get(live.id, (None, False))
        if stop_requested:
            found.append((live, StopReason.STOPPED))
        elif row is None or live.id in revoked:
            found.append((live, StopReason.REVOKED))
    return found


def _store_frames(events: list[RunEvent]) -> None:
    """Again, with what has come since, where the database has them and its answer was lost."""
    for start in range(0, len(events), ROWS_AT_ONCE):
        writes.upsert(RunEvent, events[start : start + ROWS_AT_ONCE], ["run", "number"], ["data"])


def _mark_alive(lives: list[LiveRun]) -> None:
    """Record that these runs are alive, and which of them have listeners."""
    now = DatabaseNow()
    for listened, values in ((True, {"listened_at": now}), (False, {})):
        if ids := [live.id for live in lives if bool(live.listeners) is listened]:
            Run.objects.filter(pk__in=ids).update(heartbeat_at=now, **values)


def _revoked(runs: QuerySet[Run]) -> set[str]:
    """The runs whose user or session is no longer valid."""
    return {
        run.pk
        for run in runs.select_related("session__user", "user")
        if not access.is_active(run.person)
        or (run.session is not None and sessions.is_revoked(run.session))
    }


async def _end_revoked(process: Process) -> bool:
    try:
        await process.database.run(end_revoked, process.readers.all())
    except Exception:
        logger.warning("Sessions of open streams could not be looked up.", exc_info=True)
        return False
    return True


async def _sweep(process: Process) -> None:
    try:
        await process.database.run(recovery.sweep)
    except Exception:
        logger.warning("Old frames could not be swept.", exc_info=True)
