"""The lines of the log, newest first, from all that keeps some of them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from ..changes import Change
from ..listing import moment_of, people
from ..models import Reading
from ..period import Period
from ..unanswered.marks import has_articles

PAGE = 50
KINDS: dict[str, Promise] = {
    "opened": _("Opened to read"),
    "searched": _("Searched"),
    "exported": _("Exported"),
    "budget": _("Budgets"),
    "switch": _("Offline switch"),
    "article": _("Articles"),
    "starterprompt": _("Starter prompts"),
    "messagetemplate": _("Message templates"),
    "phrasing": _("Phrasings"),
    "questiongroup": _("Unanswered questions"),
    "review": _("Answers to review"),
    "evaluationset": _("Evaluation sets"),
    "share": _("Shared links"),
    "access": _("Users and groups"),
}
# What is told under the name of another kind.
WITH = {"article": ("articletext",), "evaluationset": ("evaluationquestion",)}
CHANGED = (
    "budget", "switch", "article", "starterprompt", "messagetemplate",
    "phrasing", "questiongroup", "review", "evaluationset", "share",
)  # fmt: skip


@dataclass(frozen=True)
class Wanted:
    """The filters of an address. What is not known of them is as if it were not there."""

    person: str = ""
    kind: str = ""

    @classmethod
    def of(cls, query: QueryDict) -> Wanted:
        kind = query.get("kind", "")
        person = query.get("person", "").strip()[:150]
        return cls(person, kind if kind in KINDS else "")


class Line(NamedTuple):
    """One row and when it was written; `place` is the number of its source."""

    at: datetime.datetime
    place: int
    pk: int
    row: Any

    @property
    def named(self) -> str:
        """What names it as the last of a page."""
        return f"{self.at.isoformat()}~{self.place}~{self.pk}"


@dataclass(frozen=True)
class Source:
    """Rows of one table. `rows` gives those of some kinds; `at` is their field of time, `who` are
    those that lead to people, `name` that of a person who is gone, "" for none."""

    kinds: frozenset[str]
    rows: Callable[[Iterable[str]], QuerySet[Any]]
    at: str
    who: tuple[str, ...]
    name: str = ""

    def find(
        self, place: int, wanted: Wanted, persons: list[Any], period: Period, after: str
    ) -> list[Line]:
        kinds = {wanted.kind} if wanted.kind else self.kinds
        if not kinds & self.kinds:
            return []
        rows = self.rows(kinds).filter(
            **{f"{self.at}__gte": period.start, f"{self.at}__lt": period.end}
        )
        if wanted.person:
            rows = rows.filter(self._of(wanted.person, persons))
        rows = self._behind(rows, place, after)
        found = rows.order_by(f"-{self.at}", "-pk")[: PAGE + 1]
        return [Line(getattr(row, self.at), place, row.pk, row) for row in found]

    def _of(self, person: str, ids: list[Any]) -> Q:
        about = Q(**{self.name: person}) if self.name else Q(pk__in=())
        for field in self.who:
            about |= Q(**{f"{field}__in": ids})
        return about

    def _behind(self, rows: QuerySet[Any], place: int, after: str) -> QuerySet[Any]:
        """Those behind the line that `after` names: at one time the sources stand in their order,
        and each from its latest row on."""
        at = moment_of(after)
        _time, _sign, rest = after.partition("~")
        number, _sign, pk = rest.partition("~")
        known = number.isdecimal() and len(number) < 4 and pk.isdecimal() and len(pk) < 19
        if at is None or not known:
            return rows
        older = Q(**{f"{self.at}__lt": at})
        if place > int(number):
            older |= Q(**{self.at: at})
        elif place == int(number):
            older |= Q(**{self.at: at, "pk__lt": int(pk)})
        return rows.filter(older)


def _readings(kinds: Iterable[str]) -> QuerySet[Any]:
    return Reading.objects.filter(action__in=kinds).select_related("user", "person")


def _changes(kinds: Iterable[str]) -> QuerySet[Any]:
    every = [name for kind in kinds for name in (kind, *WITH.get(kind, ()))]
    return Change.objects.filter(kind__in=every).select_related("user", "person")


def _versions(kinds: Iterable[str]) -> QuerySet[Any]:
    from chatkit.contrib.articles.models import Version

    large = ("body", "keywords", "file")
    return Version.objects.select_related("user", "text__live").defer(
        *large, "text__body", "text__keywords", *(f"text__live__{name}" for name in large)
    )


def _entries(kinds: Iterable[str]) -> QuerySet[Any]:
    """What Django's admin has logged of who may do what."""
    from django.contrib.admin.models import LogEntry

    about = Q(content_type__app_label="auth", content_type__model="group")
    meta = get_user_model()._meta
    about |= Q(content_type__app_label=meta.app_label, content_type__model=meta.model_name)
    return LogEntry.objects.filter(about).select_related("user", "content_type")


READINGS = Source(
    frozenset(Reading.Action.values), _readings, "at", ("user_id", "person_id"), "user_name"
)
CHANGES = Source(
    frozenset(CHANGED),
    _changes, "at", ("user_id", "person_id"), "user_name",
)  # fmt: skip
VERSIONS = Source(frozenset(("article",)), _versions, "created_at", ("user_id",))
ENTRIES = Source(frozenset(("access",)), _entries, "action_time", ("user_id",))


def sources() -> list[Source]:
    """In an order that is the same at each visit."""
    found = [READINGS, CHANGES]
    found += [VERSIONS] if has_articles() else []
    return found + ([ENTRIES] if apps.is_installed("django.contrib.admin") else [])


def page_of(wanted: Wanted, period: Period, after: str) -> tuple[list[Line], str]:
    """The lines behind the one that `after` names, and what names the last of them, "" where there
    are no more. A query for each source, and one for the person."""
    lines: list[Line] = []
    persons = people(wanted.person) if wanted.person else []
    for place, source in enumerate(sources()):
        lines += source.find(place, wanted, persons, period, after)
    lines.sort(key=lambda line: (line.at, -line.place, line.pk), reverse=True)
    return lines[:PAGE], lines[PAGE - 1].named if len(lines) > PAGE else ""
