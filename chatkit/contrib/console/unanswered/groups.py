"""The groups as the page shows them: how often, by how many, when last, in which words."""

from __future__ import annotations

import datetime
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from chatkit import visitors
from chatkit.knowledge import Findings, knowledge_of
from chatkit.knowledge.citing import article_url, page_url
from chatkit.knowledge.language import fold
from chatkit.models import Run

from .. import asked
from ..models import Question, QuestionGroup
from ..period import Period
from ..words import number
from .gather import language_of

MOST = 50  # groups on a page
LOOKED_AT = 200  # the latest questions of a group whose words are read
PATIENCE = 2.0  # seconds that a page waits for the vectors of the articles
LOOKED_UP = 5  # of its wordings, for the articles that are near
LONGEST = 0.8  # seconds for searching; a question takes 0.03, a very long one 0.2
WORDINGS = 20  # of a group that are shown, and asked again


@dataclass(frozen=True)
class Line:
    """A group with its figures of the period; `words` are those of its latest question."""

    group: QuestionGroup
    count: int
    people: int
    last: datetime.datetime
    words: str
    since: int = 0  # of them after it was marked


@dataclass(frozen=True)
class Wording:
    """Questions that differ in nothing but capitals, accents and marks."""

    text: str
    language: str
    count: int
    last: datetime.datetime
    thread_id: str
    run_id: str
    workflow_id: str = ""  # that was asked, where it has articles of its own


def name_of(group: QuestionGroup, words: str) -> str:
    """A group by one of its questions; by a number for those who may not read them."""
    if words:
        return words if len(words) <= 200 else f"…{words[-199:].lstrip()}"
    return _("Question %(number)s") % {"number": number(group.pk)}


def lines(period: Period, status: str, *, with_words: bool, most: int = MOST) -> list[Line]:
    """The groups that were asked most in the period. At most six queries."""
    rows: QuerySet[Any] = Question.objects.filter(
        asked_at__gte=period.start, asked_at__lt=period.end
    ).order_by()
    counted = list(
        rows.filter(group__status=status)
        .values("group")
        # Not of the keys: an index has all that is asked for.
        .annotate(count=Count("*"), last=Max("asked_at"))
        .order_by("-count", "-last", "group")[:most]
    )
    # Of the groups that are shown alone: to tell people apart is to sort the questions.
    asking = rows.filter(group=OuterRef("pk")).values("group")
    who: Any = Count("user", distinct=True)
    if visitors.is_used():
        who += Count("run__visitor", distinct=True)
    asking = asking.annotate(people=who).values("people")
    shown = QuestionGroup.objects.defer("vector").annotate(people=Subquery(asking))
    groups = shown.in_bulk([row["group"] for row in counted])
    words = _latest_words(list(groups)) if with_words else {}
    marked = [group for group in groups.values() if group.marked_at is not None]
    since = _since(marked)
    return [
        Line(
            groups[row["group"]],
            row["count"],
            groups[row["group"]].people,
            row["last"],
            words.get(row["group"], ""),
            since.get(row["group"], 0),
        )
        for row in counted
        if row["group"] in groups
    ]


def _latest_words(ids: list[int]) -> dict[int, str]:
    rows = Question.objects.filter(asked.READABLE, group=OuterRef("pk"))
    latest = rows.order_by("-asked_at", "-pk")
    runs = dict(
        QuestionGroup.objects.filter(pk__in=ids)
        .annotate(latest=Subquery(latest.values("pk")[:1]))
        .values_list("pk", "latest")
    )
    found = Run.objects.filter(pk__in=[run for run in runs.values() if run])
    words = asked.questions(list(found))
    return {group: words.get(run or "", "") for group, run in runs.items()}


def _since(groups: Sequence[QuestionGroup]) -> dict[int, int]:
    if not groups:
        return {}
    later = QuestionGroup.objects.filter(pk=OuterRef("group")).values("marked_at")
    rows = (
        Question.objects.filter(group__in=groups, asked_at__gt=Subquery(later[:1]))
        .order_by()
        .values("group")
        .annotate(count=Count("pk"))
    )
    return {row["group"]: row["count"] for row in rows}


def wordings(group: QuestionGroup) -> list[Wording]:
    """How the group's latest questions were worded, the most frequent first. Three queries."""
    rows = group.questions.filter(asked.READABLE).select_related("run__thread")
    latest = rows.order_by("-asked_at", "-pk")[:LOOKED_AT]
    runs = [question.run for question in latest]
    words = asked.questions(runs)
    found: dict[tuple[str, str], Wording] = {}
    for run in runs:
        text = words[run.pk]
        folded = " ".join(fold(text).strip(" ?!.¿¡؟").split()) or text  # of marks alone: "???"
        if not folded:
            continue
        workflow_id = knowledge_of(run.thread.workflow_id).workflow_id
        key = (workflow_id, folded)
        known = found.get(key)
        count = known.count + 1 if known else 1
        first = known or Wording(
            text, language_of(run), 0, run.created_at, run.thread_id, run.pk, workflow_id
        )
        found[key] = replace(first, count=count)
    return sorted(found.values(), key=lambda one: -one.count)[:WORDINGS]


@dataclass(frozen=True)
class Again:
    """What the search says to a wording now: the article that answers, as title and address, or
    those among which it asks back."""

    wording: Wording
    answer: tuple[str, str] | None
    asked: tuple[tuple[str, str], ...] = ()


def passages(searched: list[Findings]) -> list[tuple[str, str]]:
    """Title and address of the articles that are nearest to the first of these, best first."""
    found: dict[tuple[str, str], None] = {}
    for findings in searched[:LOOKED_UP]:
        for match in findings.matches:
            found[match.section.title, page_url(match.section)] = None
        for article in findings.nearest:
            found[article.title, article_url(article)] = None
    return list(found)[:5]


def articles_now(words: list[Wording], searched: list[Findings]) -> list[Again]:
    """What the search says to each wording now, of those that it was asked in the time there is."""
    told = []
    for wording, findings in zip(words, searched, strict=False):
        section = findings.matches[0].section if findings.matches else None
        offered = tuple((article.title, article_url(article)) for article in findings.nearest)
        told.append(
            Again(
                wording,
                (section.title, page_url(section)) if section else None,
                offered if findings.asks else (),
            )
        )
    return told


def search(words: list[Wording]) -> list[Findings]:
    """What is found for each wording, or for the first ones of them where it takes longer than
    LONGEST. Waits for the articles' vectors once, however many wordings there are."""
    found: list[Findings] = []
    end = float("inf")
    for wording in words:
        if time.monotonic() > end:
            break
        language = wording.language or get_language() or "en"
        patience = 0.0 if found else PATIENCE
        knowledge = knowledge_of(wording.workflow_id)
        found.append(knowledge.search(wording.text, language=language, patience=patience))
        if len(found) == 1:
            end = time.monotonic() + LONGEST  # this one may have waited for the vectors
    return found
