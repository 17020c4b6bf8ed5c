"""One evaluation of a set: how far it is, what passed, and what has changed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chatkit.api import NEVER_CACHED
from chatkit.managers import PROCESS_GONE

from .. import evaluations
from ..causes import in_words
from ..evaluations import comparing
from ..evaluations.models import Evaluation, EvaluationResult
from ..evaluations.running import bury
from ..guides import cell, guides
from ..prices import cost, money
from ..strip import TONES as OUTCOME_TONES
from ..tables import Cell, Column, Table
from ..visit import Visit
from ..words import listed, number, percent
from .evaluations import LIST, RUNS, STATUS_TONES, progress, told
from .quality import page_


@page_.below(f"{LIST}<int:set_id>/<int:run_number>/", "evaluation")
def show_evaluation(visit: Visit, set_id: int, run_number: int) -> HttpResponseBase:
    bury(set_id)
    runs = Evaluation.objects.select_related("evaluation_set", "started_by")
    found = get_object_or_404(runs, evaluation_set=set_id, number=run_number)
    wanted = visit.request.GET.get("against", "")[:64]
    before = evaluations.earlier(found, wanted)
    changed = evaluations.changes(found, before)
    others = found.evaluation_set.runs.filter(
        number__lt=found.number, status=Evaluation.Status.DONE
    ).order_by("-number")[:RUNS]
    spent = found.tokens_in or found.tokens_out
    paid = cost(found.model, found.tokens_in, found.tokens_cached, found.tokens_out)
    return visit.render(
        "chatkit_console/evaluation.html",
        {
            "run": found,
            "tone": STATUS_TONES[found.status],
            "cause": cause_of(found),
            "told": told(found),
            **progress(visit, found),
            "under": under(found),
            "tokens": number(found.tokens_in + found.tokens_out) if spent else "",
            "cost": money(paid) if spent and paid is not None else "",
            "before": before,
            "told_change": told_change(changed) if before else "",
            "others": others,
            "table": results_table(visit, changed, before is not None) if visit.may_read else None,
            "back_url": visit.url("evaluation_set", set_id),
            "again_url": visit.here(),
        },
        title=f"{found.evaluation_set.name} {found.name}",
    )


@page_.below(f"{LIST}<int:set_id>/<int:run_number>/progress/", "progress")
def show_progress(visit: Visit, set_id: int, run_number: int) -> HttpResponseBase:
    """How far it is, for the script of its page: `{"asked", "total", "told", "over"}`."""
    bury(set_id)
    found = get_object_or_404(Evaluation, evaluation_set=set_id, number=run_number)
    answer = {
        "asked": found.asked,
        "total": found.total,
        "told": f"{found.get_status_display()} · {told(found)}",
        "over": found.is_over,
    }
    return JsonResponse(answer, headers={"Cache-Control": NEVER_CACHED})


def under(run: Evaluation) -> str:
    bar = run.evaluation_set.bar
    if bar is None or run.status != Evaluation.Status.DONE or run.share >= bar:
        return ""
    return gettext("That is under the bar of %(bar)s.") % {"bar": percent(bar, 1)}


def told_change(changed: list[evaluations.Change]) -> str:
    kinds = [change.kind for change in changed]
    better, worse = kinds.count(comparing.BETTER), kinds.count(comparing.WORSE)
    words = ngettext("%(count)s question passes now", "%(count)s questions pass now", better)
    more = ngettext("%(count)s fails now", "%(count)s fail now", worse)
    return f"{words % {'count': number(better)}}, {more % {'count': number(worse)}}"


def results_table(visit: Visit, changed: list[evaluations.Change], compared: bool) -> Table:
    known = guides({slug for change in changed for slug in change.result.got_articles[:3]})
    rows = []
    for change in changed:
        now = change.now
        row: list[Any] = [Cell(change.result.question)]
        if now is None:
            row += [Cell(""), Cell(""), Cell(""), Cell("")]
        else:
            mark = gettext("As expected") if now.passed else gettext("Not as expected")
            row += [
                Cell(now.passed, mark, tone="success" if now.passed else "error"),
                Cell(now.got_outcome, str(now.get_got_outcome_display()), tone=_tone(now),
                     note=in_words(now.error) if now.error else ""),
                Cell(listed(cell(slug, known).shown for slug in now.got_articles[:3])),
                Cell(missed(now)),
            ]  # fmt: skip
        if compared:
            label = str(comparing.LABELS[change.kind])
            row.append(Cell(change.kind, label, tone=comparing.TONES.get(change.kind, "")))
        rows.append(row)
    columns = [
        Column("question", _("Question"), words=True),
        Column("passed", _("Result")),
        Column("outcome", _("Outcome")),
        Column("articles", _("Articles"), words=True),
        Column("missed", _("Expected"), words=True),
    ]
    if compared:
        columns.append(Column("change", _("Against before")))
    return Table(
        "results", _("Questions"), columns, rows, empty=_("No question was asked yet."),
        said=visit.may_read,
    )  # fmt: skip


def _tone(result: EvaluationResult) -> str:
    return OUTCOME_TONES.get(result.got_outcome, "")


def missed(result: EvaluationResult) -> str:
    """What was expected of a question that did not pass."""
    if result.passed:
        return ""
    named = [str(result.get_outcome_display()), result.article, result.phrase]
    return " · ".join(filter(None, named))


def cause_of(run: Evaluation) -> str:
    if run.status != Evaluation.Status.BROKEN:
        return ""
    if run.error == PROCESS_GONE:
        return gettext("Its process ended before it.")
    return in_words(run.error)
