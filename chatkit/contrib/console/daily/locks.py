"""Days that nobody else changes meanwhile."""

from __future__ import annotations

from django.db import connection
from django.db.models import F, Q

from ..models import Day


def lock(days: Q) -> None:
    """Hold the rows of these days, which are there, until the transaction ends. One query."""
    rows = Day.objects.filter(days)
    if connection.features.has_select_for_update:
        # In their order, as everybody does: no two ever wait for each other.
        list(rows.select_for_update().order_by("day").values_list("day", flat=True))
    else:  # SQLite, which is held by whoever writes
        rows.update(made_at=F("made_at"))
