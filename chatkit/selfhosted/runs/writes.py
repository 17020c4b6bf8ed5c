"""Pending writes: each knows how to apply itself.

They are applied in the caller's transaction. Every transaction begins with a statement that
writes: with Django's default settings for SQLite, one that reads first fails at once while
another writes.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from django.db import DatabaseError, IntegrityError
from django.db.models import Case, F, Model, PositiveSmallIntegerField, QuerySet, Value, When
from django.utils import timezone

from ... import admission, fulltext
from ...admission import Notice, Question
from ...managers import PROCESS_GONE
from ...models import (
    HIDDEN_TYPES,
    Attachment,
    Branch,
    Run,
    Session,
    Thread,
    ThreadItem,
    owner_of,
    said_in,
)
from ...statements import Select, Update, insert, insert_all

logger = logging.getLogger("chatkit.runs")

HOW_IT_ENDED = ("status", "outcome", "error", "ended_at")
DELETED_AT_ONCE = 500  # ids in one statement
# What may follow a question without answering it.
NO_ANSWERS = ("workflow", "task", "end_of_turn", *HIDDEN_TYPES)
OWNERS = ("user_id", "visitor_id")  # the columns; of a row, one of them says whose it is
SMALL = PositiveSmallIntegerField()
IN_USE = Case(
    When(place=Thread.Place.ARCHIVE, then=Value(Thread.Place.LIST.value, SMALL)),
    default=F("place"),
    output_field=SMALL,
)
Columns = dict[str, Any]  # values of a row by field


class RowMissing(Exception):
    """The row of a write does not exist, or is another user's."""


class RunInProgress(Exception):
    """The thread has a live run already, by the database's unique column."""


@dataclass
class Transaction:
    """What the writes of one transaction share: the session, and the threads that were marked
    as used."""

    session: Session
    temporary: bool = False
    touched: set[str] = field(default_factory=set)
    # The branches of threads that items are written in; kept from one transaction to the next.
    branches: dict[str, int] = field(default_factory=dict)
    # Columns of threads that follow from the items that are written.
    said: dict[str, Columns] = field(default_factory=dict)
    # Runs whose end was stored before, by a commit whose answer was lost.
    ended_before: set[str] = field(default_factory=set)

    def touch(self, thread_id: str) -> None:
        """Mark the thread as used now; RowMissing where it is not this user's."""
        if thread_id in self.touched:
            return
        changes = {"updated_at": timezone.now()} | self.said.get(thread_id, {})
        if not update_own(Thread, thread_id, self.session, changes):
            raise RowMissing(thread_id)
        self.touched.add(thread_id)

    def branch(self, thread_id: str) -> int:
        """The branch in which this thread goes on."""
        if thread_id not in self.branches:
            found = _branch(thread_id)
            self.branches[thread_id] = found[0] if found else 0
        return self.branches[thread_id]

    def whose(self) -> str:
        """The word that stands beside the words of what this person says; "" for none."""
        session = self.session
        return "" if self.temporary else owner_of(session.person_pk, session.workflow_id)


class Write:
    """One pending change. Neighbours of one class are applied together."""

    def apply(self, transaction: Transaction) -> None:
        raise NotImplementedError

    @classmethod
    def apply_all(cls, writes: Sequence[Any], transaction: Transaction) -> None:
        """Apply neighbours of this class, in order; overridden where one statement suffices."""
        for write in writes:
            write.apply(transaction)


def apply(writes: Sequence[Write], transaction: Transaction) -> None:
    """Apply these, in order."""
    if not transaction.temporary:
        transaction.said = _said(writes)
    for kind, group in groupby(writes, lambda write: type(write)):
        kind.apply_all(list(group), transaction)


def _said(writes: Sequence[Write]) -> dict[str, Columns]:
    """What of the threads follows from what is written into them: the line that the list shows of
    each, and that one in which its person goes on is archived no more."""
    found: dict[str, Columns] = {}
    for write in writes:
        if isinstance(write, DeleteItem | Supersede):
            found.setdefault(write.thread_id, {})["last_line"] = None  # to be looked up
        elif isinstance(write, SaveItem):
            row = write.row
            if text := said_in(row.type, row.payload):
                found.setdefault(write.thread_id, {})["last_line"] = fulltext.line(text)
            if row.type == "user_message":
                found.setdefault(write.thread_id, {})["place"] = IN_USE
    return found


# -- threads -----------------------------------------------------------------------------


