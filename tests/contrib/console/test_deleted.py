"""Conversations that their person has deleted, while their rows are still there: no page of staff
has a word of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from chatkit.contrib.articles.models import ArticleText, Phrasing
from chatkit.contrib.console import unanswered
from chatkit.contrib.console.models import (
    EvaluationQuestion,
    EvaluationSet,
    Question,
    QuestionGroup,
    Review,
)
from chatkit.models import Attachment, Feedback, Run, Thread, ToolCall
from tests.people import browser

from .traffic import asked

pytestmark = pytest.mark.django_db
CONSOLE = "/apps/chatkit/console/"
ADMIN = "/admin/chatkit/"
WORD = "canary"


@dataclass
class Told:
    """A conversation with the word in all that is kept of it, and who may read everything."""

    root: Client
    names: dict[str, Any]
    run: Run

    def words(self, path: str) -> str:
        """What is there, "" where nothing is."""
        return body(self.root.get(path.format(**self.names), follow=True))

    def delete(self) -> None:
        Thread.objects.filter(pk=self.run.thread_id).update(deleted_at=timezone.now())


def body(response: HttpResponseBase) -> str:
    assert response.status_code in (200, 404)
    pieces: Any = response if response.streaming else [response.content]  # type: ignore[attr-defined]
    return b"".join(pieces).decode()


@pytest.fixture
def told(admin: Any, user: Any) -> Told:
    run = asked(
        user,
        f"Where does a {WORD} live?",
        f"The {WORD} answers.",
        outcome="not_found",
        down=True,
        named=[{"kind": "customer", "id": WORD}],
    )
    Feedback.objects.update(comment=f"No {WORD}!")
    thread = run.thread
    common: Any = {"thread": thread, "user": user}
    call = ToolCall.objects.create(
        run=run, tool="look_up", status="waiting", arguments={"text": WORD}, outcome=WORD, **common
    )
    file = Attachment.objects.create(
        id="atc_1", name=f"{WORD}.pdf", mime_type="application/pdf", workflow_id="wf_1", **common
    )
    Review.objects.create(run=run, source="down", notes=f"A {WORD}, again.")
    unanswered.gather()
    root = browser(admin)
    root.post(f"{CONSOLE}conversations/{thread.pk}/open/")
    root.post(f"{CONSOLE}conversations/search/", {"words": "live"})
    names = {"run": run.pk, "thread": thread.pk, "row": quote(thread.pk), "call": quote(call.pk)}
    names |= {"file": quote(file.pk), "of_run": quote(run.pk)}
    rows = {"group": QuestionGroup.objects.get().pk, "vote": Feedback.objects.get().pk}
    return Told(root, names | rows, run)


@pytest.mark.parametrize(
    "path",
    [
        CONSOLE,
        f"{CONSOLE}?csv=unanswered",
        f"{CONSOLE}conversations/",
        f"{CONSOLE}conversations/?csv=conversations",
        f"{CONSOLE}conversations/?search=1",
        f"{CONSOLE}conversations/?search=1&csv=conversations",
        f"{CONSOLE}conversations/?list=answers",
        f"{CONSOLE}conversations/?feedback=negative",
        f"{CONSOLE}conversations/?list=answers&csv=questions",
        f"{CONSOLE}conversations/{{thread}}/",
        f"{CONSOLE}unanswered/",
        f"{CONSOLE}unanswered/?csv=unanswered",
        f"{CONSOLE}unanswered/{{group}}/",
        f"{CONSOLE}unanswered/{{group}}/?again=1",
        f"{CONSOLE}quality/",
        f"{CONSOLE}quality/?csv=reviews",
        f"{CONSOLE}quality/reviews/{{run}}/",
        f"{ADMIN}thread/",
        f"{ADMIN}thread/{{row}}/change/",
        f"{ADMIN}run/{{of_run}}/change/",
        f"{ADMIN}feedback/{{vote}}/change/",
        f"{ADMIN}attachment/",
        f"{ADMIN}attachment/{{file}}/change/",
        f"{ADMIN}toolcall/{{call}}/change/",
    ],
)
def test_no_word_of_it_is_shown(told: Told, path: str) -> None:
    assert WORD in told.words(path)
    told.delete()
    assert WORD not in told.words(path)


@pytest.mark.parametrize(
    "path", ["tools/", "tools/calls/", "tools/calls/?csv=calls", "audit/", "quality/"]
)
def test_nothing_leads_to_it(told: Told, path: str) -> None:
    told.delete()
    page = told.words(CONSOLE + path)
    assert f"conversations/{told.run.thread_id}" not in page
    assert f"reviews/{told.run.pk}" not in page


def test_its_title_is_not_searched(told: Told) -> None:
    page = f"{ADMIN}thread/?q="
    assert f"thread/{told.names['row']}/" in told.words(page + WORD)
    told.delete()
    assert f"thread/{told.names['row']}/" not in told.words(page + WORD)
    assert f"thread/{told.names['row']}/" in told.words(f"{ADMIN}thread/")


def test_no_word_of_it_is_taken_elsewhere(told: Told) -> None:
    told.delete()
    root, run = told.root, {"run": told.run.pk}
    assert root.post(f"{CONSOLE}quality/collect/", run | {"set": "s"}).status_code == 404
    assert not EvaluationSet.objects.exists()
    assert not EvaluationQuestion.objects.exists()
    assert root.post(f"{CONSOLE}quality/add/", run).status_code == 404
    review = f"{CONSOLE}quality/reviews/{told.run.pk}/mark/"
    assert root.post(review, {"status": "mended", "seen": ""}).status_code == 404
    assert root.post(f"{ADMIN}thread/{told.names['row']}/open/").status_code == 404
    mark = f"{CONSOLE}unanswered/{told.names['group']}/mark/"
    root.post(mark, {"act": "write", "title": "Birds"})
    assert WORD not in ArticleText.objects.get().body
    page = told.words(f"{CONSOLE}unanswered/{told.names['group']}/")
    slug = page.partition('name="article" required>')[2].split('value="')[2].partition('"')[0]
    root.post(mark, {"act": "answered", "article": slug})
    assert not Phrasing.objects.exists()


def test_it_is_grouped_once_it_is_back(told: Told) -> None:
    Question.objects.update(pending=True, group=None)
    told.delete()
    assert unanswered.gather() == 0
    Thread.objects.update(deleted_at=None)
    assert unanswered.gather() == 1
    assert WORD in told.words(f"{CONSOLE}unanswered/")
