"""Evaluation sets, below Quality: questions that are asked again, and what has changed."""

from __future__ import annotations

from typing import Any, cast

from django.db import transaction
from django.db.models import Count, Max, Q
from django.http import Http404, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatkit import access
from chatkit.models import Run

from .. import evaluations
from ..evaluations import logged, tasks
from ..evaluations.collecting import key_of
from ..evaluations.exchange import FIELDS, is_bar
from ..evaluations.models import Evaluation, EvaluationQuestion, EvaluationResult, EvaluationSet
from ..evaluations.running import bury
from ..guides import Guide, cell, guides
from ..tables import Cell, Column, Table
from ..visit import Visit
from ..words import number, percent
from .quality import page_

CHANGE = "chatkit_console.change_evaluationset"
RUNS = 20  # of a set that are listed
STATUS_TONES = {"done": "success", "broken": "error", "running": "info", "waiting": "info"}
LIST = "quality/evaluations/"


def may_change(visit: Visit) -> bool:
    """The questions are words of people."""
    return bool(visit.may(CHANGE) and visit.may_read)


@page_.below(LIST, "evaluations")
def show(visit: Visit) -> HttpResponseBase:
    return _list(visit)


def _list(visit: Visit, problem: str = "") -> HttpResponseBase:
    latest = Max("runs__number", filter=Q(runs__status=Evaluation.Status.DONE))
    sets = EvaluationSet.objects.annotate(
        count=Count("questions", distinct=True), latest=latest
    ).order_by("name")
    found = list(sets)
    wanted = Q(pk__in=())
    for one in found:
        wanted |= Q(evaluation_set=one, number=one.latest)
    last = {run.evaluation_set_id: run for run in Evaluation.objects.filter(wanted)}
    rows = [_set_row(visit, one, last.get(one.pk)) for one in found]
    return visit.render(
        "chatkit_console/evaluations.html",
        {
            "table": Table(
                "sets", _("Evaluation sets"),
                [
                    Column("set", _("Set"), words=True),
                    Column("questions", _("Questions"), number=True),
                    Column("passed", _("As expected"), number=True),
                    Column("bar", _("Bar"), number=True),
                    Column("last", _("Last asked")),
                ],
                rows,
                empty=_(
                    "There is no set yet. Take in a file, or collect questions from conversations."
                ),
            ),
            "problem": problem,
            "may_change": may_change(visit),
            "import_url": visit.url("take_in"),
            "quality_url": visit.url("quality"),
        },
        title=gettext("Evaluation sets"),
        status=400 if problem else 200,
    )  # fmt: skip


def _set_row(visit: Visit, one: Any, last: Evaluation | None) -> list[Any]:
    share: Any = Cell("")
    if last is not None:
        under = one.bar is not None and last.share < one.bar
        shown = percent(last.passed, last.total)
        share = Cell(last.share, shown, tone="error" if under else "success")
    bar = Cell("") if one.bar is None else Cell(one.bar, percent(one.bar, 1))
    url = visit.url("evaluation_set", one.pk)
    return [Cell(one.name, url=url), one.count, share, bar, last.ended_at if last else Cell("")]


@page_.below(f"{LIST}take-in/", "take_in", methods=("POST",))
def take_in(visit: Visit) -> HttpResponseBase:
    """Take in a set from a file."""
    if not may_change(visit):
        raise Http404
    given: Any = visit.request.FILES.get("file")
    shown = visit.at("evaluations")
    if given is None:
        return _list(shown, gettext("Choose a file first."))
    try:
        file = evaluations.load(given.read(evaluations.LARGEST + 1))
        made = evaluations.take_in(file, visit.request.user)
    except evaluations.FileError as error:
        return _list(shown, str(error))
    return HttpResponseRedirect(visit.url("evaluation_set", made.pk))


# -- one set ----------------------------------------------------------------------------------


@page_.below(f"{LIST}<int:set_id>/", "evaluation_set")
def show_set(visit: Visit, set_id: int) -> HttpResponseBase:
    return _set_page(visit, get_object_or_404(EvaluationSet, pk=set_id))


def _set_page(
    visit: Visit,
    found: EvaluationSet,
    question: EvaluationQuestion | None = None,
    problem: str = "",
) -> HttpResponseBase:
    """The page of a set; `question` is what the form for a new one has, with the `problem` for
    which it was not taken."""
    bury(found)
    runs = list(found.runs.select_related("started_by").order_by("-number")[:RUNS])
    return visit.render(
        "chatkit_console/evaluation_set.html",
        {
            "set": found,
            "bar": "" if found.bar is None else percent(found.bar, 1),
            **progress(visit, next((run for run in runs if not run.is_over), None)),
            "again_url": visit.here(),
            "runs": runs_table(visit, runs),
            "questions": questions_table(visit, found) if visit.may_read else None,
            "question_count": found.questions.count(),
            "may_change": may_change(visit),
            "outcomes": Run.Outcome.choices,
            "question": question or EvaluationQuestion(),
            "problem": problem,
            "run_url": visit.url("evaluate", found.pk),
            "file_url": visit.url("evaluation_file", found.pk),
            "change_url": visit.url("change_set", found.pk),
            "back_url": visit.url("evaluations"),
        },
        title=found.name,
        status=400 if problem else 200,
    )