@dataclass(frozen=True)
class SaveThread(Write):
    """Insert a thread with these columns, or update those of them that changed."""

    id: str
    values: Columns
    changed: Columns
    new: bool

    def apply(self, transaction: Transaction) -> None:
        used: Columns = {"updated_at": timezone.now()}
        said = transaction.said.get(self.id, {})
        changed: Columns | None = None if self.new else used | said | self.changed
        values = used | {"last_line": said.get("last_line")} | self.values
        if transaction.temporary:
            values |= {"title": "", "temporary": True, "session_id": transaction.session.pk}
            changed = None if changed is None else changed | {"title": "", "titled_by": ""}
        replaced: Columns = {}
        if changed is not None and changed.get("titled_by") == Thread.TitledBy.ANSWER:
            replaced = {name: changed.pop(name) for name in ("title", "titled_by")}
        save_own(Thread, self.id, transaction.session, values, changed)
        if replaced:  # unless a person has named it meanwhile
            mine = Thread.objects.for_session(transaction.session, deleted=True).filter(pk=self.id)
            mine.exclude(titled_by=Thread.TitledBy.PERSON).update(**replaced)
        transaction.touched.add(self.id)


@dataclass(frozen=True)
class DeleteThread(Write):
    id: str

    def apply(self, transaction: Transaction) -> None:
        mine = Thread.objects.for_session(transaction.session, deleted=True).filter(pk=self.id)
        if mine.update(updated_at=timezone.now()):
            mine.delete()
            transaction.touched.discard(self.id)


# -- items -------------------------------------------------------------------------------


@dataclass(frozen=True)
class SaveItem(Write):
    """Insert an item, or replace the one with its id where it stands."""

    thread_id: str
    row: ThreadItem

    @classmethod
    def apply_all(cls, writes: Sequence[SaveItem], transaction: Transaction) -> None:
        for thread_id, saved in groupby(writes, lambda write: write.thread_id):
            transaction.touch(thread_id)
            # One row for each id, at its first place: a statement can't change a row twice.
            rows = {write.row.item_id: write.row for write in saved}
            whose = transaction.whose()
            for row in rows.values():
                row.thread_id = thread_id
                row.whose = whose
                row.branch = transaction.branch(thread_id)
            columns = ["type", "payload", "words"]
            upsert(ThreadItem, list(rows.values()), ["thread", "item_id"], columns)


@dataclass(frozen=True)
class DeleteItem(Write):
    thread_id: str
    item_id: str

    @classmethod
    def apply_all(cls, writes: Sequence[DeleteItem], transaction: Transaction) -> None:
        for thread_id, gone in groupby(writes, lambda write: write.thread_id):
            transaction.touch(thread_id)
            mine = ThreadItem.objects.for_session(transaction.session, deleted=True)
            mine = mine.filter(thread_id=thread_id)
            ids = [write.item_id for write in gone]
            for start in range(0, len(ids), DELETED_AT_ONCE):
                mine.filter(item_id__in=ids[start : start + DELETED_AT_ONCE]).delete()


def _is_answer(types: list[tuple[str]]) -> bool:
    """Whether somebody may want to go back to what follows a question: not to an answer that ends
    in our note that it was interrupted."""
    kinds = [kind for (kind,) in types]
    if "user_message" in kinds:
        return True
    return kinds[-1:] != ["task"] and not set(kinds) <= set(NO_ANSWERS)


@dataclass(frozen=True)
class Supersede(Write):
    """Keep what follows a question, and with `itself` the question too, as an earlier version, and
    go on in a branch of its own. What is no whole answer is deleted."""

    thread_id: str
    item_id: str
    itself: bool = False

    def apply(self, transaction: Transaction) -> None:
        transaction.touch(self.thread_id)
        items = ThreadItem.objects.for_session(transaction.session, deleted=True)
        shown = items.filter(thread_id=self.thread_id, superseded=False)
        asked = shown.filter(item_id=self.item_id).values_list("sequence", flat=True).first()
        if asked is None:
            raise RowMissing(self.item_id)
        after = asked
        if self.itself:
            before = shown.filter(sequence__lt=asked).order_by("-sequence")
            after = before.values_list("sequence", flat=True).first() or 0
        tail = ThreadItem.objects.filter(
            thread_id=self.thread_id, superseded=False, sequence__gt=after
        )
        if not self.itself and not _is_answer([*tail.order_by("sequence").values_list("type")]):
            tail.delete()
            return
        parent = transaction.branch(self.thread_id)
        branches = Branch.objects.filter(thread_id=self.thread_id)
        last = branches.order_by("-number").values_list("number", flat=True).first()
        number = (last or 0) + 1
        made = [Branch(thread_id=self.thread_id, number=number, parent=parent, after=after)]
        if last is None:
            made.append(Branch(thread_id=self.thread_id, number=0, parent=None))
        Branch.objects.bulk_create(made)
        tail.update(superseded=True)
        Thread.objects.filter(pk=self.thread_id).update(branch=number, forked=True)
        transaction.branches[self.thread_id] = number


