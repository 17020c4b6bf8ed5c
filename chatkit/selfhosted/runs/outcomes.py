"""What an answer reports of itself: its outcome, what was searched and cited, and
what the question named.

All of it may be a model's word, so each text is cut and each list is short.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ...models import Run

Outcome = Run.Outcome
# What an answer may say of itself; the others are for the run to know.
REPORTABLE: Final = (
    Outcome.ANSWERED,
    Outcome.CLARIFIED,
    Outcome.NOT_FOUND,
    Outcome.REFUSED,
    Outcome.HANDED_OVER,
)
# Characters by field, and entries on one run.
SEARCHED: Final = {"query": 500, "language": 16}
CITED: Final = {"article": 200, "section": 200, "language": 16, "url": 500}
NAMED: Final = {"kind": 32, "id": 80}
MOST_SEARCHED = 10
MOST_CITED = 20
MOST_NAMED = 20

Entry = dict[str, str]


@dataclass
class Report:
    """What was reported during one run. The latest outcome counts; the lists grow."""

    outcome: str = ""
    searched: list[Entry] = field(default_factory=list)
    cited: list[Entry] = field(default_factory=list)
    named: list[Entry] = field(default_factory=list)
    said: bool = False  # a message or a widget was shown
    refused: bool = False  # the model said so in a part of its own

    def add(
        self,
        outcome: str = "",
        searched: Iterable[Mapping[str, Any]] = (),
        cited: Iterable[Mapping[str, Any]] = (),
        named: Iterable[Mapping[str, Any]] = (),
    ) -> None:
        """ValueError for an outcome that an answer can't report."""
        if outcome:
            self.outcome = Outcome(checked(outcome)).value
        _extend(self.searched, searched, SEARCHED, MOST_SEARCHED)
        _extend(self.cited, cited, CITED, MOST_CITED)
        _extend(self.named, named, NAMED, MOST_NAMED)

    def final(self, status: str) -> str:
        """The outcome of a run that ended with this status."""
        if status != Run.Status.COMPLETED:
            return Outcome(status).value
        if self.outcome:
            return self.outcome
        if self.refused:
            return Outcome.REFUSED.value
        return (Outcome.ANSWERED if self.said else Outcome.UNKNOWN).value


def checked(outcome: str) -> str:
    """The outcome, if an answer may report it; else ValueError."""
    if outcome not in REPORTABLE:
        raise ValueError(f"outcome must be one of {', '.join(REPORTABLE)}")
    return outcome


def _extend(
    kept: list[Entry], more: Iterable[Mapping[str, Any]], limits: Mapping[str, int], most: int
) -> None:
    """Add entries, cut and with the known fields only, up to `most` different ones."""
    for entry in more:
        if len(kept) >= most:
            return
        short = {
            name: storable(entry[name])[:limit]
            for name, limit in limits.items()
            if entry.get(name) not in (None, "")
        }
        if short and short not in kept:
            kept.append(short)


def storable(value: object) -> str:
    """The value as text that every database can hold: no NUL, no half of a character."""
    text = str(value)[:2_000].replace("\0", "")
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
