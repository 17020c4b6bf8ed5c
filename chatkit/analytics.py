"""Figures computed from the rows, in one query each; and what tokens cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from django.db.models import Avg, Count, Q, QuerySet, Sum

from . import conf
from .models import Run

MILLION = 1_000_000
# At the end of the name of one version of a model: `-2025-08-07`.
DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$", re.ASCII)


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


def run_totals(runs: QuerySet[Run], *, latest: int | None = None) -> RunTotals:
    """The totals of a queryset of runs, whatever its order and filters; of so many latest ones."""
    rows = runs.order_by() if latest is None else runs.order_by("-created_at", "-pk")[:latest]
    bad = (Run.Status.FAILED, Run.Status.INTERRUPTED)
    found = rows.aggregate(
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


def price_of(model: str) -> Mapping[str, float] | None:
    """The prices of a model, None where none is set. That of `gpt-5` is that of its versions
    (`gpt-5-2025-08-07`) too, unless they have their own."""
    prices: dict[str, Mapping[str, float]] = conf.get("PRICES")
    return prices.get(model) or prices.get(DATED.sub("", model))


def cost(model: str, tokens_in: int, tokens_cached: int, tokens_out: int) -> Decimal | None:
    """What these tokens cost; None where the model has no price. `tokens_in` has the cached
    ones in it. What used no tokens cost nothing, whoever answered."""
    if not (tokens_in or tokens_out):
        return Decimal(0)
    prices = price_of(model)
    if prices is None:
        return None
    read, written = exactly(prices["input"]), exactly(prices["output"])
    cached = exactly(prices["cached"]) if "cached" in prices else read
    fresh = max(0, tokens_in - tokens_cached)
    return (fresh * read + tokens_cached * cached + tokens_out * written) / MILLION


@lru_cache(maxsize=256)
def exactly(price: float) -> Decimal:
    """The number as it is written in the settings."""
    return Decimal(str(price))
