"""DjangoStore: the SDK's store on Django's ORM.

Every query uses `for_session`, so that rows of other users and workflows are not found. Writes
wait in the request's unit of work until the next read, the run's next heartbeat, or its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TypeVar, TypeVarTuple

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _

from chatkit.store import NotFoundError, Store, StoreItemType
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata

from .. import models
from ..exceptions import ApiError
from ..retention import temporary
from . import records
from .runs import writes
from .runs.context import ChatContext, work_of
from .runs.process import current
from .runs.taking import TakeAttachment

PAGE_BYTES = 2 * 1024 * 1024
AT_ONCE = 21  # rows of one query: a page of the usual length, and one more
T = TypeVar("T")
M = TypeVar("M", bound=Model)
Ts = TypeVarTuple("Ts")
PREFIXES: dict[str, str] = {
    "thread": "thr",
    "message": "msg",
    "tool_call": "tc",
    "workflow": "wf",
    "task": "tsk",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}


class DjangoStore(Store[ChatContext]):
    """Threads, items and attachments of the context's session."""

    def generate_thread_id(self, context: ChatContext) -> str:
        thread_id = models.new_id("thr")
        work_of(context).mint(thread_id)
        return thread_id

    def generate_item_id(
        self, item_type: StoreItemType, thread: ThreadMetadata, context: ChatContext
    ) -> str:
        return models.new_id(PREFIXES.get(item_type, "itm"))

    # -- threads -------------------------------------------------------------------------

    async def load_thread(self, thread_id: str, context: ChatContext) -> ThreadMetadata:
        work = work_of(context)
        loaded = work.loaded
        if loaded is not None and loaded.id == thread_id:
            work.loaded = None  # for the first call only: it may have changed afterwards
        else:
            loaded = await self._read(context, _load_thread, thread_id)
        work.known[thread_id] = records.thread_values(loaded)
        return loaded

    async def save_thread(self, thread: ThreadMetadata, context: ChatContext) -> None:
        work = work_of(context)
        values = records.thread_values(thread)
        first = work.default_titles.get(thread.id, "")
        values["title"] = values["title"] or first
        by = models.Thread.TitledBy.ANSWER
        if work.renames:
            by = models.Thread.TitledBy.PERSON
        elif values["title"] == first:
            by = models.Thread.TitledBy.QUESTION
        elif values["title"] != work.known.get(thread.id, {}).get("title"):
            work.title_open = False
        work.save_thread(thread.id, values, by)
        await self._written(context)

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: ChatContext
    ) -> Page[ThreadMetadata]:
        return await self._read(context, _load_threads, limit, after, order)

    async def delete_thread(self, thread_id: str, context: ChatContext) -> None:
        work_of(context).add(writes.DeleteThread(thread_id))
        await self._written(context)

    # -- items ---------------------------------------------------------------------------

    async def load_thread_items(
        self,
        thread_id: str,
        after: str | None,
        limit: int,
        order: str,
        context: ChatContext,
    ) -> Page[ThreadItem]:
        return await self._read(context, _load_items, thread_id, after, limit, order)

    async def load_item(self, thread_id: str, item_id: str, context: ChatContext) -> ThreadItem:
        return await self._read(context, _load_item, thread_id, item_id)

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: ChatContext) -> None:
        work_of(context).add(writes.SaveItem(thread_id, records.item_row(thread_id, item)))
        await self._written(context)

    async def save_item(self, thread_id: str, item: ThreadItem, context: ChatContext) -> None:
        await self.add_thread_item(thread_id, item, context)

    async def delete_thread_item(self, thread_id: str, item_id: str, context: ChatContext) -> None:
        work_of(context).add(writes.DeleteItem(thread_id, item_id))
        await self._written(context)

    # -- attachments ---------------------------------------------------------------------

    async def save_attachment(self, attachment: Attachment, context: ChatContext) -> None:
        # One that has come is there already: it is but taken by its message.
        write = TakeAttachment if records.has_come(attachment) else writes.SaveAttachment
        work_of(context).add(write(attachment.id, records.attachment_values(attachment)))
        await self._written(context)

    async def load_attachment(self, attachment_id: str, context: ChatContext) -> Attachment:
        # Without a flush: a new thread is stored only once its attachments have been found.
        for write in work_of(context).pending(writes.SaveAttachment):
            if write.id == attachment_id:
                row = models.Attachment(id=attachment_id, **write.values)
                return records.attachment_from_row(row)
        return await current().database.run(_load_attachment, context, attachment_id)

    async def delete_attachment(self, attachment_id: str, context: ChatContext) -> None:
        work_of(context).add(writes.DeleteAttachment(attachment_id))
        await self._written(context)

    async def _written(self, context: ChatContext) -> None:
        """Apply the writes now, unless the engine does."""
        if not work_of(context).collecting:
            await self.flush(context)

    async def flush(self, context: ChatContext) -> None:
        """Apply the pending writes. NotFoundError where a thread was deleted meanwhile."""
        if work_of(context):
            await current().database.run(_flushed, context)

    async def _read(
        self, context: ChatContext, function: Callable[[ChatContext, *Ts], T], *args: *Ts
    ) -> T:
        def job() -> T:
            # What can't be found ends a run that has not begun, which costs its person nothing.
            if not work_of(context).only_begins:
                _flushed(context)
            return function(context, *args)

        return await current().database.run(job)


