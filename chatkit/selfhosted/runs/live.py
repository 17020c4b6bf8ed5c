"""A run that lives, or has just ended, in this process: its frames and who listens."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from django.utils import timezone

from ...models import Run
from .context import ChatContext
from .process import Process
from .waking import Pace, Waker, forget, join, settle, wake

# Comments on silent streams: they keep proxies from closing them. A threaded server notices a
# client that is gone only by writing to it, so there they come more often.
ASYNC_BEAT = 15.0
THREAD_BEAT = 5.0
BEAT = b": hb\n\n"
THE_END = sys.maxsize  # a number that no frame has


class Ending(StrEnum):
    """Why a run is being ended before its time."""

    STOPPED = "stopped"  # by its user
    REVOKED = "revoked"  # its session was cancelled, or its user deactivated
    TIMEOUT = "timeout"
    SHUTDOWN = "shutdown"


@dataclass
class Usage:
    """What an answer took, as its server reports it."""

    model: str = ""
    tokens_in: int | None = None
    tokens_cached: int | None = None
    tokens_out: int | None = None

    def add(
        self,
        model: str,
        tokens_in: int | None,
        tokens_cached: int | None,
        tokens_out: int | None,
    ) -> None:
        self.model = model or self.model
        self.tokens_in = _sum(self.tokens_in, tokens_in)
        self.tokens_cached = _sum(self.tokens_cached, tokens_cached)
        self.tokens_out = _sum(self.tokens_out, tokens_out)


def _sum(so_far: int | None, more: int | None) -> int | None:
    return so_far if more is None else (so_far or 0) + more


class LiveRun:
    """Frames are numbered from 1 in the order sent: frame N is `frames[N - 1]`.

    The producer appends on the loop's thread; anybody may listen on any thread.
    """

    def __init__(self, process: Process, run_id: str, context: ChatContext, kind: str) -> None:
        self.process = process
        self.id = run_id
        self.context = context
        self.kind = kind
        self.frames: list[bytes] = []
        self.saved = 0  # how many of them are in the database
        self.done = False
        self.status: str = Run.Status.RUNNING
        self.failure: BaseException | None = None  # what ended it before the first frame
        self.error = ""  # for the record: never a user's text
        self.ending: Ending | None = None
        self.cancelled_at = 0.0
        self.usage = Usage()
        self.started = time.monotonic()
        self.first_token: float | None = None
        self.ended: float | None = None
        self.task: asyncio.Task[None] | None = None
        self.finishing: asyncio.Task[None] | None = None
        self.listeners = 0
        self.heard_at = self.started
        self.first = threading.Event()  # the first frame, or the end without one
        self._wakers: list[Waker] = []  # of who waits for the next frame
        self._enders: list[Waker] = []  # of who waits for the end

    def row(self, thread_id: str) -> Run:
        """The run's record at its start. Its `live` column keeps a second run off the thread."""
        now = timezone.now()
        return Run(
            id=self.id,
            thread_id=thread_id,
            user_id=self.context.session.user_id,
            session_id=self.context.session.pk,
            kind=self.kind,
            live=thread_id,
            owner=self.process.owner,
            heartbeat_at=now,
            listened_at=now,
        )

    # -- the producer's side, on the loop ------------------------------------------------

    def append(self, frame: bytes) -> None:
        self.frames.append(frame)
        if self._wakers:
            wake(self._wakers)
        if len(self.frames) == 1:
            self.first.set()

    def close(self) -> None:
        """No more frames: everybody who listens gets the rest and ends."""
        self.done = True
        self.ended = time.monotonic()
        self.first.set()
        wake(self._wakers)
        wake(self._enders)

    def cancel(self, why: Ending) -> None:
        """End the run; what was said stays. On the loop's thread."""
        if self.done or self.task is None:
            return
        now = time.monotonic()
        # Once only: a second cancellation would hit the SDK while it saves the text. Unless
        # the answerer has swallowed the first.
        if self.ending is None or now - self.cancelled_at > 5:
            self.ending = self.ending or why
            self.cancelled_at = now
            self.task.cancel()

    # -- the listeners' side -------------------------------------------------------------

    @property
    def unheard_for(self) -> float:
        """Seconds that nobody has listened in this process."""
        return 0.0 if self.listeners else time.monotonic() - self.heard_at

    def _enter(self) -> None:
        self.listeners += 1

    def _leave(self) -> None:
        self.listeners -= 1
        self.heard_at = time.monotonic()

    def _take(self, after: int, numbered: bool) -> tuple[bytes, int]:
        frames = self.frames[after:]
        return join(frames, after, numbered), after + len(frames)

    async def alisten(self, after: int, *, numbered: bool) -> AsyncIterator[bytes]:
        """Frames after number `after`, several in one write where several are there."""
        pace = Pace()
        self._enter()
        try:
            while True:
                if (early := pace.early()) > 0:
                    await self._ahear(self._enders, early, THE_END)
                done = self.done  # before the frames: what comes later is not missed
                if len(self.frames) > after:
                    data, after = self._take(after, numbered)
                    yield data
                    pace.written()
                elif done:
                    return
                elif not await self._ahear(self._wakers, ASYNC_BEAT, after):
                    yield BEAT
        finally:
            self._leave()

    async def _ahear(self, wakers: list[Waker], seconds: float, after: int) -> bool:
        """Wait for a frame after number `after`, or the end; whether it came within `seconds`."""
        loop = asyncio.get_running_loop()
        heard: asyncio.Future[bool] = loop.create_future()
        waker: Waker = partial(settle, heard, True)
        if loop is not self.process.loop:  # it is called on another thread then
            waker = partial(loop.call_soon_threadsafe, partial(settle, heard, True))
        wakers.append(waker)
        timer = loop.call_later(seconds, settle, heard, False)
        try:
            # Once more: it may have come since the caller looked.
            return self.done or len(self.frames) > after or await heard
        finally:
            timer.cancel()
            forget(wakers, waker)

    def listen(self, after: int, *, numbered: bool) -> Iterator[bytes]:
        """The same for a threaded server."""
        pace = Pace()
        self._enter()
        try:
            while True:
                if (early := pace.early()) > 0:
                    self._hear(self._enders, early, THE_END)
                done = self.done
                if len(self.frames) > after:
                    data, after = self._take(after, numbered)
                    yield data
                    pace.written()
                elif done:
                    return
                elif not self._hear(self._wakers, THREAD_BEAT, after):
                    yield BEAT
        finally:
            self._leave()

    def _hear(self, wakers: list[Waker], seconds: float, after: int) -> bool:
        heard = threading.Event()
        waker = heard.set
        wakers.append(waker)
        try:
            return self.done or len(self.frames) > after or heard.wait(seconds)
        finally:
            forget(wakers, waker)
