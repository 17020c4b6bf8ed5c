"""What is told of an answer that has ended."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What a run's record may hold as its cause, which else may be words: a class of errors, perhaps
# with a status, or one of ours.
CAUSE = re.compile(
    r"[A-Za-z]{1,60}(Error|Exception|Exceeded|Cut|Missing|Answer|Triggered|Refusal)( \d{3})?"
    r"|AnswerTooLong|timeout|process gone|not stored"
)
Attribute = str | int | float | bool


@dataclass(frozen=True)
class Ended:
    """An answer that has ended, as numbers and names without words."""

    run_id: str
    workflow_id: str
    kind: str
    status: str
    outcome: str
    error: str
    first_seconds: float | None
    seconds: float | None
    model: str
    tokens_in: int
    tokens_cached: int
    tokens_out: int

    @property
    def cause(self) -> str:
        """Why it failed, in one of few words; "" where it did not."""
        if not self.error:
            return ""
        return self.error if CAUSE.fullmatch(self.error) else "other"
