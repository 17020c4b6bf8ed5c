"""What the answers of a period cost."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from . import prices
from .daily.facts import Kind, Sum


@dataclass(frozen=True)
class Cost:
    """`amount` in the prices' currency, None where no model that was used has a price. `missing`
    are the models that have none: they count no zero, they are not in it."""

    amount: Decimal | None
    missing: tuple[str, ...] = ()


def cost_of(sums: Iterable[tuple[Kind, Sum]]) -> Cost:
    """What these answers cost."""
    return costs_by(sums, lambda kind: None).get(None, Cost(None))


def costs_by(sums: Iterable[tuple[Kind, Sum]], by: Callable[[Kind], Any]) -> dict[Any, Cost]:
    """What they cost by what `by` makes of their kinds, of what used tokens."""
    # Summed before it is priced, which takes longest: a year has some ten thousand sums.
    tokens: dict[tuple[Any, str], list[int]] = {}
    for kind, sum_ in sums:
        if not (sum_.tokens_in or sum_.tokens_out):
            continue
        name = by(kind), kind.model
        counts = tokens.get(name)
        if counts is None:
            counts = tokens[name] = [0, 0, 0]
        counts[0] += sum_.tokens_in
        counts[1] += sum_.tokens_cached
        counts[2] += sum_.tokens_out
    amounts: dict[Any, Decimal | None] = {}
    missing: dict[Any, set[str]] = {}
    for (whose, model), counts in tokens.items():
        paid = prices.cost(model, *counts)
        amounts.setdefault(whose, None)
        if paid is None:
            missing.setdefault(whose, set()).add(model)
        else:
            amounts[whose] = (amounts[whose] or Decimal(0)) + paid
    return {
        whose: Cost(amount, tuple(sorted(missing.get(whose, ()))))
        for whose, amount in amounts.items()
    }
