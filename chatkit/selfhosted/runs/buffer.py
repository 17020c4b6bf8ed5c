"""Frames of one run in this process's memory, for any number of listeners on any thread."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

from .frames import FrameLog
from .listening import Frames, FrameSource

THE_END = sys.maxsize  # a number that no frame has
Waker = Callable[[], object]


class FrameBuffer(FrameSource):
    """Frame N is `frames[N - 1]`. Frames are appended on the thread of `loop`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.frames = FrameLog()
        self.done = False
        self.listeners = 0
        self.heard_at = time.monotonic()
        self._counting = threading.Lock()
        self._readers: list[Waker] = []  # wake those who wait for the next frame
        self._pausing: list[Waker] = []  # wake those who wait for the end

    @property
    def shown(self) -> int:
        """How many frames listeners may get."""
        return len(self.frames)

    def append(self, frame: bytes) -> None:
        """Add the next frame."""
        self.frames.append(frame)
        self._tell_readers()

    def _tell_readers(self) -> None:
        if self._readers:
            _wake(self._readers)

    def close(self) -> None:
        """No more frames will come: listeners get the rest and end."""
        self.done = True
        self.wake()

    def wake(self) -> None:
        """Make all who wait look again."""
        _wake(self._readers)
        _wake(self._pausing)

    @property
    def unheard_for(self) -> float:
        """Seconds since somebody last listened in this process."""
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
        done = self.done  # read before the frames, so that none is missed
        shown = self.shown
        return Frames(self.frames[after:shown], over=done and shown == len(self.frames))

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
        shown = self.shown
        return shown > after or (self.done and shown == len(self.frames))

    async def _await(self, wakers: list[Waker], seconds: float, after: int) -> None:
        """Wait for a frame after number `after`, or the end, at most `seconds`."""
        if self._ready(after):
            return
        loop = asyncio.get_running_loop()
        woken: asyncio.Future[None] = loop.create_future()
        waker: Waker = partial(_settle, woken)
        if loop is not self.loop:  # it is called on another thread
            waker = partial(loop.call_soon_threadsafe, waker)
        wakers.append(waker)
        timer = loop.call_later(seconds, _settle, woken)
        try:
            # Again, since the frame may have come before the waker was added.
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
        except (
            IndexError,
            RuntimeError,
        ):  # taken by another thread, or its loop is closed
            continue


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _forget(wakers: list[Waker], waker: Waker) -> None:
    try:
        wakers.remove(waker)
    except ValueError:  # it has been woken
        return
