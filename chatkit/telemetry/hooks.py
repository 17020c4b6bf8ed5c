"""What the rest of the app calls: each call does nothing where nobody listens."""

from __future__ import annotations

import importlib
import importlib.util
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

from django.core.signals import setting_changed

from .. import conf
from .ended import Attribute, Ended

if TYPE_CHECKING:
    from .prometheus import Metrics
    from .tracing import Span, Tracing

logger = logging.getLogger("chatkit.telemetry")


@cache
def metrics() -> Metrics | None:
    """The figures of this process, None where they are not kept: a folder for them that can't be
    used is logged, once, and the chat goes on without."""
    if not conf.get("METRICS_TOKEN") or importlib.util.find_spec("prometheus_client") is None:
        return None
    try:
        from .prometheus import METRICS
    except OSError as error:
        logger.warning("No figures are kept, see PROMETHEUS_MULTIPROC_DIR: %s", error)
        return None
    return METRICS


@cache
def tracing() -> Tracing | None:
    """Makes spans, None where nobody could read them."""
    if importlib.util.find_spec("opentelemetry") is None:
        return None
    try:
        importlib.import_module("opentelemetry.trace")
    except ImportError:  # another part of OpenTelemetry's namespace
        return None
    from .tracing import Tracing

    return Tracing()


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting == "CHATKIT":
        metrics.cache_clear()


setting_changed.connect(_forget, dispatch_uid="chatkit.telemetry")


def session_asked(workflow_id: str, result: str) -> None:
    """A session was asked for: `result` is "ok", or the code of the error."""
    if (found := metrics()) is not None:
        found.session_asked(workflow_id, result)


@contextmanager
def stream_opened() -> Iterator[None]:
    """For as long as an answer is being read."""
    found = metrics()
    if found is None:
        yield
        return
    with found.stream_open():
        yield


def run_began() -> None:
    """An answer has begun; `run_over` follows, where this process does not end first."""
    if (found := metrics()) is not None:
        found.run_began()


def run_over() -> None:
    """An answer is not written any more. `run_ended` follows where there is one to count."""
    if (found := metrics()) is not None:
        found.run_over()


def run_ended(ended: Ended, *, again: bool = False) -> None:
    """The end of an answer is stored. `again` where it was counted before, by who took it for
    dead and knew nothing of what it has used."""
    if (found := metrics()) is not None:
        found.run_ended(ended, again=again)


def transcribed(
    workflow_id: str,
    result: str,
    *,
    seconds: float | None = None,
    model: str = "",
    tokens_in: int = 0,
    tokens_out: int = 0,
) -> None:
    """A recording was written down, or was not: `result` is "ok", or the code of the error.
    `seconds` is how long it was, where that is known."""
    if (found := metrics()) is not None:
        found.transcribed(workflow_id, result, seconds or 0, model, tokens_in, tokens_out)


@contextmanager
def span(name: str, attributes: Mapping[str, Attribute]) -> Iterator[Span | None]:
    """A span around the block, of which spans that begin in it are children."""
    found = tracing()
    if found is None:
        yield None
        return
    with found.span(name, attributes) as begun:
        yield begun


def start_span(name: str, attributes: Mapping[str, Attribute]) -> Span | None:
    """A span that the caller ends."""
    found = tracing()
    return None if found is None else found.start(name, attributes)
