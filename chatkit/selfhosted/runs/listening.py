"""Listening to a run's frames, wherever they come from: on an event loop, or on a thread."""

from __future__ import annotations

import time
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .readers import Reader

# Seconds without frames after which a comment is sent, so that proxies don't close the stream. A
# threaded server notices a closed connection only by writing, so there it is sent more often.
ASYNC_KEEP_ALIVE = 15.0
THREADED_KEEP_ALIVE = 5.0
KEEP_ALIVE = b": hb\n\n"

# A stream's first writes are sent at once. Later ones keep an interval, in seconds, and contain
# all frames of it: nobody reads faster, and each write takes time.
FIRST_WRITES = 8
INTERVAL = 1 / 30


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
        caller's thread. Empty and not `over` where none has come."""

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
        """Make all who wait look again."""

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Open for as long as somebody listens; overridden where listeners are counted."""
        yield


async def alisten(
    source: FrameSource, after: int, *, numbered: bool, reader: Reader | None = None
) -> AsyncIterator[bytes]:
    """Frames after number `after` to the end, several in one write where several are there.

    `numbered` adds `id: N` lines, by which a client resumes. A `reader` that is ended gets its
    `last_frame` and no more.
    """
    place = Place(after, numbered, reader)
    with source.heard():
        while not place.over:
            if (pause := place.seconds_to_wait()) > 0:
                await source.apause(pause)
            if data := place.take(await source.anext(place.after, ASYNC_KEEP_ALIVE)):
                yield data


def listen(
    source: FrameSource, after: int, *, numbered: bool, reader: Reader | None = None
) -> Iterator[bytes]:
    """The same for a threaded server."""
    place = Place(after, numbered, reader)
    with source.heard():
        while not place.over:
            if (pause := place.seconds_to_wait()) > 0:
                source.pause(pause)
            if data := place.take(source.next(place.after, THREADED_KEEP_ALIVE)):
                yield data


class Place:
    """How far one listener has come, and when its stream may write again."""

    def __init__(self, after: int, numbered: bool, reader: Reader | None) -> None:
        self.after = after
        self.over = False
        self._numbered = numbered
        self._reader = reader
        self._writes = 0
        self._written_at = 0.0

    def seconds_to_wait(self) -> float:
        """Seconds to wait before the next write; 0 or less for none."""
        if self._writes < FIRST_WRITES:
            return 0.0
        return self._written_at + INTERVAL - time.monotonic()

    def take(self, found: Frames) -> bytes:
        """What to write of these; b"" for nothing."""
        if self._reader is not None and self._reader.ended:
            self.over = True
            return self._reader.last_frame
        self.over = found.over
        if not found.frames:
            return b"" if found.over else KEEP_ALIVE
        data = join(found.frames, self.after, self._numbered)
        self.after += len(found.frames)
        self._writes += 1
        self._written_at = time.monotonic()
        return data


def join(frames: list[bytes], after: int, numbered: bool) -> bytes:
    """One write of several frames; with `id: N` lines where a client resumes by number."""
    if not numbered:
        return b"".join(frames)
    return b"".join(
        b"id: %d\n%s" % (number, frame) for number, frame in enumerate(frames, after + 1)
    )
