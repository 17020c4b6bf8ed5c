"""Tells outside tools of runs: see `chatkit.telemetry`."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from ... import telemetry
from ...models import Run
from ...telemetry import Attribute, Ended

if TYPE_CHECKING:
    from .live import LiveRun


def begin(live: LiveRun) -> None:
    """A run begins. On the request's thread, whose span is then the parent of the run's."""
    telemetry.run_began()
    workflow_id = live.work.session.workflow_id
    live.span = telemetry.start_span(
        "chatkit.run",
        {"chatkit.workflow": workflow_id, "chatkit.run": live.id, "chatkit.request": live.kind},
    )


def end(live: LiveRun) -> None:
    """A run of this process has ended, or was refused before its first frame."""
    live.over = time.monotonic()
    telemetry.run_over()
    if live.span is None:
        return
    if live.failure is not None:
        live.span.fail(getattr(live.failure, "code", "") or type(live.failure).__name__)
    else:
        ended = _of_live(live)
        told: dict[str, Attribute] = {
            "chatkit.status": ended.status,
            "chatkit.outcome": ended.outcome,
            "gen_ai.usage.input_tokens": ended.tokens_in,
            "gen_ai.usage.output_tokens": ended.tokens_out,
        }
        if ended.model:
            told["gen_ai.response.model"] = ended.model
        if ended.first_seconds is not None:
            told["chatkit.first_word_seconds"] = ended.first_seconds
        live.span.set(told)
        if ended.status in (Run.Status.FAILED, Run.Status.INTERRUPTED):
            live.span.fail(ended.cause or "other")
    live.span.end()


def stored(live: LiveRun) -> None:
    """The end of a run of this process is stored, perhaps long after it. Not before: until then
    another process may take it for dead, and counts it."""
    telemetry.run_ended(_of_live(live), again=live.ended_late)


def recovered(run: Run) -> None:
    """A run whose process is gone was ended here."""
    if telemetry.metrics() is not None:
        telemetry.run_ended(_of_row(run))


def _of_live(live: LiveRun) -> Ended:
    first, usage = live.first_token, live.usage
    over = time.monotonic() if live.over is None else live.over
    return Ended(
        run_id=live.id,
        workflow_id=live.work.session.workflow_id,
        kind=live.kind,
        status=live.status,
        outcome=live.report.final(live.status),
        error=live.error,
        first_seconds=None if first is None else first - live.started,
        seconds=over - live.started,
        model=usage.model,
        tokens_in=usage.tokens_in or 0,
        tokens_cached=usage.tokens_cached or 0,
        tokens_out=usage.tokens_out or 0,
    )


def _of_row(run: Run) -> Ended:
    return Ended(
        run_id=run.pk,
        workflow_id=run.thread.workflow_id,
        kind=run.kind,
        status=run.status,
        outcome=run.outcome,
        error=run.error,
        first_seconds=None,
        seconds=None,
        model=run.model,
        tokens_in=run.tokens_in or 0,
        tokens_cached=run.tokens_cached or 0,
        tokens_out=run.tokens_out or 0,
    )