# -- attachments -------------------------------------------------------------------------


@dataclass(frozen=True)
class SaveAttachment(Write):
    id: str
    values: Columns

    def apply(self, transaction: Transaction) -> None:
        save_own(Attachment, self.id, transaction.session, self.values, self.values)


@dataclass(frozen=True)
class DeleteAttachment(Write):
    id: str

    def apply(self, transaction: Transaction) -> None:
        mine = Attachment.objects.for_session(transaction.session, deleted=True)
        mine.filter(pk=self.id).delete()


# -- runs --------------------------------------------------------------------------------


@dataclass(frozen=True)
class StartRun(Write):
    row: Run

    def apply(self, transaction: Transaction) -> None:
        try:
            insert(self.row)
        except IntegrityError as error:
            raise RunInProgress(self.row.live) from error


@dataclass(frozen=True)
class AdmitQuestion(Write):
    """Ask whether the question of a run that has just got its row is taken; ApiError. What is
    to be said with the answer goes to `notices`."""

    question: Question
    notices: list[Notice]

    def apply(self, transaction: Transaction) -> None:
        self.notices[:] = admission.admit(self.question)


@dataclass(frozen=True)
class EndRun(Write):
    """End a run that counts as running. If another process took it for dead, it has ended it
    already and told of it: that stays as it is, and what only this process knows, such as what
    the answer has used, is added; then `late` is called. RowMissing where it was deleted, with its
    thread."""

    id: str
    values: Columns
    late: Callable[[], None]

    def apply(self, transaction: Transaction) -> None:
        if _running({"live": None} | self.values, self.id):
            return
        row = Run.objects.filter(pk=self.id).first()
        if row is None:
            raise RowMissing(self.id)
        if row.error == PROCESS_GONE and row.duration_ms is None:
            known = {name: self.values[name] for name in self.values if name not in HOW_IT_ENDED}
            Run.objects.filter(pk=self.id).update(**known)
            self.late()
        else:
            transaction.ended_before.add(self.id)


@dataclass(frozen=True)
class CountAnswer(Write):
    """Tell the gates what an answer used, whose run has just ended; once."""

    id: str

    def apply(self, transaction: Transaction) -> None:
        if self.id in transaction.ended_before:
            return
        try:
            admission.count(self.id)
        except DatabaseError:
            raise
        except Exception:  # a fault of the site's own code: the answer is stored all the same
            logger.exception("What run %s has used could not be counted.", self.id)


def save_own(
    model: type[Thread] | type[Attachment],
    id: str,
    session: Session,
    values: Columns,
    changed: Columns | None,
) -> None:
    """Change these columns of this person's row, or insert it with all its values; None for
    `changed` where it is new. RowMissing where the id is another person's."""
    if changed is not None:
        if update_own(model, id, session, changed):
            return
        if model.objects.filter(pk=id).exists():
            raise RowMissing(id)
    insert(model(id=id, workflow_id=session.workflow_id, **session.owned_by, **values))


def update_own(
    model: type[Thread] | type[Attachment], id: str, session: Session, changes: Columns
) -> int:
    """Change these columns of this person's row; how many rows that were."""
    if "title" in changes:  # its words go with it
        changes = changes | {"title_words": fulltext.kept([changes["title"]])}
    ((column, pk),) = session.owned_by.items()
    return _own[model, column](changes, id, pk, session.workflow_id)


def _own_row(model: type[Thread] | type[Attachment], column: str) -> Update:
    def make(id: str, pk: Any, workflow_id: str) -> QuerySet[Any]:
        session = Session(workflow_id=workflow_id, **{column: pk})
        return model.objects.for_session(session, deleted=True).filter(pk=id)

    return Update(make)


_own = {(of, whose): _own_row(of, whose) for of in (Thread, Attachment) for whose in OWNERS}
_branch = Select(lambda id: Thread.objects.filter(pk=id).values_list("branch", flat=True))
_running = Update(lambda id: Run.objects.filter(pk=id, status=Run.Status.RUNNING.value))


def upsert(model: type[Model], rows: Sequence[Model], unique: list[str], update: list[str]) -> None:
    """Insert rows; of those that exist by their `unique` fields, change the `update` ones."""
    for row in rows:
        # Given by an attempt that was rolled back: another row may have the number by now.
        row.pk = None
    insert_all(model, rows, unique, update)
