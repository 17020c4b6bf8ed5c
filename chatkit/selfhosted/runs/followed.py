"""Runs that live in another process, or have just ended: their rows are read once for all who
listen to them in this process."""

from __future__ import annotations

import asyncio
import logging
import time
from contextlib import suppress

from django.utils import translation

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
RARE_SECONDS = 1.5  # between two looks at the rows while Redis brings the frames
PAUSE_SECONDS = 2.0  # after the database could not be read


class FollowedRun(FrameBuffer):
    """The frames of a run, read from its rows. `language` is that of who listens first."""

    def __init__(self, process: Process, run_id: str, language: str) -> None:
        super().__init__(process.loop)
        self.id = run_id
        self.language = language
        self.noted_at = 0.0
        self.count: int | None = None  # of the frames, once the run has ended
        self.ended = asyncio.Event()  # and all of them are here
        self._early: dict[int, list[bytes]] = {}

    def offer(self, number: int, frames: list[bytes]) -> None:
        """Frames from `number` on, from any source and in any order: those that are here already
        are passed over, those that others must come before are kept until then."""
        if frames:
            self._early[number] = frames
        while ready := [first for first in self._early if first <= len(self.frames) + 1]:
            for first in ready:
                for frame in self._early.pop(first)[len(self.frames) + 1 - first :]:
                    self.append(frame)
        if self.count is not None and len(self.frames) >= self.count:
            self.ended.set()

    def over_at(self, count: int) -> None:
        """The run has ended with this many frames."""
        self.count = count
        self.offer(0, [])

    @property
    def waits(self) -> bool:
        """Whether frames are missing that come before others which are here."""
        return bool(self._early)

    def read(self) -> tuple[int, Frames]:
        """The frames after a number, which stands before them. Also records that somebody
        listens. On a database worker."""
        after = len(self.frames)
        now = time.monotonic()
        if self.listeners and now - self.noted_at > HEARD_SECONDS:
            self.noted_at = now
            Run.objects.filter(pk=self.id, live__isnull=False).update(listened_at=DatabaseNow())
        # The state is read before the frames, since the last ones are stored with the end.
        run = Run.objects.filter(pk=self.id).first()
        if run is None:
            return after, Frames([], over=True)
        if run.live is not None and recovery.is_dead(run):
            with translation.override(self.language):
                recovery.recover(run)
            run.live = None
        return after, Frames(recovery.read_frames(run.pk, after), over=run.live is None)


def follow(process: Process, run_id: str, language: str) -> FollowedRun:
    """What follows this run for all of this process; who begins to speaks `language`. From any
    thread."""
    with process.following:
        followed = process.followed.get(run_id)
        if followed is None:
            followed = process.followed[run_id] = FollowedRun(process, run_id, language)
            process.call_soon(_start, process, followed)
        followed.heard_at = time.monotonic()
        return followed


def _start(process: Process, followed: FollowedRun) -> None:
    process.tasks.add(task := process.create_task(_follow(process, followed)))
    task.add_done_callback(process.tasks.discard)


async def _follow(process: Process, followed: FollowedRun) -> None:
    streams, begun = process.streams, False
    if streams is not None:
        streams.ensure()
    try:
        while not process.shutting_down:
            try:
                after, found = await process.database.run(followed.read)
            except Exception:
                logger.warning("Run %s could not be read.", followed.id, exc_info=True)
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            followed.offer(after + 1, found.frames)
            if found.over:
                return
            if streams is not None and not begun:
                begun = True
                await streams.look_anew()
            with process.following:
                if followed.unheard_for > UNHEARD_SECONDS:
                    process.followed.pop(followed.id, None)
                    return
            if await _arrives(process, followed):
                return
    finally:
        with process.following:
            if process.followed.get(followed.id) is followed:
                del process.followed[followed.id]
        followed.close()


async def _arrives(process: Process, followed: FollowedRun) -> bool:
    """Wait until the rows are to be looked at again; whether the run has ended meanwhile. By way of
    Redis its frames come without asking."""
    streams = process.streams
    calm = streams is not None and streams.works and not followed.waits
    with suppress(TimeoutError):
        await asyncio.wait_for(followed.ended.wait(), RARE_SECONDS if calm else POLL_SECONDS)
    return followed.ended.is_set()
