"""Ends the runs of a process that is told to end, before the server closes their streams."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from .lifecycle import stop_all
from .process import existing

# How long answers may go on. Shorter than the server's graceful timeout, so that their readers
# are still told that the answer was interrupted.
GRACE_SECONDS = 3.0
Handler = Callable[[int, FrameType | None], object]
SIGNALS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def ends_runs(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """While this is open, a signal that the server handles also ends the runs, a little later.

    Otherwise uvicorn waits for open streams until its graceful timeout, or for ever.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signal handlers can only be set on the main thread
        return
    ours = {}
    for number in SIGNALS:
        theirs = signal.getsignal(number)
        if callable(theirs):  # by default the process ends at once
            ours[number] = theirs, _handler(loop, theirs)
            signal.signal(number, ours[number][1])
    try:
        yield
    finally:
        for number, (theirs, handler) in ours.items():
            if signal.getsignal(number) is handler:
                signal.signal(number, theirs)


def _handler(loop: asyncio.AbstractEventLoop, theirs: Handler) -> Handler:
    def handle(number: int, frame: FrameType | None) -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(_end_soon, loop)
        theirs(number, frame)

    return handle


def end_runs_at_signals() -> None:
    """The same from now on, in a process whose server has threads instead of an event loop. On the
    main thread."""
    for number in SIGNALS:
        theirs = signal.getsignal(number)
        if callable(theirs):
            signal.signal(number, _threaded(theirs))


def _threaded(theirs: Handler) -> Handler:
    def handle(number: int, frame: FrameType | None) -> None:
        timer = threading.Timer(GRACE_SECONDS, _end)
        timer.daemon = True  # where all has ended before, the process does not wait for it
        timer.start()
        theirs(number, frame)

    return handle


def _end_soon(loop: asyncio.AbstractEventLoop) -> None:
    loop.call_later(GRACE_SECONDS, loop.run_in_executor, None, _end)


def _end() -> None:
    process = existing()
    if process is not None:
        for part in process.parts():
            part.shutting_down = True
        stop_all()
