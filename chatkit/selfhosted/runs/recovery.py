"""Finds runs whose process is gone, ends them, and keeps their text.

Works on rows and JSON alone, so that it does not load the SDK.
"""

from __future__ import annotations

import datetime
import json
import logging
import math
from collections.abc import Iterable

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext as _

from ...background import scope
from ...deadlocks import again_after_deadlock
from ...fields import JsonObject
from ...managers import PROCESS_GONE
from ...models import Run, RunEvent, Thread, ThreadItem, ToolCall
from ...retention import deleted, temporary
from ...signals import run_finished
from . import redis_streams, reports
from .database import DatabaseNow
from .owner import is_gone
from .process import current, whole
from .writes import upsert

logger = logging.getLogger("chatkit.runs")

# How long frames are kept after the end of their run, for listeners in other processes.
KEEP_SECONDS = 60
# After how long without a heartbeat a run is dead:
OTHER_HOST_SECONDS = 10.0  # its process can't be looked at from here
SAME_HOST_SECONDS = 30.0  # its process exists, but its event loop hangs
OWN_SECONDS = 3.0  # it is this process, which has no such run


def is_dead(run: Run) -> bool:
    """Whether no process writes this run any more, though its row says that it is live."""
    process = current()
    if run.pk in process.runs or run.pk in process.unstored:
        return False
    if run.owner == process.owner:
        return silence(run) > OWN_SECONDS
    gone = is_gone(run.owner)
    if gone:
        return True
    seconds = OTHER_HOST_SECONDS if gone is None else SAME_HOST_SECONDS
    pools = (process.database, process.assistants)
    if any(workers.has_failed_within(seconds) for workers in pools):
        return False  # nobody could write a heartbeat then
    return silence(run) > seconds and not redis_streams.lives(run.owner)


def silence(run: Run) -> float:
    """Seconds since the run's last heartbeat, by the database's clock."""
    since = ExpressionWrapper(
        DatabaseNow() - Coalesce("heartbeat_at", "created_at"), output_field=DurationField()
    )
    found = Run.objects.filter(pk=run.pk).annotate(since=since).values_list("since", flat=True)
    seconds: datetime.timedelta | None = found.first()
    return seconds.total_seconds() if seconds is not None else math.inf


def recover(run: Run) -> None:
    """End a dead run as interrupted; the text that it had shown becomes part of its thread."""
    if not _end(run, timezone.now()):
        return
    logger.warning("run %s interrupted: its process is gone", run.pk)
    run.refresh_from_db()
    reports.recovered(run)
    run_finished.send_robust(sender=Run, run=run)


@again_after_deadlock
@transaction.atomic
def _end(run: Run, now: datetime.datetime) -> bool:
    """Store the end, and what was shown; False where another process was faster."""
    # The first statement writes, and only one process goes on from here.
    mine = Run.objects.filter(pk=run.pk, live__isnull=False).update(
        live=None,
        status=Run.Status.INTERRUPTED,
        outcome=Run.Outcome.INTERRUPTED,
        ended_at=DatabaseNow(),
        error=PROCESS_GONE,
    )
    if not mine:
        return False
    frames = read_frames(run.pk, 0)
    frames += redis_streams.frames_after(run.pk, len(frames))
    rows = [row_of(run.thread_id, item) for item in partial_messages(frames)]
    rows.append(row_of(run.thread_id, _note(run, now)))
    thread = run.thread
    for row in rows:
        row.thread = thread  # whose words are kept with it
        row.branch = thread.branch
    upsert(ThreadItem, rows, ["thread", "item_id"], ["type", "payload", "words"])
    # Used now, as by each item that is written: so that who keeps its words looks again.
    Thread.objects.filter(pk=thread.pk).update(last_line=None, updated_at=timezone.now())
    # A thread has one run at a time, so these calls were this run's.
    ToolCall.objects.filter(thread_id=run.thread_id, status=ToolCall.Status.RUNNING).update(
        status=ToolCall.Status.FAILED, outcome=PROCESS_GONE, ended_at=now
    )
    return True


def recover_all() -> None:
    """Recover every dead run."""
    quiet = DatabaseNow() - datetime.timedelta(seconds=OWN_SECONDS)
    for run in Run.objects.filter(live__isnull=False, heartbeat_at__lt=quiet):
        if is_dead(run):
            recover(run)


def sweep() -> None:
    """Delete old frames, temporary conversations that are over, and those whose deletion nobody
    has taken back; recover dead runs."""
    old = DatabaseNow() - datetime.timedelta(seconds=KEEP_SECONDS)
    ended = Run.objects.filter(live__isnull=True, ended_at__lt=old, events__isnull=False)
    RunEvent.objects.filter(run_id__in=[*ended.values_list("pk", flat=True).distinct()]).delete()
    recover_all()
    ToolCall.objects.close_left()
    temporary.delete_ended()
    deleted.delete_due()


