"""What answers cost, by the prices of the settings."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache

from django.utils.formats import number_format

from chatkit import conf

MILLION = 1_000_000
# At the end of the name of one version of a model: `-2025-08-07`.
DATED = re.compile(r"-\d{4}-\d{2}-\d{2}$", re.ASCII)


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


def money(amount: Decimal | float | None) -> str:
    """An amount as the reader writes it, with the currency: “0.42 USD”; small ones in full."""
    if amount is None:
        return "–"
    value = float(amount)
    places = 2 if value == 0 or abs(value) >= 1 else 4
    shown = number_format(value, places, use_l10n=True, force_grouping=True)
    return f"{shown}\N{NO-BREAK SPACE}{conf.get('CURRENCY')}"
