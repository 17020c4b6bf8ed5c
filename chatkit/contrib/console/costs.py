"""What answers cost, by the prices of the settings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from chatkit import conf

from .daily.facts import Kind, Sum

MILLION = 1_000_000


@dataclass(frozen=True)
class Cost:
    """`amount` in the prices' currency, None where no model has a price. `missing` are the
    models that were used and have none: they count no zero, they are not in it."""

    amount: float | None
    missing: tuple[str, ...] = ()


def prices() -> dict[str, Any]:
    """`{"model": {"input", "cached", "output"}}`, each for a million tokens."""
    known: dict[str, Any] = conf.get("PRICES") if "PRICES" in conf.BY_NAME else {}
    return known or {}


def cost_of(sums: Iterable[tuple[Kind, Sum]]) -> Cost:
    """What these answers cost."""
    known, amount, missing = prices(), None, set()
    for kind, sum_ in sums:
        if not (sum_.tokens_in or sum_.tokens_out):
            continue
        price = known.get(kind.model)
        if price is None:
            missing.add(kind.model)
            continue
        fresh = sum_.tokens_in - sum_.tokens_cached
        paid = fresh * price["input"] + sum_.tokens_out * price["output"]
        paid += sum_.tokens_cached * price.get("cached", price["input"])
        amount = (amount or 0) + paid / MILLION
    return Cost(amount, tuple(sorted(missing)))
