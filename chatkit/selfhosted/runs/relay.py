"""Listening to a run that lives in another process, or has just ended: through its rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator

from django.db import close_old_connections, connection
from django.utils import timezone

from ...models import Run
from . import recovery
from .live import ASYNC_BEAT, BEAT, THREAD_BEAT
from .process import current
from .waking import join

POLL_SECONDS = 0.3
HEARD_SECONDS = 1.0


class Relay:
    """Reads the frames of a run row by row until it has ended."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.heard_at = 0.0

    def step(self, after: int) -> tuple[list[bytes], bool]:
        """Frames that have come after number `after`, and whether they are the last."""
        now = time.monotonic()
        if self.run.live is not None and now - self.heard_at > HEARD_SECONDS:
            self.heard_at = now
            Run.objects.filter(pk=self.run.pk).update(listened_at=timezone.now())
        # The state before the frames: the last ones are stored with the end.
        run = Run.objects.filter(pk=self.run.pk).first()
        if run is None:
            return [], True
        if run.live is not None and recovery.is_dead(run):
            recovery.recover(run)
            run.live = None
        self.run = run
        return recovery.read_frames(run.pk, after), run.live is None

    async def alisten(self, after: int) -> AsyncIterator[bytes]:
        """Under ASGI; the database's work is done on the process's own threads."""
        process = current()
        said_at = time.monotonic()
        while True:
            frames, over = await asyncio.wrap_future(process.database.submit(self.step, after))
            if frames:
                yield join(frames, after, numbered=True)
                after += len(frames)
                said_at = time.monotonic()
            if over or process.ending:
                return
            if time.monotonic() - said_at > ASYNC_BEAT:
                yield BEAT
                said_at = time.monotonic()
            await asyncio.sleep(POLL_SECONDS)

    def listen(self, after: int) -> Iterator[bytes]:
        """Under a threaded server."""
        said_at = time.monotonic()
        while True:
            close_old_connections()
            frames, over = self.step(after)
            if not connection.in_atomic_block:
                connection.close()  # not held while there is nothing to read
            if frames:
                yield join(frames, after, numbered=True)
                after += len(frames)
                said_at = time.monotonic()
            if over:
                return
            if time.monotonic() - said_at > THREAD_BEAT:
                yield BEAT
                said_at = time.monotonic()
            time.sleep(POLL_SECONDS)
