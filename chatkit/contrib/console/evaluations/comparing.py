"""What differs between two evaluations of a set, question by question."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from .models import Evaluation, EvaluationResult

BETTER, WORSE, OTHER, SAME, NEW, GONE = "better", "worse", "other", "same", "new", "gone"
LABELS = {
    BETTER: _("Passes now"),
    WORSE: _("Fails now"),
    OTHER: _("Answered otherwise"),
    SAME: _("As before"),
    NEW: _("New"),
    GONE: _("Not asked any more"),
}
TONES = {BETTER: "success", WORSE: "error", OTHER: "info"}
ORDER = (WORSE, BETTER, OTHER, NEW, GONE, SAME)


@dataclass(frozen=True)
class Change:
    """One question in both: `before` is None in the first evaluation, `now` where it is gone."""

    kind: str
    now: EvaluationResult | None
    before: EvaluationResult | None

    @property
    def result(self) -> EvaluationResult:
        """The newer of the two."""
        found = self.now or self.before
        assert found is not None
        return found


def changes(now: Evaluation, before: Evaluation | None) -> list[Change]:
    """Every question, what got worse first. Two queries."""
    new = {result.key: result for result in now.results.all()}
    old = {result.key: result for result in before.results.all()} if before else {}
    found = [
        Change(_kind(result, old.get(key)), result, old.get(key)) for key, result in new.items()
    ]
    # One that was broken off has not come to all of them.
    if now.status == Evaluation.Status.DONE:
        found += [Change(GONE, None, result) for key, result in old.items() if key not in new]
    return sorted(found, key=lambda change: (ORDER.index(change.kind), change.result.passed))


def _kind(now: EvaluationResult, before: EvaluationResult | None) -> str:
    if before is None:
        return NEW
    if now.passed != before.passed:
        return BETTER if now.passed else WORSE
    told = [(one.got_outcome, one.got_articles, one.error) for one in (now, before)]
    return SAME if told[0] == told[1] else OTHER
