"""Operators who do the same at once: one is first, and the others are told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest
from django.test import Client

from chatkit.contrib.articles.models import Article
from chatkit.contrib.console import unanswered
from chatkit.contrib.console.models import (
    Change,
    EvaluationQuestion,
    EvaluationSet,
    QuestionGroup,
    Review,
)
from tests.contrib.articles.test_at_once import at_once
from tests.people import browser

from .traffic import asked

pytestmark = pytest.mark.django_db(transaction=True)
URL = "/apps/chatkit/console/"
OPERATORS = 4
ROUNDS = 3


@pytest.fixture
def operators(admin: Any) -> list[Client]:
    return [browser(admin) for _ in range(OPERATORS)]


def posted(jobs: Sequence[Callable[[], Any]]) -> list[int]:
    """The statuses of answers that were asked for together, the lowest first."""
    found = at_once(list(jobs))
    assert [one for one in found if isinstance(one, Exception)] == []
    return sorted(response.status_code for response in found)


def test_one_saves_a_review(operators: list[Client], user: Any) -> None:
    for _round in range(ROUNDS):
        run = asked(user)
        Review.objects.create(run=run, source="down")
        url = f"{URL}quality/reviews/{run.pk}/mark/"
        jobs = [
            partial(client.post, url, {"status": "mended", "seen": "", "notes": f"By {number}."})
            for number, client in enumerate(operators)
        ]
        assert posted(jobs) == [302] + [409] * (OPERATORS - 1)
        assert Change.objects.filter(kind="review", object_id=run.pk).count() == 1


def test_one_decides_about_a_question(operators: list[Client], user: Any) -> None:
    asked(user, "Where do canaries live?", outcome="not_found")
    unanswered.gather()
    group = QuestionGroup.objects.get()
    url = f"{URL}unanswered/{group.pk}/mark/"
    given = {"act": "write", "title": "Canaries", "seen": ""}
    jobs = [partial(client.post, url, given) for client in operators]
    assert posted(jobs) == [302] + [409] * (OPERATORS - 1)
    assert Article.objects.count() == 1
    late = operators[0].post(url, {"act": "dismiss", "seen": ""})
    assert late.status_code == 409
    assert "Somebody has changed this meanwhile" in late.content.decode()
    group.refresh_from_db()
    assert group.status == "drafted"
    now = operators[0].get(f"{URL}unanswered/{group.pk}/").content.decode()
    seen = now.partition('name="seen" value="')[2].partition('"')[0]
    assert operators[0].post(url, {"act": "dismiss", "seen": seen}).status_code == 302


def test_a_question_comes_into_a_set_once(operators: list[Client]) -> None:
    for number in range(ROUNDS):
        made = EvaluationSet.objects.create(name=f"birds-{number}")
        given = {"act": "add", "question": "Why?", "phrase": "So"}
        url = f"{URL}quality/evaluations/{made.pk}/change/"
        jobs = [partial(client.post, url, given) for client in operators]
        assert posted(jobs) == [302] + [400] * (OPERATORS - 1)
    assert EvaluationQuestion.objects.count() == ROUNDS


def test_all_may_bring_in_an_answer(operators: list[Client], user: Any) -> None:
    for _round in range(ROUNDS):
        run = asked(user)
        jobs = [partial(client.post, f"{URL}quality/add/", {"run": run.pk}) for client in operators]
        assert posted(jobs) == [302] * OPERATORS
        assert Review.objects.get(run=run).status == "open"
