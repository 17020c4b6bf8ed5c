"""A run that is being written, or has just ended, in this process."""

from __future__ import annotations

import asyncio
import threading
import time
from enum import StrEnum
from typing import TYPE_CHECKING

from ...models import Run
from .buffer import FrameBuffer
from .database import written_now
from .outcomes import Report
from .process import Process
from .unit_of_work import UnitOfWork
from .usage import Usage

if TYPE_CHECKING:
    from ...telemetry.tracing import Span


class StopReason(StrEnum):
    """Why a run is stopped before its answer is complete."""

    STOPPED = "stopped"  # by its user
    REVOKED = "revoked"  # its session was cancelled, or its user deactivated
    TIMEOUT = "timeout"
    SHUTDOWN = "shutdown"


class LiveRun(FrameBuffer):
    """A run of this process: its frames, and the values of its record."""

    def __init__(
        self,
        process: Process,
        run_id: str,
        work: UnitOfWork,
        kind: str,
        language: str,
        key: str | None = None,
    ) -> None:
        super().__init__(process.loop)
        self.process = process
        self.id = run_id
        self.work = work
        self.kind = kind
        self.key = key
        self.language = language  # of its user
        self.saved = 0  # how many frames are in the database
        self.released = 0  # how many may be shown, where the site has a Redis
        self.status: str = Run.Status.RUNNING
        self.failure: BaseException | None = None  # the error that ended it before the first frame
        self.error = ""  # for the record; contains no text of users
        self.stop_reason: StopReason | None = None
        self.cancelled_at = 0.0
        self.closing_frames: list[bytes] = []  # sent after a cancellation
        self.late_frames: list[bytes] = []  # that came of storing the answer
        self.ended_late = False  # after another process took it for dead
        self.usage = Usage()
        self.report = Report()
        self.started = time.monotonic()
        self.first_token: float | None = None
        self.answered: float | None = None  # when all was said; what follows is about the answer
        self.over: float | None = None  # when it ended, stored or not
        self.span: Span | None = None
        self.task: asyncio.Task[None] | None = None
        self.finishing: asyncio.Task[None] | None = None
        self.first = threading.Event()  # the first frame, or the end without one

    def row(self, thread_id: str) -> Run:
        """The run's record at its start. The unique `live` prevents a second run in the thread."""
        return Run(
            id=self.id,
            thread_id=thread_id,
            # As they are: who asks on trial may be nobody, and that row is not stored.
            user_id=self.work.session.user_id,
            visitor_id=self.work.session.visitor_id,
            session_id=self.work.session.pk,
            kind=self.kind,
            live=thread_id,
            key=self.key,
            owner=self.process.owner,
            heartbeat_at=written_now(),
            listened_at=written_now(),
        )

    # -- the producer's side, on the loop ------------------------------------------------

    def append(self, frame: bytes) -> None:
        if self.process.streams is None:
            super().append(frame)
        else:
            self.frames.append(frame)
            self.process.streams.written(self)
        if len(self.frames) == 1:
            self.first.set()

    def close(self) -> None:
        if self.process.streams is None:
            super().close()
        else:
            self.done = True
            self.process.streams.written(self)
        self.first.set()

    @property
    def shown(self) -> int:
        """Where the site has a Redis, a frame is shown once it is there: what a listener has
        seen is kept even if this process is killed in the next moment."""
        return len(self.frames) if self.process.streams is None else self.released

    def show(self, count: int) -> None:
        """Redis has this many frames, or does not answer and nobody is to wait for it."""
        self.released = max(self.released, count)
        if self.done:
            self.wake()
        else:
            self._tell_readers()

    def stop(self) -> None:
        """Its user wants no more of it. On the loop's thread."""
        self.cancel(StopReason.STOPPED)

    def cancel(self, why: StopReason) -> None:
        """Cancel the run; its text stays. On the loop's thread."""
        if self.done or self.task is None:
            return
        now = time.monotonic()
        # Once: a second cancellation could interrupt the SDK while it saves the text. Again only
        # where the answerer has ignored the first.
        if self.stop_reason is None or now - self.cancelled_at > 5:
            self.stop_reason = self.stop_reason or why
            self.cancelled_at = now
            self.task.cancel()
