"""The write that names a thread by what its answer was about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from ... import fulltext
from ...models import Session, Thread
from ...statements import Select, Update
from .writes import OWNERS, Transaction, Write

MOST_ALIKE = 50  # threads that are told apart by a number
LATEST = 200  # threads of a person that a new one is told from, however many they have


@dataclass(frozen=True)
class NameThread(Write):
    """Give a thread whose title is still its question, `first`, the first of `titles` that none of
    the person's latest threads has, else the first one with a number; without any the question with
    one. A title that was changed is told."""

    id: str
    titles: list[str]
    first: str
    tell: Callable[[str], None]

    def apply(self, transaction: Transaction) -> None:
        choices = self.titles or [self.first]
        numbered = (f"{choices[0]} ({number})" for number in range(2, MOST_ALIKE + 1))
        choices = [*choices, *numbered]
        session = transaction.session
        ((column, pk),) = session.owned_by.items()
        others = _latest_titles[column](pk, session.workflow_id, self.id)
        taken = {title.casefold() for title in others}
        title = next((one for one in choices if one.casefold() not in taken), choices[0])
        if title == self.first and not self.titles:
            return
        kinds = Thread.TitledBy
        values = {"title": title, "titled_by": kinds.ANSWER if self.titles else kinds.QUESTION}
        values["title_words"] = fulltext.kept([title])
        if _titled_by_question[column](values, pk, session.workflow_id, self.id):
            self.tell(title)


def _kept_threads(column: str, pk: Any, workflow_id: str) -> QuerySet[Thread]:
    session = Session(workflow_id=workflow_id, **{column: pk})
    return Thread.objects.for_session(session).filter(temporary=False).order_by()


def _titles(column: str) -> Select[Any]:
    return Select(
        lambda pk, workflow_id, id: (
            _kept_threads(column, pk, workflow_id)
            .exclude(pk=id)
            .order_by("-created_at", "-id")
            .values_list("title", flat=True)[:LATEST]
        )
    )


def _by_question(column: str) -> Update:
    return Update(
        lambda pk, workflow_id, id: _kept_threads(column, pk, workflow_id).filter(
            pk=id, titled_by=Thread.TitledBy.QUESTION.value
        )
    )


_latest_titles = {column: _titles(column) for column in OWNERS}
_titled_by_question = {column: _by_question(column) for column in OWNERS}
