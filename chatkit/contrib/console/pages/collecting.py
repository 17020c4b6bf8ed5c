"""A question of a conversation, taken into an evaluation set."""

from __future__ import annotations

from django.db import transaction
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404

from chatkit import workflows
from chatkit.models import Run

from .. import evaluations
from ..evaluations import logged
from ..evaluations.exchange import is_name
from ..evaluations.models import EvaluationSet
from ..visit import Visit
from .evaluations import may_change
from .quality import page_


@page_.below("quality/collect/", "collect", methods=("POST",))
def collect(visit: Visit) -> HttpResponseBase:
    """Take the question of a run into a set, which is made where there is none of that name."""
    if not may_change(visit):
        raise Http404
    given = visit.given
    run = get_object_or_404(Run.objects.undeleted(), pk=given.get("run", ""))
    name = given.get("set", "").strip()
    if not is_name(name):
        raise Http404
    user = visit.request.user
    with transaction.atomic():
        found, made = EvaluationSet.objects.get_or_create(
            name=name, defaults={"workflow_id": workflow_of(run)}
        )
        if made:
            logged.tell_set(user, found, {}, logged.of_set(found))
        question = evaluations.collect(found, run, user)
    if question is None:
        return HttpResponseRedirect(visit.url("evaluation_set", found.pk))
    return HttpResponseRedirect(visit.url("evaluation_question", found.pk, question.pk))


def workflow_of(run: Run) -> str:
    """The workflow that answered, where it is another than the default."""
    workflow_id, default = run.thread.workflow_id, workflows.default()
    known = workflow_id in workflows.table() and (not default or default.id != workflow_id)
    return workflow_id if known else ""
