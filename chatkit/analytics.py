"""Figures computed from the rows, in one query each."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Avg, Count, Q, QuerySet, Sum

from .models import Run


@dataclass(frozen=True)
class RunTotals:
    """Sums over some runs; the means are in milliseconds, None where nothing was measured."""

    runs: int
    failed: int  # failed or interrupted
    answered: int
    not_found: int
    tokens_in: int
    tokens_out: int
    mean_first_token_ms: int | None
    mean_duration_ms: int | None


def run_totals(runs: QuerySet[Run]) -> RunTotals:
    """The totals of a queryset of runs, whatever its order and filters."""
    bad = (Run.Status.FAILED, Run.Status.INTERRUPTED)
    found = runs.order_by().aggregate(
        runs=Count("pk"),
        failed=Count("pk", filter=Q(status__in=bad)),
        answered=Count("pk", filter=Q(outcome=Run.Outcome.ANSWERED)),
        not_found=Count("pk", filter=Q(outcome=Run.Outcome.NOT_FOUND)),
        tokens_in=Sum("tokens_in"),
        tokens_out=Sum("tokens_out"),
        first=Avg("first_token_ms"),
        duration=Avg("duration_ms"),
    )
    return RunTotals(
        runs=found["runs"],
        failed=found["failed"],
        answered=found["answered"],
        not_found=found["not_found"],
        tokens_in=found["tokens_in"] or 0,
        tokens_out=found["tokens_out"] or 0,
        mean_first_token_ms=_whole(found["first"]),
        mean_duration_ms=_whole(found["duration"]),
    )


def _whole(mean: float | None) -> int | None:
    return None if mean is None else round(mean)


def cited_articles(cited: object) -> list[str]:
    """The names of the articles of a run's `cited`, whatever its shape, each once."""
    entries = cited if isinstance(cited, list) else []
    names = (entry.get("article") for entry in entries if isinstance(entry, dict))
    return list(dict.fromkeys(name for name in names if isinstance(name, str) and name))