def _flushed(context: ChatContext) -> None:
    try:
        work_of(context).flush()
    except writes.RowMissing as error:
        raise NotFoundError(f"Thread {error} not found") from None


def _load_thread(context: ChatContext, thread_id: str) -> ThreadMetadata:
    row = models.Thread.objects.for_session(context.session).filter(pk=thread_id).first()
    if row is None:
        raise NotFoundError(f"Thread {thread_id} not found")
    work = work_of(context)
    work.temporary = row.temporary
    work.branches[row.pk] = row.branch
    work.title_open = row.titled_by == models.Thread.TitledBy.QUESTION
    temporary.take(row, context.session)
    return records.thread_from_row(row)


def _load_threads(
    context: ChatContext, limit: int, after: str | None, order: str
) -> Page[ThreadMetadata]:
    mine = models.Thread.objects.for_session(context.session).filter(temporary=False)
    mine = mine.exclude(place=models.Thread.Place.ARCHIVE)
    sign = "-" if order == "desc" else ""
    rows = mine.order_by(f"{sign}created_at", f"{sign}id")
    if after is not None:
        created_at = mine.filter(pk=after).values_list("created_at", flat=True).first()
        if created_at is None:
            raise NotFoundError(f"Thread {after} not found")
        side = "lt" if order == "desc" else "gt"
        # Both bounds, so that the index narrows by time before the ids are compared.
        rows = rows.filter(**{f"created_at__{side}e": created_at}).exclude(
            **{"created_at": created_at, f"pk__{'gte' if order == 'desc' else 'lte'}": after}
        )
    return _page([*rows[: limit + 1]], limit, records.thread_from_row, "id")


def _load_items(
    context: ChatContext, thread_id: str, after: str | None, limit: int, order: str
) -> Page[ThreadItem]:
    mine = models.ThreadItem.objects.for_session(context.session).filter(thread_id=thread_id)
    rows = mine.filter(superseded=False)
    rows = rows.order_by("-sequence" if order == "desc" else "sequence")
    if after is not None:
        sequence = mine.filter(item_id=after).values_list("sequence", flat=True).first()
        if sequence is None:
            raise NotFoundError(f"Item {after} not found")
        rows = rows.filter(**{f"sequence__{'lt' if order == 'desc' else 'gt'}": sequence})
    found, limit = _fitting(rows, limit)
    if not found and after is None:
        _load_thread(context, thread_id)  # NotFoundError unless there is an empty thread
    return _page(found, limit, lambda row: _item(row, context), "item_id")


def _item(row: models.ThreadItem, context: ChatContext) -> ThreadItem:
    return records.with_previews(records.item_from_row(row), context.attachments_url)


def _fitting(rows: QuerySet[models.ThreadItem], limit: int) -> tuple[list[models.ThreadItem], int]:
    """At most `limit` rows and one more, and how many of them make a page: fewer where they are
    large, so that a page of items stays within PAGE_BYTES or is a single item."""
    found: list[models.ThreadItem] = []
    size = 0
    while len(found) <= limit:
        batch = [*rows[len(found) : min(len(found) + AT_ONCE, limit + 1)]]
        for row in batch:
            size += len(json.dumps(row.payload))
            if size > PAGE_BYTES and found:
                return [*found, row], len(found)
            found.append(row)
        if len(batch) < AT_ONCE:
            break
    return found, limit


def _load_item(context: ChatContext, thread_id: str, item_id: str) -> ThreadItem:
    mine = models.ThreadItem.objects.for_session(context.session)
    row = mine.filter(thread_id=thread_id, item_id=item_id, superseded=False).first()
    if row is None:
        raise NotFoundError(f"Item {item_id} not found")
    return _item(row, context)


class AttachmentGone(NotFoundError):
    """A file that a message names is not there, or not this person's."""

    def __init__(self, attachment_id: str) -> None:
        super().__init__(f"Attachment {attachment_id} not found")
        self.attachment_id = attachment_id


def _load_attachment(context: ChatContext, attachment_id: str) -> Attachment:
    mine = models.Attachment.objects.for_session(context.session)
    row = mine.filter(pk=attachment_id).defer("text").first()
    if row is None:
        raise AttachmentGone(attachment_id)
    attachment = records.attachment_from_row(row)
    if records.has_come(attachment) and not row.file:  # about to be deleted
        raise AttachmentGone(attachment_id)
    if records.is_ours(attachment) and not row.file:
        raise ApiError("invalid_request", _("A file of this message has not arrived yet."))
    return records.with_preview(attachment, context.attachments_url)


def _page(rows: list[M], limit: int, read: Callable[[M], T], cursor: str) -> Page[T]:
    has_more = len(rows) > limit
    rows = rows[:limit]
    return Page(
        data=[read(row) for row in rows],
        has_more=has_more,
        after=getattr(rows[-1], cursor) if has_more else None,
    )
