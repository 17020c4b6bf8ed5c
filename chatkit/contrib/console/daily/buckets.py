"""How long the first word took, as counts in buckets that grow by a tenth: sums of them give any
percentile to within some 5 %."""

from __future__ import annotations

import math
from collections.abc import Mapping

from django.db.models import Case, FloatField, IntegerField, Value, When
from django.db.models.expressions import Combinable, F
from django.db.models.functions import Cast, Floor, Ln

FINE = 10  # buckets for each factor of e
NONE = -1  # of answers without a first word


def of(ms: int | None) -> int:
    """The bucket of a time in milliseconds."""
    return NONE if ms is None else math.floor(math.log(ms + 1) * FINE)


def expression(field: str) -> Case:
    """The same in the database."""
    moment: Combinable = Cast(F(field) + 1, FloatField())
    bucket = Cast(Floor(Ln(moment) * Value(float(FINE))), IntegerField())
    unknown = When(**{f"{field}__isnull": True}, then=Value(NONE))
    return Case(unknown, default=bucket, output_field=IntegerField())


def percentile(buckets: Mapping[int, int], share: float) -> int | None:
    """The time in milliseconds within which `share` (0..1) of the answers began; None for none."""
    total = sum(buckets.values())
    if total <= 0:
        return None
    wanted, seen = share * total, 0
    for bucket in sorted(buckets):
        seen += buckets[bucket]
        if seen >= wanted:
            return round(math.exp((bucket + 0.5) / FINE) - 1)
    return None
