"""The figures, in prometheus_client's own registry: a site that serves that has them too.

With PROMETHEUS_MULTIPROC_DIR in the environment they are those of all processes.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from prometheus_client import multiprocess as processes
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from ..analytics import cost
from .ended import Ended

CONTENT_TYPE = CONTENT_TYPE_LATEST
DIRECTORIES = ("PROMETHEUS_MULTIPROC_DIR", "prometheus_multiproc_dir")
# Seconds.
FIRST = (0.05, 0.1, 0.25, 0.5, 1, 2, 3, 5, 10, 20, 30)
WHOLE = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300)


class Metrics:
    """OSError where the folder of the processes can't be written to."""

    def __init__(self) -> None:
        if (place := folder()) is not None:
            place.mkdir(parents=True, exist_ok=True)
            # Before the first figure, which would stay in the registry where the next one fails.
            if not os.access(place, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, "Nothing can be written there", str(place))
        self._sessions = Counter(
            "chatkit_sessions", "Sessions asked for, by what came of it.", ["workflow", "result"]
        )
        self._runs = Counter(
            "chatkit_runs", "Answers that have ended, by outcome.", ["workflow", "outcome"]
        )
        self._errors = Counter(
            "chatkit_errors", "Answers that failed, by cause.", ["workflow", "cause"]
        )
        self._first = Histogram(
            "chatkit_first_word_seconds",
            "From the question to the first word of its answer.",
            ["workflow"],
            buckets=FIRST,
        )
        self._whole = Histogram(
            "chatkit_run_seconds",
            "From the question to the end of its answer.",
            ["workflow"],
            buckets=WHOLE,
        )
        self._live = Gauge(
            "chatkit_live_runs", "Answers that are being written.", multiprocess_mode="livesum"
        )
        self._streams = Gauge(
            "chatkit_open_streams", "Answers that are being read.", multiprocess_mode="livesum"
        )
        self._transcriptions = Counter(
            "chatkit_transcriptions",
            "Recordings to be written down, by what came of it.",
            ["workflow", "result"],
        )
        self._spoken = Counter(
            "chatkit_transcribed_seconds", "Seconds of speech written down.", ["workflow"]
        )
        self._tokens = Counter(
            "chatkit_tokens",
            "Tokens of answers and recordings: read (with those from the model's cache), cached, "
            "written.",
            ["workflow", "model", "kind"],
        )
        self._cost = Counter(
            "chatkit_cost",
            "Cost of answers and recordings by PRICES, in CURRENCY; models without a price are not "
            "in it.",
            ["workflow", "model"],
        )

    def session_asked(self, workflow_id: str, result: str) -> None:
        self._sessions.labels(workflow_id, result).inc()

    @contextmanager
    def stream_open(self) -> Iterator[None]:
        with self._streams.track_inprogress():
            yield

    def run_began(self) -> None:
        self._live.inc()

    def run_over(self) -> None:
        self._live.dec()

    def run_ended(self, ended: Ended, *, again: bool) -> None:
        workflow, model = ended.workflow_id, ended.model
        # A counter takes nothing back: one that was taken for dead stays interrupted here.
        if not again:
            self._runs.labels(workflow, ended.outcome).inc()
            if ended.status in ("failed", "interrupted"):
                self._errors.labels(workflow, ended.cause or "other").inc()
        if ended.first_seconds is not None:
            self._first.labels(workflow).observe(ended.first_seconds)
        if ended.seconds is not None:
            self._whole.labels(workflow).observe(ended.seconds)
        self._used(workflow, model, ended.tokens_in, ended.tokens_cached, ended.tokens_out)

    def transcribed(
        self,
        workflow_id: str,
        result: str,
        seconds: float,
        model: str,
        tokens_in: int,
        tokens_out: int,
    ) -> None:
        self._transcriptions.labels(workflow_id, result).inc()
        if seconds:
            self._spoken.labels(workflow_id).inc(seconds)
        self._used(workflow_id, model, tokens_in, 0, tokens_out)

    def _used(self, workflow: str, model: str, *tokens: int) -> None:
        """`tokens`: read, cached, written."""
        for kind, count in zip(("in", "cached", "out"), tokens, strict=True):
            if count:
                self._tokens.labels(workflow, model, kind).inc(count)
        if paid := cost(model, *tokens):
            self._cost.labels(workflow, model).inc(float(paid))

    def text(self) -> bytes:
        """All figures as Prometheus reads them."""
        if folder() is None:
            return generate_latest(REGISTRY)
        bury()
        registry = CollectorRegistry()
        processes.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)


def folder() -> Path | None:
    """Where the processes of this server write their figures, None where each keeps its own."""
    named = next(filter(None, map(os.environ.get, DIRECTORIES)), None)
    return Path(named) if named else None


def bury() -> None:
    """Take what is of now from processes that are gone: nobody tells of the end of one that is
    killed, and its answers would be written for ever. Their counts stay."""
    place = folder()
    for path in place.glob("gauge_live*_*.db") if place else ():
        pid = path.stem.rpartition("_")[2]
        if pid.isdecimal() and not is_there(int(pid)):
            path.unlink(missing_ok=True)


def is_there(pid: int) -> bool:
    """Whether there is a process of this number on this machine."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True


METRICS = Metrics()
