"""Sums of runs by what they are asked for, as rows of the database and as they are counted."""

from __future__ import annotations

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from chatkit.models import Run

ERROR = 64  # characters of a cause


class Kind(NamedTuple):
    """What figures are told apart by."""

    day: datetime.date
    workflow_id: str
    model: str
    outcome: str
    error: str


class Person(NamedTuple):
    day: datetime.date
    user_id: Any
    workflow_id: str
    model: str


class Article(NamedTuple):
    day: datetime.date
    article: str


@dataclass
class Sum:
    """Of some runs. `first` are buckets of the time to the first word: made without Counter's own
    beginning, which takes as long as all the rest, since the sums of a year are some ten thousand.
    """

    answers: int = 0
    down: int = 0
    failed: int = 0
    not_found: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0
    first: Counter[int] = field(default_factory=lambda: Counter.__new__(Counter))

    @classmethod
    def of(cls, counts: Mapping[str, Any]) -> Sum:
        """A sum with these counts, by their names."""
        return cls(**counts)

    def times(self, factor: int) -> Sum:
        """The counts times a factor, without the times to the first word."""
        return Sum.of({name: factor * getattr(self, name) for name in COUNTS})

    def add(self, other: Sum) -> None:
        # Written out, as there are so many.
        self.answers += other.answers
        self.down += other.down
        self.failed += other.failed
        self.not_found += other.not_found
        self.tokens_in += other.tokens_in
        self.tokens_cached += other.tokens_cached
        self.tokens_out += other.tokens_out
        if other.first:
            first = self.first
            for bucket, count in other.first.items():
                first[bucket] += count


COUNTS = (
    "answers", "down", "failed", "not_found", "tokens_in", "tokens_cached", "tokens_out",
)  # fmt: skip
FAILED = (Run.Outcome.FAILED, Run.Outcome.INTERRUPTED)


@dataclass
class Facts:
    """Everything that is kept of some days."""

    figures: dict[Kind, Sum] = field(default_factory=dict)
    people: dict[Person, Sum] = field(default_factory=dict)
    articles: dict[Article, Sum] = field(default_factory=dict)


def put(sums: dict[Any, Sum], key: Any, sum_: Sum) -> None:
    """Add to the sum of a key."""
    if key in sums:
        sums[key].add(sum_)
    else:
        sums[key] = sum_


def as_told(kind: Kind, sum_: Sum) -> Sum:
    """The sum of a kind, with what its outcome says."""
    sum_.failed = sum_.answers if kind.outcome in FAILED else 0
    sum_.not_found = sum_.answers if kind.outcome == Run.Outcome.NOT_FOUND else 0
    return sum_


def with_outcome(outcome: str, values: Mapping[str, Any]) -> Sum:
    """The sum of runs of one outcome, from a row that a query gave."""
    answers = values.get("answers") or 0
    return Sum(
        answers=answers,
        failed=answers if outcome in FAILED else 0,
        not_found=answers if outcome == Run.Outcome.NOT_FOUND else 0,
        tokens_in=values.get("sum_in") or 0,
        tokens_cached=values.get("sum_cached") or 0,
        tokens_out=values.get("sum_out") or 0,
    )
