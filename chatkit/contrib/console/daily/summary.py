"""All figures of a day in one value of JSON, as `Day.summary` keeps it:

{"kinds": [[workflow, model, outcome, cause, *COUNTED], …], "first": {bucket: count}}

The times to the first word are those of the day: each kind of its own would be most of it.
"""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from .facts import Kind, Sum, as_told

COUNTED = ("answers", "down", "tokens_in", "tokens_cached", "tokens_out")


def written(figures: Mapping[Kind, Sum]) -> dict[str, Any]:
    """The summary of a day that has these figures."""
    first: Counter[str] = Counter()
    kinds = []
    for kind, sum_ in figures.items():
        kinds.append([*kind[1:], *(getattr(sum_, name) for name in COUNTED)])
        for bucket, count in sum_.first.items():
            first[str(bucket)] += count
    return {"kinds": kinds, "first": dict(first)}


def read(day: datetime.date, summary: Mapping[str, Any]) -> Iterator[tuple[Kind, Sum]]:
    """The figures of a summary. The times to the first word are those of the kind without names."""
    for workflow_id, model, outcome, cause, *counts in summary["kinds"]:
        kind = Kind(day, workflow_id, model, outcome, cause)
        answers, down, *tokens = counts
        yield kind, as_told(kind, Sum(answers, down, 0, 0, *tokens))


def first_words(summary: Mapping[str, Any]) -> Counter[int]:
    """How many answers of the day had their first word within which time."""
    return Counter({int(bucket): count for bucket, count in summary["first"].items()})
