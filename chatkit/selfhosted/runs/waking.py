"""How those who listen to a run are woken, and how often they write."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

Waker = Callable[[], object]

# A stream's first writes go out at once. Later ones keep this distance, in seconds, and hold
# all frames that came meanwhile: nobody reads faster, and each write has its price.
AT_ONCE = 8
DISTANCE = 1 / 30


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


def wake(wakers: list[Waker]) -> None:
    """Wake them all. Others may add and remove themselves at the same time."""
    while wakers:
        try:
            wakers.pop()()
        except (IndexError, RuntimeError):  # another took it; that listener's loop is closed
            continue


def settle(future: asyncio.Future[bool], value: bool) -> None:
    if not future.done():
        future.set_result(value)


def forget(wakers: list[Waker], waker: Waker) -> None:
    try:
        wakers.remove(waker)
    except ValueError:  # it has been woken
        return


def join(frames: list[bytes], after: int, numbered: bool) -> bytes:
    """One write of several frames; with `id: N` lines where a client resumes by number."""
    if not numbered:
        return b"".join(frames)
    return b"".join(
        b"id: %d\n%s" % (number, frame) for number, frame in enumerate(frames, after + 1)
    )