def progress(visit: Visit, live: Evaluation | None) -> dict[str, Any]:
    """What a page shows of an evaluation that goes on; nothing of one that is over."""
    if live is None or live.is_over:
        return {}
    return {
        "live": live,
        "told": told(live),
        "progress_url": visit.url("progress", live.evaluation_set_id, live.number),
    }


def told(run: Evaluation) -> str:
    """How many were as expected."""
    if run.status != Evaluation.Status.DONE:
        words = gettext("%(asked)s of %(total)s questions asked, %(passed)s as expected")
    else:
        words = gettext("%(passed)s of %(total)s answered as expected")
    figures = {name: number(getattr(run, name)) for name in ("asked", "total", "passed")}
    return words % figures


def runs_table(visit: Visit, runs: list[Evaluation]) -> Table:
    rows = [
        [
            Cell(run.name, url=visit.url("evaluation", run.evaluation_set_id, run.number)),
            run.created_at,
            Cell(run.status, str(run.get_status_display()), tone=STATUS_TONES[run.status]),
            Cell(run.passed, percent(run.passed, run.total) if run.is_over else "–"),
            run.asked,
            access.login_name(run.started_by) if run.started_by else "",
        ]
        for run in runs
    ]
    return Table(
        "runs", _("When it was asked"),
        [
            Column("evaluation", _("Evaluation")),
            Column("time", _("Begun")),
            Column("status", _("Status")),
            Column("passed", _("As expected"), number=True),
            Column("asked", _("Asked"), number=True),
            Column("by", _("By"), words=True),
        ],
        rows, empty=_("This set was not asked yet."),
    )  # fmt: skip


def questions_table(visit: Visit, found: EvaluationSet) -> Table:
    questions = list(found.questions.all())
    known = guides({one.article for one in questions if one.article})
    rows = [
        [
            Cell(one.question, url=visit.url("evaluation_question", found.pk, one.pk)),
            one.language,
            *expected(one, known),
        ]
        for one in questions
    ]
    columns = [Column("question", _("Question"), words=True), Column("language", _("Language"))]
    return Table(
        "questions", _("Questions"), [*columns, *EXPECTED], rows,
        empty=_("Collect questions from conversations, or add them here."),
        said=visit.may_read,
    )  # fmt: skip


EXPECTED = [
    Column("article", _("Expected article"), words=True),
    Column("phrase", _("Expected phrase"), words=True),
    Column("outcome", _("Expected outcome")),
]


def expected(one: EvaluationQuestion | EvaluationResult, known: dict[str, Guide]) -> list[Cell]:
    return [
        cell(one.article, known),
        Cell(one.phrase),
        Cell(one.outcome, str(one.get_outcome_display())),
    ]


