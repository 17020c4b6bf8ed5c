"""Addresses and forms that no page of ours makes: each gets an answer, and no error of ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatkit.contrib.articles import editing
from chatkit.contrib.console import evaluations, unanswered
from chatkit.contrib.console.models import EvaluationSet, QuestionGroup, Review
from chatkit.models import ToolCall
from tests.people import browser

from .traffic import asked

pytestmark = pytest.mark.django_db
URL = "/apps/chatkit/console/"
ADMIN = "/admin/chatkit/"
HUGE = "9" * 30
ENDLESS = "9" * 5000  # more digits than Python reads
NOW = timezone.now().isoformat().replace("+", "%2B")


@pytest.fixture
def root(admin: Any) -> Client:
    return browser(admin)


@pytest.fixture
def names(user: Any) -> dict[str, Any]:
    """What there is on the pages, by its name in the addresses below."""
    run = asked(user, "Where do canaries live?", outcome="not_found", down=True)
    ToolCall.objects.create(thread=run.thread, run=run, user=user, tool="t", status="done")
    Review.objects.create(run=run, source="down")
    unanswered.gather()
    asks = [{"question": "Who?", "phrase": "I"}]
    file = {"format": "chatkit-evaluation/1", "name": "birds", "questions": asks}
    made = evaluations.take_in(evaluations.load(json.dumps(file).encode()))
    begun = evaluations.begin(made, user=user)
    return {
        "run": run.pk,
        "thread": run.thread_id,
        "row": quote(run.thread_id),
        "group": QuestionGroup.objects.get().pk,
        "set": made.pk,
        "question": made.questions.get().pk,
        "number": begun.number,
        "article": editing.create_article("Birds").pk,
        "huge": HUGE,
        "endless": ENDLESS,
        "now": NOW,
    }


@pytest.mark.parametrize(
    "path",
    [
        "audit/?after={now}~{endless}~1",
        "audit/?after={now}~1~{endless}",
        "audit/?after={now}~{huge}~{huge}",
        "audit/?after={now}~²~²",
        "audit/?after=9000-12-31T23:59:59-23:59~1~1",
        "conversations/?after={now}~{endless}",
        "conversations/?after={endless}~x",
        "conversations/?after=9000-12-31T23:59:59-23:59~x",
        "conversations/?list=answers&after={now}~{endless}",
        "conversations/?list=answers&after=1970-01-01T00:00:00%2B23:59~x",
        "conversations/?feedback=negative&after={now}~{endless}",
        "conversations/?person={endless}&outcome={endless}&cause={endless}&workflow={endless}",
        "conversations/{thread}/?page={endless}&item={endless}",
        "conversations/{thread}/?page=-1",
        "conversations/?period=own&from=1970-01-01&to=1970-01-02",
        "conversations/?period=own&from={endless}&to=9999-12-31",
        "quality/?after={now}~{endless}&reason={endless}&whose={endless}",
        "tools/calls/?after={now}~{endless}&tool={endless}",
        "unanswered/?status={endless}",
        "unanswered/{huge}/",
        "unanswered/{endless}/",
        "usage/?group={endless}",
        "setup/?group={endless}&language={endless}",
        "quality/evaluations/{huge}/",
        "quality/evaluations/{huge}/file/",
        "quality/evaluations/{huge}/{number}/",
        "quality/evaluations/{huge}/{number}/progress/",
        "quality/evaluations/{set}/{huge}/",
        "quality/evaluations/{set}/{huge}/progress/",
        "quality/evaluations/{set}/{number}/?against={huge}",
        "quality/evaluations/{set}/{number}/?against=²",
        "quality/evaluations/{set}/questions/{huge}/",
        "quality/evaluations/{huge}/questions/{question}/",
    ],
)
def test_an_address_that_nobody_made(root: Client, names: dict[str, Any], path: str) -> None:
    response = root.get(URL + path.format(**names))
    assert response.status_code in (200, 302, 404)


@pytest.mark.parametrize(
    "path",
    [
        f"{ADMIN}thread/{{row}}/change/?page={{endless}}&item={{endless}}",
        f"{ADMIN}thread/?updated_at__from={{endless}}&updated_at__to=9999-12-31",
        f"{ADMIN}run/?created_at__from=0001-01-01&created_at__to=9000-12-31",
        f"{ADMIN}session/{{huge}}/change/",
        f"{ADMIN}share/{{endless}}/change/",
        f"{ADMIN}run/?model=%00",
        f"{ADMIN}run/?q=%00",
        f"{ADMIN}thread/?workflow_id=%00",
        f"{ADMIN}thread/%00/change/",
        f"{ADMIN}thread/%00/open/",
        f"{ADMIN}thread/{{row}}/change/?item=%00",
        f"{ADMIN}starterprompt/?language=%00",
        "/admin/chatkit_articles/article/?q=%00",
        "/admin/chatkit_articles/article/?missing=%00&state=%00",
        "/admin/chatkit_articles/phrasing/?language=%00",
        "/admin/chatkit_articles/articletext/add/?article={huge}&language=en",
        "/admin/chatkit_articles/articletext/add/?article={endless}&language=en",
        "/admin/chatkit_articles/articletext/{huge}/history/",
        "/admin/chatkit_articles/articletext/{huge}/change/",
        "/admin/chatkit_articles/article/{endless}/change/",
    ],
)
def test_one_of_the_admin(root: Client, names: dict[str, Any], path: str) -> None:
    response = root.get(path.format(**names), follow=True)
    assert response.status_code in (200, 404)


FORMS = {
    "quality/add/": {"run": "{run}\0"},
    "quality/collect/": {"run": "{run}\0", "set": "more\0"},
    "quality/reviews/{run}/mark/": {"status": "mended", "seen": "", "notes": "Sing\0ing"},
    "quality/evaluations/{set}/change/": {"act": "add", "question": "Wh\0y?", "phrase": "\0So"},
    "quality/evaluations/{set}/run/": {"label": "v\x001"},
    "unanswered/{group}/mark/": {"act": "write", "title": "Bi\0rds"},
    "conversations/search/": {"words": "can\0aries", "person": "a\0da"},
    "setup/switch/": {"to": "offline", "workflow": "", "notice": "Ba\0ck soon"},
    "setup/prompts/": {"seen": "\0", "id": "\0", "language": "e\0n", "group": "\0"},
}


@pytest.mark.parametrize("path", FORMS)
def test_a_nul_in_a_form_goes_nowhere(root: Client, names: dict[str, Any], path: str) -> None:
    given = {name: value.format(**names) for name, value in FORMS[path].items()}
    told: list[Any] = []

    def look(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        told.append(params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        response = root.post(URL + path.format(**names), given)
    assert response.status_code in (302, 404)
    assert "\\x00" not in repr(told)
    assert "\0" not in str(list(EvaluationSet.objects.values()))
