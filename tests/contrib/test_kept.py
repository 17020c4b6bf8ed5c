"""How long the optional apps keep what: every table has its rule, which stands in the docs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from chatkit import retention
from chatkit.contrib.console.models import Evaluation, EvaluationResult, EvaluationSet


def test_each_table_says_until_when() -> None:
    page = (Path(settings.BASE_DIR) / "docs/howto/console.md").read_text("utf-8")
    _before, _heading, rest = page.partition("## What is kept, and until when")
    named = set(re.findall(r"`([A-Z][a-zA-Z]+)`", rest.partition("\n## ")[0]))
    models = {
        model.__name__
        for label in ("chatkit_console", "chatkit_articles")
        for model in apps.get_app_config(label).get_models()
        if model._meta.managed
    }
    assert models <= named


@pytest.mark.django_db
def test_old_evaluations_are_pruned_but_those_with_a_label() -> None:
    sets = [EvaluationSet.objects.create(name=name) for name in ("often", "seldom")]
    for evaluation_set, count in zip(sets, (53, 2), strict=True):
        for number in range(1, count + 1):
            Evaluation.objects.create(
                evaluation_set=evaluation_set, number=number, workflow_id="wf_1",
                label="release" if number == 2 else "", ended_at=evaluation_set.created_at,
            )  # fmt: skip
    first = Evaluation.objects.get(evaluation_set=sets[0], number=1)
    EvaluationResult.objects.create(evaluation=first, key="k", question="Q?", passed=True)
    assert retention.delete_rows(retention.left_over["evaluations"]()) == 2
    left = Evaluation.objects.order_by("number").values_list("number", flat=True)
    assert list(left.filter(evaluation_set=sets[0]))[:2] == [2, 4]
    assert left.filter(evaluation_set=sets[1]).count() == 2
    assert not EvaluationResult.objects.exists()
