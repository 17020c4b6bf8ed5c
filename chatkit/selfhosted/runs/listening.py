"""Listening to a run's frames, wherever they live: one source, two loops over it."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .readers import Reader

# Comments on silent streams: they keep proxies from closing them. A threaded server notices a
# client that is gone only by writing to it, so there they come more often.
ASYNC_BEAT = 15.0
THREAD_BEAT = 5.0
BEAT = b": hb\n\n"

# A stream's first writes go out at once. Later ones keep this distance, in seconds, and hold
# all frames that came meanwhile: nobody reads faster, and each write has its price.
AT_ONCE = 8
DISTANCE = 1 / 30


@dataclass(frozen=True)
class Frames:
    """Frames of a run in order, and whether they are the last."""

    frames: list[bytes]
    over: bool


class FrameSource(ABC):
    """Where the frames of one run come from: this process, the database, or elsewhere.

    Frames are numbered from 1 in the order sent. A source may be read by several listeners, each
    of which keeps its own place.
    """

    @abstractmethod
    def next(self, after: int, seconds: float) -> Frames:
        """The frames after number `after`; waits for the first at most `seconds`, on the
        caller's thread. None of them and not `over`: nothing has come."""

    @abstractmethod
    async def anext(self, after: int, seconds: float) -> Frames:
        """The same for an event loop."""

    def pause(self, seconds: float) -> None:
        """Wait this long, or until the run has ended."""
        time.sleep(seconds)

    @abstractmethod
    async def apause(self, seconds: float) -> None:
        """The same for an event loop."""

    @abstractmethod
    def wake(self) -> None:
        """Let all who wait look again."""

    @contextmanager
    def heard(self) -> Iterator[None]:
        """For as long as somebody listens; overridden where it is counted."""
        yield


async def alisten(
    source: FrameSource, after: int, *, numbered: bool, reader: Reader | None = None
) -> AsyncIterator[bytes]:
    """Frames after number `after` to the end, several in one write where several are there.

    `numbered` adds `id: N` lines, by which a client resumes. A `reader` that is ended gets no
    more than its farewell.
    """
    pace = Pace()
    with source.heard():
        while True:
            if (early := pace.early()) > 0:
                await source.apause(early)
            found = await source.anext(after, ASYNC_BEAT)
            if reader is not None and reader.ended:
                yield reader.farewell
                return
            if found.frames:
                yield join(found.frames, after, numbered)
                after += len(found.frames)
                pace.written()
            if found.over:
                return
            if not found.frames:
                yield BEAT


def listen(
    source: FrameSource, after: int, *, numbered: bool, reader: Reader | None = None
) -> Iterator[bytes]:
    """The same for a threaded server."""
    pace = Pace()
    with source.heard():
        while True:
            if (early := pace.early()) > 0:
                source.pause(early)
            found = source.next(after, THREAD_BEAT)
            if reader is not None and reader.ended:
                yield reader.farewell
                return
            if found.frames:
                yield join(found.frames, after, numbered)
                after += len(found.frames)
                pace.written()
            if found.over:
                return
            if not found.frames:
                yield BEAT


class Pace:
    """When a stream may write again."""

    def __init__(self) -> None:
        self.count = 0
        self.at = 0.0

    def written(self) -> None:
        self.count += 1
        self.at = time.monotonic()

    def early(self) -> float:
        """Seconds to wait before the next write; 0 or less for none."""
        return 0.0 if self.count < AT_ONCE else self.at + DISTANCE - time.monotonic()


def join(frames: list[bytes], after: int, numbered: bool) -> bytes:
    """One write of several frames; with `id: N` lines where a client resumes by number."""
    if not numbered:
        return b"".join(frames)
    return b"".join(
        b"id: %d\n%s" % (number, frame) for number, frame in enumerate(frames, after + 1)
    )
