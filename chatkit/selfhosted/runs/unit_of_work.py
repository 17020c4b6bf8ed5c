"""Writes that the store has promised, kept until a transaction takes several at once.

An answer costs a handful of statements in two or three transactions instead of one for each
event. Every transaction begins with a statement that writes: on SQLite with a host's default
settings, one that reads first fails at once where it meets another writer.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.db import DEFAULT_DB_ALIAS, IntegrityError, connections, transaction
from django.utils import timezone

from ...models import Attachment, Run, Thread, ThreadItem

if TYPE_CHECKING:
    from .context import ChatContext


class RowMissing(Exception):
    """A write meant a row that is not there, or is another user's."""


class RunInProgress(Exception):
    """The thread has a live run already: the database's unique column says so."""


@dataclass(frozen=True)
class SaveThread:
    """Insert a thread with these columns, or update those of them that changed."""

    id: str
    values: dict[str, Any]
    changed: dict[str, Any]
    new: bool


@dataclass(frozen=True)
class SaveItem:
    """Insert an item, or replace the one with its id where it stands."""

    thread_id: str
    row: ThreadItem


@dataclass(frozen=True)
class DeleteItem:
    thread_id: str
    item_id: str


@dataclass(frozen=True)
class DeleteThread:
    id: str


@dataclass(frozen=True)
class SaveAttachment:
    id: str
    values: dict[str, Any]


@dataclass(frozen=True)
class DeleteAttachment:
    id: str


@dataclass(frozen=True)
class StartRun:
    row: Run


@dataclass(frozen=True)
class EndRun:
    id: str
    values: dict[str, Any] = field(default_factory=dict)


Write = (
    SaveThread
    | SaveItem
    | DeleteItem
    | DeleteThread
    | SaveAttachment
    | DeleteAttachment
    | StartRun
    | EndRun
)


def flush(context: ChatContext) -> None:
    """Write what is pending, in order, in one transaction. On a database thread.

    RowMissing, RunInProgress; whatever the error, nothing of it is written then, and it all
    stays pending.
    """
    if not context.writes:
        return
    with context.lock:
        pending = context.writes[:]  # the event loop may append meanwhile
        if pending:
            with transaction.atomic():
                apply(context, pending)
            del context.writes[: len(pending)]


def apply(context: ChatContext, writes: Iterable[Write]) -> None:
    """Write these, in order, in the caller's transaction."""
    touched: set[str] = set()
    for kind, group in groupby(writes, type):
        batch: list[Any] = list(group)
        if kind is SaveItem:
            for thread_id, saved in groupby(batch, lambda write: write.thread_id):
                _touch(context, thread_id, touched)
                _save_items([write.row for write in saved])
        elif kind is DeleteItem:
            for thread_id, gone in groupby(batch, lambda write: write.thread_id):
                _touch(context, thread_id, touched)
                _delete_items(context, thread_id, [write.item_id for write in gone])
        else:
            for write in batch:
                _SINGLE[kind](context, write, touched)


def _touch(context: ChatContext, thread_id: str, touched: set[str]) -> None:
    """Mark the thread as used now, which also proves that it is this user's."""
    if thread_id in touched:
        return
    mine = Thread.objects.for_session(context.session).filter(pk=thread_id)
    if not mine.update(updated_at=timezone.now()):
        raise RowMissing(thread_id)
    touched.add(thread_id)


def _save_thread(context: ChatContext, write: SaveThread, touched: set[str]) -> None:
    now = timezone.now()
    mine = Thread.objects.for_session(context.session).filter(pk=write.id)
    if not write.new and mine.update(updated_at=now, **write.changed):
        touched.add(write.id)
        return
    if not write.new and Thread.objects.filter(pk=write.id).exists():
        raise RowMissing(write.id)
    Thread(
        id=write.id,
        user_id=context.session.user_id,
        workflow_id=context.workflow_id,
        updated_at=now,
        **write.values,
    ).save(force_insert=True)
    context.minted.discard(write.id)
    touched.add(write.id)


def _save_items(rows: Sequence[ThreadItem]) -> None:
    # One row for each id, at its first place: a statement can't meet the same row twice.
    by_id: dict[str, ThreadItem] = {}
    for row in rows:
        by_id[row.item_id] = row
    upsert(ThreadItem, list(by_id.values()), ["thread", "item_id"], ["type", "payload"])


def upsert(model: Any, rows: list[Any], unique: list[str], update: list[str]) -> None:
    """Insert rows; of those that exist by their `unique` fields, change the `update` ones."""
    # MySQL finds the conflict by itself and takes no target.
    targeted = connections[DEFAULT_DB_ALIAS].features.supports_update_conflicts_with_target
    model.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=update,
        unique_fields=unique if targeted else None,
    )


def _delete_items(context: ChatContext, thread_id: str, item_ids: list[str]) -> None:
    mine = ThreadItem.objects.for_session(context.session).filter(thread_id=thread_id)
    for start in range(0, len(item_ids), 500):
        mine.filter(item_id__in=item_ids[start : start + 500]).delete()


def _delete_thread(context: ChatContext, write: DeleteThread, touched: set[str]) -> None:
    mine = Thread.objects.for_session(context.session).filter(pk=write.id)
    if mine.update(updated_at=timezone.now()):
        mine.delete()
        touched.discard(write.id)


def _save_attachment(context: ChatContext, write: SaveAttachment, touched: set[str]) -> None:
    mine = Attachment.objects.for_session(context.session).filter(pk=write.id)
    if mine.update(**write.values):
        return
    if Attachment.objects.filter(pk=write.id).exists():
        raise RowMissing(write.id)
    Attachment(
        id=write.id,
        user_id=context.session.user_id,
        workflow_id=context.workflow_id,
        **write.values,
    ).save(force_insert=True)


def _delete_attachment(context: ChatContext, write: DeleteAttachment, touched: set[str]) -> None:
    Attachment.objects.for_session(context.session).filter(pk=write.id).delete()


def _start_run(context: ChatContext, write: StartRun, touched: set[str]) -> None:
    try:
        write.row.save(force_insert=True)
    except IntegrityError as error:
        raise RunInProgress(write.row.live) from error


def _end_run(context: ChatContext, write: EndRun, touched: set[str]) -> None:
    # Only a run that still counts as running: a process that took this one for dead has
    # ended it already, and kept its text.
    Run.objects.filter(pk=write.id, status=Run.Status.RUNNING).update(live=None, **write.values)


_SINGLE: dict[type, Any] = {
    SaveThread: _save_thread,
    DeleteThread: _delete_thread,
    SaveAttachment: _save_attachment,
    DeleteAttachment: _delete_attachment,
    StartRun: _start_run,
    EndRun: _end_run,
}
