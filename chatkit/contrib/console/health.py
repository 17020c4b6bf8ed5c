"""One sentence on how the assistant does, and how good that is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from . import causes
from .daily import Figures, percentile
from .daily.facts import FAILED
from .words import number, percent, seconds

# Shares from which on something is wrong, of at least so many answers.
BAD_FAILED, SOME_FAILED, BAD_NOT_FOUND, ENOUGH = 0.1, 0.02, 0.15, 5
HELPED = ("answered", "clarified", "handed_over")


@dataclass(frozen=True)
class Health:
    """`tone` is success, warning or error, info where there is nothing to tell."""

    tone: str
    sentence: str
    cause: str = ""


def health(figures: Figures) -> Health:
    """The sentence of a period: “96 % answered, 2 failures, first word 1.4 s.”, and its cause."""
    outcomes = figures.outcomes()
    ended = outcomes.total() - outcomes[""]
    if not ended:
        return Health("info", _("Nobody has asked anything in this period."))
    total = figures.total()
    failed, not_found = total.failed, outcomes["not_found"]
    parts = [
        _("%(share)s answered") % {"share": percent(sum(outcomes[name] for name in HELPED), ended)}
    ]
    parts.append(
        ngettext("%(count)s failure", "%(count)s failures", failed) % {"count": number(failed)}
        if failed
        else _("no failures")
    )
    median = percentile(total.first, 0.5)
    if median is not None:
        parts.append(_("first word %(time)s") % {"time": seconds(median)})
    sentence = _("%(parts)s.") % {"parts": _(", ").join(parts)}
    if ended >= ENOUGH and failed >= BAD_FAILED * ended:
        return Health("error", sentence, _failing(figures))
    if failed and failed >= SOME_FAILED * ended:
        return Health("warning", sentence, _failing(figures))
    if ended >= ENOUGH and not_found >= BAD_NOT_FOUND * ended:
        share = percent(not_found, ended)
        cause = _("%(share)s of the questions found no answer in the articles.")
        return Health("warning", sentence, cause % {"share": share})
    return Health("success", sentence)


def by_cause(figures: Figures) -> Counter[str]:
    """How many answers failed, by the cause as it is recorded."""
    counted: Counter[str] = Counter()
    for kind, sum_ in figures.sums.items():
        if kind.outcome in FAILED and sum_.answers:
            counted[kind.error] += sum_.answers
    return counted


def _failing(figures: Figures) -> str:
    counted: Counter[str] = Counter()
    for error, count in by_cause(figures).items():
        counted[causes.in_words(error)] += count
    cause, count = counted.most_common(1)[0]
    return _("Most frequent cause: %(cause)s (%(count)s).") % {
        "cause": cause,
        "count": number(count),
    }
