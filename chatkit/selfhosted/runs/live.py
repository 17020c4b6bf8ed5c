"""A run that lives, or has just ended, in this process: its frames and who listens."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import partial

from django.utils import timezone

from ...models import Run
from .listening import Frames, FrameSource
from .process import Process
from .unit_of_work import UnitOfWork

THE_END = sys.maxsize  # a number that no frame has
Waker = Callable[[], object]


class StopReason(StrEnum):
    """Why a run is stopped before its answer is complete."""

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


class LiveRun(FrameSource):
    """Frames are numbered from 1 in the order sent: frame N is `frames[N - 1]`.

    The producer appends on the loop's thread; anybody may listen on any thread.
    """

    def __init__(
        self, process: Process, run_id: str, work: UnitOfWork, kind: str, language: str
    ) -> None:
        self.process = process
        self.id = run_id
        self.work = work
        self.kind = kind
        self.language = language  # of who asked
        self.frames: list[bytes] = []
        self.saved = 0  # how many of them are in the database
        self.done = False
        self.status: str = Run.Status.RUNNING
        self.failure: BaseException | None = None  # what ended it before the first frame
        self.error = ""  # for the record: never a user's text
        self.stop_reason: StopReason | None = None
        self.cancelled_at = 0.0
        self.parting: list[bytes] = []  # frames that are sent after a cancellation
        self.usage = Usage()
        self.started = time.monotonic()
        self.first_token: float | None = None
        self.task: asyncio.Task[None] | None = None
        self.finishing: asyncio.Task[None] | None = None
        self.listeners = 0
        self.heard_at = self.started
        self._counting = threading.Lock()
        self.first = threading.Event()  # the first frame, or the end without one
        self._readers: list[Waker] = []  # wake who waits for the next frame
        self._pausing: list[Waker] = []  # wake who waits for the end

    def row(self, thread_id: str) -> Run:
        """The run's record at its start. Its `live` column keeps a second run off the thread."""
        now = timezone.now()
        return Run(
            id=self.id,
            thread_id=thread_id,
            user_id=self.work.session.user_id,
            session_id=self.work.session.pk,
            kind=self.kind,
            live=thread_id,
            owner=self.process.owner,
            heartbeat_at=now,
            listened_at=now,
        )

    # -- the producer's side, on the loop ------------------------------------------------

    def append(self, frame: bytes) -> None:
        self.frames.append(frame)
        if self._readers:
            _wake(self._readers)
        if len(self.frames) == 1:
            self.first.set()

    def close(self) -> None:
        """No more frames: everybody who listens gets the rest and ends."""
        self.done = True
        self.first.set()
        _wake(self._readers)
        _wake(self._pausing)

    def cancel(self, why: StopReason) -> None:
        """End the run; what was said stays. On the loop's thread."""
        if self.done or self.task is None:
            return
        now = time.monotonic()
        # Once only: a second cancellation would hit the SDK while it saves the text. Unless
        # the answerer has swallowed the first.
        if self.stop_reason is None or now - self.cancelled_at > 5:
            self.stop_reason = self.stop_reason or why
            self.cancelled_at = now
            self.task.cancel()

    # -- the listeners' side -------------------------------------------------------------

    @property
    def unheard_for(self) -> float:
        """Seconds that nobody has listened in this process."""
        return 0.0 if self.listeners else time.monotonic() - self.heard_at

    @contextmanager
    def heard(self) -> Iterator[None]:
        with self._counting:
            self.listeners += 1
        try:
            yield
        finally:
            with self._counting:
                self.listeners -= 1
            self.heard_at = time.monotonic()

    def _after(self, after: int) -> Frames:
        done = self.done  # before the frames: what comes later is not missed
        return Frames(self.frames[after:], over=done)

    async def anext(self, after: int, seconds: float) -> Frames:
        await self._await(self._readers, seconds, after)
        return self._after(after)

    async def apause(self, seconds: float) -> None:
        await self._await(self._pausing, seconds, THE_END)

    def next(self, after: int, seconds: float) -> Frames:
        self._wait(self._readers, seconds, after)
        return self._after(after)

    def pause(self, seconds: float) -> None:
        self._wait(self._pausing, seconds, THE_END)

    def _ready(self, after: int) -> bool:
        return self.done or len(self.frames) > after

    async def _await(self, wakers: list[Waker], seconds: float, after: int) -> None:
        """Wait for a frame after number `after`, or the end, at most `seconds`."""
        if self._ready(after):
            return
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        waker: Waker = partial(_settle, woken)
        if loop is not self.process.loop:  # it is called on another thread then
            waker = partial(loop.call_soon_threadsafe, waker)
        wakers.append(waker)
        timer = loop.call_later(seconds, _settle, woken)
        try:
            # Once more: it may have come since.
            if not self._ready(after):
                await woken
        finally:
            timer.cancel()
            _forget(wakers, waker)

    def _wait(self, wakers: list[Waker], seconds: float, after: int) -> None:
        if self._ready(after):
            return
        woken = threading.Event()
        waker = woken.set
        wakers.append(waker)
        try:
            if not self._ready(after):
                woken.wait(seconds)
        finally:
            _forget(wakers, waker)


def _wake(wakers: list[Waker]) -> None:
    """Wake them all. Others may add and remove themselves at the same time."""
    while wakers:
        try:
            wakers.pop()()
        except (IndexError, RuntimeError):  # another took it; that listener's loop is closed
            continue


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _forget(wakers: list[Waker], waker: Waker) -> None:
    try:
        wakers.remove(waker)
    except ValueError:  # it has been woken
        return
