"""A server is ended under readers and started again; what each saw beside what is kept."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from ..selfhosted.realserver import RealServer
from .outages import counted
from .readers import Readers

LOST = 100  # deltas of one answer: what is written in a tick of 0.5 s, on a machine that is busy


@dataclass(frozen=True)
class Round:
    shown: int  # deltas, of all answers
    kept: int
    lost: int  # the most that one answer lost
    start: float  # seconds until the server serves again


def one_round(
    server: RealServer,
    streams: int,
    *,
    kill: bool,
    deltas: int = 60,
    alone: AbstractContextManager[object] | None = None,
) -> Round:
    """SIGKILL or SIGTERM once each reader has seen `deltas`. No question is lost, no answer has a
    hole, and of one that was shown at most what a tick writes is missing, after SIGTERM nothing.

    While answers stream, `alone` is held, so that rounds side by side leave each other the machine.
    """
    with alone or nullcontext():
        readers = Readers(server, "drip 2000", streams).begin(f'"delta":"{deltas} "')
        server.kill() if kill else server.terminate()
        readers.end()
    began = time.monotonic()
    server.start()
    start = time.monotonic() - began
    assert all(reader.thread_id for reader in readers.all)
    shown = [counted(reader.shown) for reader in readers.all]
    kept = [counted(text) for text in readers.stored()]
    lost = max(0, *(saw - found for saw, found in zip(shown, kept, strict=True)))
    assert lost <= (LOST if kill else 0), f"{lost} deltas were shown and not kept"
    return Round(sum(shown), sum(kept), lost, start)
