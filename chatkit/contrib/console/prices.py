"""What answers cost, as it is shown."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format

from chatkit import conf
from chatkit.analytics import cost

__all__ = ["cost", "money"]


def money(amount: Decimal | float | None) -> str:
    """An amount as the reader writes it, with the currency: “0.42 USD”; small ones in full."""
    if amount is None:
        return "–"
    value = float(amount)
    places = 2 if value == 0 or abs(value) >= 1 else 4
    shown = number_format(value, places, use_l10n=True, force_grouping=True)
    return f"{shown}\N{NO-BREAK SPACE}{conf.get('CURRENCY')}"
