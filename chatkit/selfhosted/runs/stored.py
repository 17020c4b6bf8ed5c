"""The frames of a run that lives in another process, or has just ended: read from its rows."""

from __future__ import annotations

import asyncio
import time

from django.db import close_old_connections, connection
from django.utils import timezone

from ...models import Run
from . import recovery
from .listening import Frames, FrameSource
from .process import current

POLL_SECONDS = 0.3
HEARD_SECONDS = 1.0


class StoredFrames(FrameSource):
    """Asks the database now and then, until the run has ended. For one listener."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.heard_at = 0.0

    def read(self, after: int) -> Frames:
        """The frames that have come after number `after`."""
        now = time.monotonic()
        if self.run.live is not None and now - self.heard_at > HEARD_SECONDS:
            self.heard_at = now
            Run.objects.filter(pk=self.run.pk).update(listened_at=timezone.now())
        # The state before the frames: the last ones are stored with the end.
        run = Run.objects.filter(pk=self.run.pk).first()
        if run is None:
            return Frames([], over=True)
        if run.live is not None and recovery.is_dead(run):
            recovery.recover(run)
            run.live = None
        self.run = run
        return Frames(recovery.read_frames(run.pk, after), over=run.live is None)

    def next(self, after: int, seconds: float) -> Frames:
        deadline = time.monotonic() + seconds
        while True:
            close_old_connections()
            found = self.read(after)
            if not connection.in_atomic_block:
                connection.close()  # not held while there is nothing to read
            if found.frames or found.over or time.monotonic() > deadline:
                return found
            time.sleep(POLL_SECONDS)

    async def anext(self, after: int, seconds: float) -> Frames:
        """On the database threads of the process."""
        process = current()
        deadline = time.monotonic() + seconds
        while True:
            found = await process.database.run(self.read, after)
            if process.shutting_down:  # its readers are let go
                return Frames(found.frames, over=True)
            if found.frames or found.over or time.monotonic() > deadline:
                return found
            await asyncio.sleep(POLL_SECONDS)

    async def apause(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
