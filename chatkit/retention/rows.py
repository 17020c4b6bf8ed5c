"""Deletes old rows, in batches, so that no table stays locked for long.

Other apps name theirs in `AppConfig.ready()`:

    from chatkit import retention

    retention.register("budget periods", periods_that_are_over)
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from ..attachments.files import take_file, unsent
from ..attachments.orphans import delete_orphans, orphans
from ..deadlocks import again_after_deadlock
from ..models import Attachment, Run, RunEvent, Session, Share, Thread, ToolCall
from .counting import counted

BATCH = 200
# After which frames are left over that no process has swept, as where the last one was killed.
FRAMES_KEPT = datetime.timedelta(hours=1)
# For which its person may ask how often a link was opened that leads nowhere any more.
LINKS_KEPT = datetime.timedelta(days=30)
# Ago that a conversation is hidden which is being deleted for good: far more than its person has
# to take a deletion back, by whatever clock.
HIDDEN_SINCE = datetime.timedelta(days=1)
M = TypeVar("M", bound=Model)
Rows = Callable[[], QuerySet[Any]]


@dataclass(frozen=True)
class Step:
    """One kind of rows that are deleted, and how."""

    name: str
    rows: Rows
    delete: Callable[[QuerySet[Any]], int]


@dataclass(frozen=True)
class Outdated:
    """Rows that nobody has used since `before`."""

    before: datetime.datetime

    @classmethod
    def after(cls, days: int) -> Outdated:
        """Of more than `days` days ago. OverflowError where the calendar has no such day."""
        return cls(timezone.now() - datetime.timedelta(days=days))

    def threads(self) -> QuerySet[Thread]:
        """Conversations last used before then, without those with a live run."""
        live = Run.objects.filter(live__isnull=False).values("thread")
        return Thread.objects.filter(updated_at__lt=self.before).exclude(pk__in=live)

    def sessions(self) -> QuerySet[Session]:
        """Sessions made before then, without those that may still be used."""
        still = Q(status=Session.Status.ACTIVE, expires_at__gt=timezone.now())
        return Session.objects.filter(created_at__lt=self.before).exclude(still)

    def runs(self) -> QuerySet[Run]:
        """Runs from before then that have ended, also those of conversations that are kept."""
        return Run.objects.filter(created_at__lt=self.before, live__isnull=True)

    def attachments(self) -> QuerySet[Attachment]:
        """Uploads from before then that were never sent with a message."""
        return Attachment.objects.filter(created_at__lt=self.before, thread=None)

    def steps(self) -> list[Step]:
        """In the order in which they are deleted."""
        return [
            Step("conversations", self.threads, delete_threads),
            Step("session records", self.sessions, delete_rows),
            Step("runs", self.runs, delete_rows),
            Step("attachments", self.attachments, delete_attachments),
            *_steps_left_over(),
        ]

    def counts(self) -> dict[str, int]:
        """How many of each `delete` would delete."""
        return _count(self.steps())

    def delete(self) -> dict[str, int]:
        """Delete all of them. Returns how many of each; FilesRemain where the storage fails."""
        return _delete_all(self.steps())


def _frames() -> QuerySet[RunEvent]:
    ended = timezone.now() - FRAMES_KEPT
    return RunEvent.objects.filter(run__live__isnull=True, run__ended_at__lt=ended)


def _links() -> QuerySet[Share]:
    ended = timezone.now() - LINKS_KEPT
    return Share.objects.filter(Q(expires_at__lt=ended) | Q(revoked_at__lt=ended))


ORPHANS = "files without a row"
# Rows that nobody needs any more, whatever CHATKIT["RETENTION_DAYS"] says, by their name.
left_over: dict[str, Rows] = {"frames": _frames, "unsent files": unsent, "ended links": _links}
_ways: dict[str, Callable[[QuerySet[Any]], int]] = {}


def register(name: str, rows: Rows, delete: Callable[[QuerySet[Any]], int] | None = None) -> None:
    """Have these rows, which nobody needs any more, deleted by each pruning from now on; by
    `delete`, which says how many, where more than the rows is to be deleted."""
    left_over[name] = rows
    if delete is not None:
        _ways[name] = delete


def _steps_left_over() -> list[Step]:
    special: dict[Any, Callable[[QuerySet[Any]], int]] = {
        Thread: delete_threads,
        Attachment: delete_attachments,
    }
    return [
        Step(name, rows, _ways.get(name) or special.get(rows().model, delete_rows))
        for name, rows in left_over.items()
    ]


def count_left_over() -> dict[str, int]:
    """How much of each there is that nobody needs any more."""
    return _count(_steps_left_over())


def delete_left_over() -> dict[str, int]:
    """Delete what nobody needs any more. Returns how many of each; FilesRemain where the storage
    fails. Tool calls that were left open are ended, and what they held is deleted."""
    return _delete_all(_steps_left_over())


def _count(steps: list[Step]) -> dict[str, int]:
    counts = counted((step.name, step.rows()) for step in steps)
    return counts | {ORPHANS: sum(1 for _path in orphans())}


def _delete_all(steps: list[Step]) -> dict[str, int]:
    ToolCall.objects.close_left()
    deleted = {step.name: step.delete(step.rows()) for step in steps}
    return deleted | {ORPHANS: delete_orphans()}


def delete_threads(threads: QuerySet[Thread]) -> int:
    """Delete conversations with all that belongs to them, files included. Returns how many."""
    deleted = 0
    while keys := _some_keys(threads):
        # With the condition again: one of them may have been used since. From here on nobody uses
        # them, nor brings them back: a storage takes its time, and a conversation must not go on
        # without its files.
        hidden = timezone.now() - HIDDEN_SINCE
        threads.filter(pk__in=keys).update(deleted_at=hidden)
        ours = Thread.objects.filter(pk__in=keys, deleted_at=hidden)
        delete_attachments(Attachment.objects.filter(thread__in=ours))
        deleted += _delete(ours)
    return deleted


def delete_attachments(attachments: QuerySet[Attachment]) -> int:
    """Delete uploads, each file before its row, so that no file stays behind unknown."""
    deleted = 0
    while keys := _some_keys(attachments):
        # With the condition again: a message may have taken one since.
        chosen = attachments.filter(pk__in=keys)
        for attachment in chosen.exclude(file="").defer("text", "payload"):
            take_file(attachments, attachment)
        deleted += _delete(chosen.filter(file=""))
    return deleted


def delete_rows(rows: QuerySet[M]) -> int:
    """Delete rows, before any files that belong to them. Returns how many."""
    deleted = 0
    while keys := _some_keys(rows):
        deleted += _delete(rows.filter(pk__in=keys))
    return deleted


def _some_keys(rows: QuerySet[M]) -> list[Any]:
    return list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH])


@again_after_deadlock
@transaction.atomic
def _delete(rows: QuerySet[M]) -> int:
    _all, by_model = rows.delete()
    return by_model.get(rows.model._meta.label, 0)
