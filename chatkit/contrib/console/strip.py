"""What became of a question, in a line: “1.2 s to first word → Looked up customers → timed out”."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatkit.entities import all_kinds
from chatkit.models import Run, ToolCall

from .causes import in_words
from .daily.facts import FAILED
from .quality.models import Review
from .tools import label_of
from .words import listed, seconds

TONES = {
    "answered": "success",
    "clarified": "info",
    "handed_over": "info",
    "not_found": "warning",
    "refused": "warning",
    "failed": "error",
    "interrupted": "error",
}
CALLS = {
    ToolCall.Status.FAILED: "error",
    ToolCall.Status.UNFIT: "error",
    ToolCall.Status.REFUSED: "warning",
    ToolCall.Status.EXPIRED: "warning",
    ToolCall.Status.CANCELLED: "warning",
}


@dataclass(frozen=True)
class Step:
    text: str
    tone: str = ""


@dataclass
class Strip:
    """The steps of one run, and the run itself; `review` where it is in the review queue."""

    run: Run
    steps: list[Step] = field(default_factory=list)
    review: Review | None = None


def strips(runs: list[Run]) -> dict[str, Strip]:
    """The strips of runs by their ids. One query. No step holds what people or tools said."""
    calls: dict[str, list[ToolCall]] = {}
    found = ToolCall.objects.filter(run__in=[run.pk for run in runs]).order_by("created_at", "pk")
    for call in found.only("run_id", "tool", "status", "created_at"):
        calls.setdefault(call.run_id or "", []).append(call)
    return {run.pk: Strip(run, _steps(run, calls.get(run.pk, []))) for run in runs}


def _steps(run: Run, calls: list[ToolCall]) -> list[Step]:
    steps = []
    if run.first_token_ms is not None:
        time = seconds(run.first_token_ms)
        steps.append(Step(_("%(time)s to first word") % {"time": time}))
    if kinds := {one.get("kind") for one in run.named if isinstance(one, dict)}:
        labels = [str(kind.title) for kind in all_kinds().values() if kind.name in kinds]
        steps.append(Step(_("named: %(kinds)s") % {"kinds": listed(labels) or "–"}))
    if searched := len(run.searched if isinstance(run.searched, list) else []):
        words = ngettext("searched the articles", "searched the articles %(count)d times", searched)
        steps.append(Step(words % {"count": searched}))
    steps += [_call(call) for call in calls]
    steps.append(_end(run))
    if run.editors_told_at is not None:
        steps.append(Step(_("Told the editors"), "info"))
    return steps


def _call(call: ToolCall) -> Step:
    label = label_of(call.tool)
    status = call.current_status
    if status == ToolCall.Status.DONE:
        return Step(label)
    words = ToolCall.Status(status).label
    return Step(f"{label}: {words}", CALLS.get(ToolCall.Status(status), "info"))


def _end(run: Run) -> Step:
    if run.outcome in FAILED or run.status in FAILED:
        words = f"{run.get_outcome_display() or run.get_status_display()}: {in_words(run.error)}"
    else:
        words = str(run.get_outcome_display() or run.get_status_display())
    if run.duration_ms is not None:
        words = _("%(end)s after %(time)s") % {"end": words, "time": seconds(run.duration_ms)}
    return Step(words, TONES.get(run.outcome, ""))


def outcome_of(run: Run) -> tuple[str, str, str]:
    """A run's outcome for a list: its words, their colour, and the cause of a failure."""
    words = str(run.get_outcome_display() or run.get_status_display())
    cause = in_words(run.error) if run.outcome in FAILED else ""
    return words, TONES.get(run.outcome, ""), cause