@page_.below(f"{LIST}<int:set_id>/file/", "evaluation_file")
def file(visit: Visit, set_id: int) -> HttpResponseBase:
    """The set as a file."""
    found = get_object_or_404(EvaluationSet, pk=set_id)
    if not visit.may_read or not found.questions.exists():  # which no set takes in again
        raise Http404
    visit.tell_export("results")
    response = HttpResponse(evaluations.dump(found), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="evaluation-{found.pk}.json"'
    return response


@page_.below(f"{LIST}<int:set_id>/run/", "evaluate", methods=("POST",))
def evaluate(visit: Visit, set_id: int) -> HttpResponseBase:
    """Ask the set, as who presses the button; the page shows how far it is."""
    if not may_change(visit):
        raise Http404
    found = get_object_or_404(EvaluationSet, pk=set_id)
    user, label = cast("Any", visit.request.user), visit.given.get("label", "")
    try:
        made = evaluations.begin(found, label=label.strip(), user=user)
    except evaluations.BusyError:
        return HttpResponseRedirect(visit.url("evaluation_set", found.pk))
    tasks.start(made, user)
    return HttpResponseRedirect(visit.url("evaluation", found.pk, made.number))


@page_.below(f"{LIST}<int:set_id>/change/", "change_set", methods=("POST",))
@transaction.atomic
def change_set(visit: Visit, set_id: int) -> HttpResponseBase:
    """Add a question, set the bar, or delete the set."""
    if not may_change(visit):
        raise Http404
    given = visit.given
    act = given.get("act", "")
    found = _locked(set_id)
    if found is None:
        return _gone(visit, None, adds=act == "add")
    user, before = visit.request.user, logged.of_set(found)
    if act == "delete" and given.get("sure"):
        logged.tell_set(user, found, before | {"questions": found.questions.count()}, {})
        found.delete()
        return HttpResponseRedirect(visit.url("evaluations"))
    if act == "bar":
        bar = _bar(given.get("bar", ""))
        if bar is not None and not is_bar(bar):
            raise Http404
        found.bar = bar
        found.save(update_fields=["bar"])
        logged.tell_set(user, found, before, logged.of_set(found))
    elif act == "add":
        question = EvaluationQuestion(evaluation_set=found)
        if problem := _keep(question, given, user):
            return _set_page(visit.at("evaluation_set", found.pk), found, question, problem)
    else:
        raise Http404
    return HttpResponseRedirect(visit.url("evaluation_set", found.pk))


def _bar(given: str) -> float | None:
    """A share from percent; -1 for what is none."""
    if not given.strip():
        return None
    try:
        return float(given) / 100
    except ValueError:
        return -1


@page_.below(f"{LIST}<int:set_id>/questions/<int:question_id>/", "evaluation_question")
def show_question(visit: Visit, set_id: int, question_id: int) -> HttpResponseBase:
    found = _question(set_id, question_id)
    if not visit.may_read:
        raise Http404
    return _question_page(visit, found)


def _question_page(
    visit: Visit, found: EvaluationQuestion, problem: str = "", *, lost: bool = False
) -> HttpResponseBase:
    """The page of a question, with the `problem` for which it was not kept as it stands there. One
    that is not in its set any more may come into it anew; with `lost` there is no set."""
    set_id = found.evaluation_set_id
    act = ("change_question", set_id, found.pk) if found.pk else ("change_set", set_id)
    return visit.render(
        "chatkit_console/evaluation_question.html",
        {
            "question": found,
            "problem": problem,
            "outcomes": Run.Outcome.choices,
            "may_change": may_change(visit) and not lost,
            "act_url": "" if lost else visit.url(*act),
            "set_name": gettext("Evaluation sets") if lost else found.evaluation_set.name,
            "back_url": visit.url("evaluations") if lost else visit.url("evaluation_set", set_id),
        },
        title=gettext("Question of a set"),
        status=400 if problem else 200,
    )


@page_.below(
    f"{LIST}<int:set_id>/questions/<int:question_id>/change/",
    "change_question",
    methods=("POST",),
)
@transaction.atomic
def change_question(visit: Visit, set_id: int, question_id: int) -> HttpResponseBase:
    if not may_change(visit):
        raise Http404
    own, given = _locked(set_id), visit.given
    found = EvaluationQuestion.objects.filter(pk=question_id, evaluation_set=set_id).first()
    deletes = given.get("act") == "delete"
    if found is None:
        return _gone(visit, own, adds=not deletes)
    if deletes:
        logged.tell_question(visit.request.user, found, logged.of_question(found), {})
        found.delete()
    elif problem := _keep(found, given, visit.request.user):
        shown = visit.at("evaluation_question", set_id, found.pk)
        return _question_page(shown, found, problem)
    return HttpResponseRedirect(visit.url("evaluation_set", set_id))


def _gone(visit: Visit, own: EvaluationSet | None, *, adds: bool) -> HttpResponseBase:
    """Instead of a change of a question that was taken out meanwhile, alone or with its set. What
    somebody has written is shown, so that it is not lost."""
    if not adds:
        url = visit.url("evaluation_set", own.pk) if own else visit.url("evaluations")
        return HttpResponseRedirect(url)
    question = EvaluationQuestion(evaluation_set=own)
    _fill(question, visit.given)
    if own is None:
        problem = gettext(
            "This set was deleted while you were editing it. Nothing is lost: what you wrote is "
            "below. Copy it into another set to keep it."
        )
        return _question_page(visit.at("evaluations"), question, problem, lost=True)
    problem = gettext(
        "This question was taken out of the set while you were editing it. Nothing is lost: what "
        "you wrote is below. Add it to put it into the set again."
    )
    return _question_page(visit.at("evaluation_set", own.pk), question, problem)


def _locked(set_id: int) -> EvaluationSet | None:
    """Of two who change a set at once the second waits here: a question comes into it once, and
    one that is gone does not come back by itself."""
    return EvaluationSet.objects.select_for_update().filter(pk=set_id).first()


def _question(set_id: int, question_id: int) -> EvaluationQuestion:
    return get_object_or_404(EvaluationQuestion, pk=question_id, evaluation_set=set_id)


def _fill(question: EvaluationQuestion, given: Any) -> None:
    for name, longest in FIELDS.items():
        setattr(question, name, given.get(name, "").strip()[:longest])


def _keep(question: EvaluationQuestion, given: Any, user: Any) -> str:
    """Keep what a form says: ""; or why it is not kept. Http404 for what no form of ours sends."""
    before = {} if question.pk is None else logged.of_question(question)
    _fill(question, given)
    question.key = key_of(question.question, question.language)
    others = EvaluationQuestion.objects.filter(
        evaluation_set=question.evaluation_set_id, key=question.key
    ).exclude(pk=question.pk)
    if question.outcome not in ("", *Run.Outcome.values):
        raise Http404
    if not question.question:
        return gettext("Write a question first.")
    if not (question.article or question.phrase or question.outcome):
        return gettext("Say what is expected of the answer: an article, a phrase or an outcome.")
    if others.exists():
        return gettext("The set has this question already.")
    question.save()
    logged.tell_question(user, question, before, logged.of_question(question))
    return ""