def sweep_all() -> None:
    """The same in every scope of the database. What fails in one is logged."""
    known = scope()
    if known is None:
        sweep()
        return
    for name in known.all():
        try:
            with whole().scoped(known, name).entered():
                sweep()
        except Exception:
            logger.warning("The scope %r could not be looked through.", name, exc_info=True)


def until_a_card_is_over() -> float | None:
    """Seconds until the hour of the first card that waits is over; None where none waits."""
    first = ToolCall.objects.filter(status=ToolCall.Status.WAITING).order_by("created_at").first()
    if first is None:
        return None
    return max(0.0, (first.waits_until - timezone.now()).total_seconds())


def has_frames(run_id: str) -> bool:
    """Whether frames of the run are stored, as they are until a while after its end."""
    return RunEvent.objects.filter(run_id=run_id).exists()


def read_frames(run_id: str, after: int) -> list[bytes]:
    """The stored frames of a run after number `after`, in order."""
    rows = RunEvent.objects.filter(run_id=run_id)
    # From the row that holds frame `after + 1`: a row holds the frames from its number on.
    first = rows.filter(number__lte=after + 1).order_by("-number").values("number")[:1]
    frames: list[bytes] = []
    for number, data in (
        rows.filter(number__gte=Subquery(first)).order_by("number").values_list("number", "data")
    ):
        batch = [f"{frame}\n\n".encode() for frame in data.split("\n\n")[:-1]]
        frames += batch[max(0, after - number + 1) :]
    return frames


def partial_messages(frames: Iterable[bytes]) -> list[JsonObject]:
    """The assistant's messages that these frames began and did not complete, with the text so
    far; those without text are left out."""
    items: dict[str, JsonObject] = {}
    for frame in frames:
        event = json.loads(frame.removeprefix(b"data: "))
        kind = event["type"]
        if kind == "thread.item.added" and event["item"]["type"] == "assistant_message":
            items[event["item"]["id"]] = event["item"]
        elif kind in ("thread.item.done", "thread.item.replaced"):
            items.pop(event["item"]["id"], None)
        elif kind == "thread.item.removed":
            items.pop(event["item_id"], None)
        elif kind == "thread.item.updated" and event["item_id"] in items:
            _update(items[event["item_id"]]["content"], event["update"])
    return [item for item in items.values() if _has_text(item)]


def _update(content: list[JsonObject], update: JsonObject) -> None:
    """Apply an update to a message's content, as the SDK does, on JSON."""
    kind = update["type"].removeprefix("assistant_message.content_part.")
    if kind == update["type"]:
        return
    while len(content) <= update["content_index"]:
        content.append({"type": "output_text", "text": "", "annotations": []})
    part = content[update["content_index"]]
    if kind in ("added", "done"):
        content[update["content_index"]] = update["content"]
    elif kind == "text_delta":
        part["text"] += update["delta"]
    elif kind == "annotation_added":
        part.setdefault("annotations", []).insert(update["annotation_index"], update["annotation"])


def _has_text(item: JsonObject) -> bool:
    return any(part["text"].strip() for part in item["content"])


def note_id(run_id: str) -> str:
    """The id of the note below the answer of a run that did not end by itself. Only one: whoever
    takes a run for dead writes it, and its process does so too, where it was only slow or had
    stored its note but not yet the end of the run."""
    return f"tsk_{run_id.removeprefix('run_')}"


def put_note_last(run_id: str) -> None:
    """Put the note of a run below what its process has written after all."""
    note = ThreadItem.objects.filter(item_id=note_id(run_id), thread__runs=run_id).first()
    if note is None:
        return
    later = ThreadItem.objects.filter(thread_id=note.thread_id, sequence__gt=note.pk)
    kinds = set(later.values_list("type", flat=True))
    if kinds and "user_message" not in kinds:  # a question has gone on below it meanwhile
        note.delete()
        note.pk = None
        note.save(force_insert=True)


def _note(run: Run, now: datetime.datetime) -> JsonObject:
    return {
        "id": note_id(run.pk),
        "thread_id": run.thread_id,
        "created_at": now.isoformat(),
        "type": "task",
        "task": {"type": "custom", "title": _("The answer was interrupted."), "icon": "info"},
    }


def row_of(thread_id: str, item: JsonObject) -> ThreadItem:
    """An item as it was sent, as an unsaved row."""
    return ThreadItem(
        item_id=item["id"],
        thread_id=thread_id,
        type=item["type"],
        payload=item,
        created_at=datetime.datetime.fromisoformat(item["created_at"]),
    )
