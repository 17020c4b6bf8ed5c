"""What the answers of a period cost."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

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
    amount: Decimal | None = None
    missing = set()
    for kind, sum_ in sums:
        if not (sum_.tokens_in or sum_.tokens_out):
            continue
        paid = prices.cost(kind.model, sum_.tokens_in, sum_.tokens_cached, sum_.tokens_out)
        if paid is None:
            missing.add(kind.model)
        else:
            amount = (amount or Decimal(0)) + paid
    return Cost(amount, tuple(sorted(missing)))
