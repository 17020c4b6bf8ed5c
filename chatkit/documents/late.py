"""The end of the time that there is for one document."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

AGAIN = 1.0  # seconds, where a library has swallowed it


class Late(BaseException):
    """The time is over. No `Exception`, which libraries catch."""


@contextmanager
def until(deadline: float | None) -> Iterator[None]:
    """Raises Late within the block once `time.monotonic()` says so, wherever it is. On the main
    thread; not on Windows, which has no such alarm."""
    if deadline is None or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(number: int, frame: object) -> None:
        raise Late

    before = signal.signal(signal.SIGALRM, ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, max(0.001, deadline - time.monotonic()), AGAIN)
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
