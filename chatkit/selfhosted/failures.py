"""What readers and the log are told about an answer that failed or was stopped."""

from __future__ import annotations

import datetime
import json
import logging
from collections.abc import AsyncIterator, Iterable

from django.utils.translation import gettext as _

from chatkit.errors import CustomStreamError
from chatkit.store import NotFoundError, Store
from chatkit.types import (
    AssistantMessageItem,
    CustomTask,
    TaskItem,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
)

from .length import AnswerTooLong
from .runs import recovery
from .runs.context import ChatContext, work_of
from .runs.live import StopReason

logger = logging.getLogger("chatkit.runs")
ITEM_FRAME = b'data: {"type":"thread.item.'
UPDATED_FRAME = ITEM_FRAME + b'updated"'


def stop_note(reason: StopReason | None) -> str:
    """The line under an answer that was ended before its time."""
    if reason is StopReason.TIMEOUT:
        return _("The answer took too long and was ended.")
    if reason in (StopReason.SHUTDOWN, StopReason.REVOKED):
        return interrupted_note()
    return _("Stopped")


def interrupted_note() -> str:
    return _("The answer was interrupted.")


async def keep_on_failure(
    stream: AsyncIterator[ThreadStreamEvent],
    thread: ThreadMetadata,
    store: Store[ChatContext],
    context: ChatContext,
) -> AsyncIterator[ThreadStreamEvent]:
    """The same events; before an error ends them, events that complete or remove open items.

    Text that was shown is kept, with a note that it is not the whole answer, which a reload
    shows in the place of the error; a retry replaces both. Other items are removed, since they
    are not stored. The kind of error is put on the run's record: the SDK only logs it.
    """
    try:
        async for event in stream:
            yield event
    except Exception as error:
        run = work_of(context).run
        if run is not None:
            # A sentence for the reader may have its cause recorded already.
            if not (run.error and isinstance(error, CustomStreamError)):
                run.error = type(error).__name__
            said = {item["id"]: item for item in recovery.partial_messages(run.frames)}
            for item_id in open_items(run.frames):
                if item_id in said:
                    item = AssistantMessageItem.model_validate(said[item_id])
                    yield ThreadItemDoneEvent(item=item)
                else:
                    yield ThreadItemRemovedEvent(item_id=item_id)
            if said or isinstance(error, AnswerTooLong):
                text = error.message if isinstance(error, AnswerTooLong) else interrupted_note()
                note = note_item(text, thread, store, context)
                await store.add_thread_item(thread.id, note, context)
        raise


def note_item(
    text: str, thread: ThreadMetadata, store: Store[ChatContext], context: ChatContext
) -> TaskItem:
    """The sentence of ours below an answer that did not end by itself."""
    run = work_of(context).run
    return TaskItem(
        id=recovery.note_id(run.id) if run else store.generate_item_id("task", thread, context),
        thread_id=thread.id,
        created_at=datetime.datetime.now(),
        task=CustomTask(title=text, icon="info"),
    )


def open_items(frames: Iterable[bytes]) -> list[str]:
    """The ids of items that these frames have begun and not completed."""
    found: dict[str, None] = {}
    for frame in frames:
        if not frame.startswith(ITEM_FRAME) or frame.startswith(UPDATED_FRAME):
            continue
        event = json.loads(frame.removeprefix(b"data: "))
        if event["type"] == "thread.item.added":
            found[event["item"]["id"]] = None
        else:  # done, replaced, removed
            found.pop(event["item"]["id"] if "item" in event else event["item_id"], None)
    return list(found)


def log_failure(error: BaseException, context: ChatContext) -> None:
    """One line for a thread that is not there, a traceback for unexpected errors."""
    run_id = context.run_id or "-"
    if isinstance(error, NotFoundError):
        logger.info("run %s: not found, request=%s", run_id, context.request_id)
    else:
        logger.error("run %s failed, request=%s", run_id, context.request_id, exc_info=error)
