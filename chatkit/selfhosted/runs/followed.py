"""Runs that live in another process, or have just ended: their rows are read once for all who
listen to them in this process."""

from __future__ import annotations

import asyncio
import logging
import time

from ...models import Run
from . import recovery
from .buffer import FrameBuffer
from .database import DatabaseNow
from .listening import Frames
from .process import Process

logger = logging.getLogger("chatkit.runs")

POLL_SECONDS = 0.3
HEARD_SECONDS = 1.0
UNHEARD_SECONDS = 5.0  # before a run without listeners is no longer followed
PAUSE_SECONDS = 2.0  # after the database could not be read


class FollowedRun(FrameBuffer):
    """The frames of a run, read from its rows."""

    def __init__(self, process: Process, run_id: str) -> None:
        super().__init__(process.loop)
        self.id = run_id
        self.noted_at = 0.0

    def read(self) -> Frames:
        """The new frames. Also records that somebody listens. On a database worker."""
        now = time.monotonic()
        if self.listeners and now - self.noted_at > HEARD_SECONDS:
            self.noted_at = now
            Run.objects.filter(pk=self.id, live__isnull=False).update(listened_at=DatabaseNow())
        # The state is read before the frames, since the last ones are stored with the end.
        run = Run.objects.filter(pk=self.id).first()
        if run is None:
            return Frames([], over=True)
        if run.live is not None and recovery.is_dead(run):
            recovery.recover(run)
            run.live = None
        return Frames(recovery.read_frames(run.pk, len(self.frames)), over=run.live is None)


def follow(process: Process, run_id: str) -> FollowedRun:
    """What follows this run for all of this process. From any thread."""
    with process.following:
        followed = process.followed.get(run_id)
        if followed is None:
            followed = process.followed[run_id] = FollowedRun(process, run_id)
            process.call_soon(_start, process, followed)
        followed.heard_at = time.monotonic()
        return followed


def _start(process: Process, followed: FollowedRun) -> None:
    process.tasks.add(task := process.create_task(_follow(process, followed)))
    task.add_done_callback(process.tasks.discard)


async def _follow(process: Process, followed: FollowedRun) -> None:
    try:
        while not process.shutting_down:
            try:
                found = await process.database.run(followed.read)
            except Exception:
                logger.warning("Run %s could not be read.", followed.id, exc_info=True)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            for frame in found.frames:
                followed.append(frame)
            if found.over:
                return
            with process.following:
                if followed.unheard_for > UNHEARD_SECONDS:
                    process.followed.pop(followed.id, None)
                    return
            await asyncio.sleep(POLL_SECONDS)
    finally:
        with process.following:
            if process.followed.get(followed.id) is followed:
                del process.followed[followed.id]
        followed.close()
