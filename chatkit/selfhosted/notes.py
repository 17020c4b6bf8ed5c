"""What is said about an answer that did not end well: to its reader, and in the log."""

from __future__ import annotations

import json
import logging
from collections.abc import AsyncIterator
from typing import Any

from django.utils.translation import gettext as _

from chatkit.errors import CustomStreamError
from chatkit.store import NotFoundError
from chatkit.types import ThreadItemRemovedEvent

from .context import ChatContext
from .live import Ending

logger = logging.getLogger("chatkit.runs")
ITEM_FRAME = b'data: {"type":"thread.item.'
UPDATED_FRAME = ITEM_FRAME + b'updated"'


def ending_note(ending: Ending | None) -> str:
    """The line under an answer that was ended before its time."""
    if ending is Ending.TIMEOUT:
        return _("The answer took too long and was ended.")
    if ending in (Ending.SHUTDOWN, Ending.REVOKED):
        return interrupted_note()
    return _("Stopped")


def interrupted_note() -> str:
    return _("The answer was interrupted.")


async def remember_failure(stream: AsyncIterator[Any], context: ChatContext) -> AsyncIterator[Any]:
    """The same events; on the run's record, the kind of error that ended them.

    The SDK turns it into an `error` event and logs it, so the record would not know. Items that
    were begun are taken back: they are not stored, and a reload would not show them.
    """
    try:
        async for event in stream:
            yield event
    except Exception as error:
        run = context.run
        if run is not None:
            if not isinstance(error, CustomStreamError):
                run.error = type(error).__name__
            for item_id in open_items(run.frames):
                yield ThreadItemRemovedEvent(item_id=item_id)
        raise


def open_items(frames: list[bytes]) -> list[str]:
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
    """One line for a thread that is not there, a traceback for what nobody foresaw."""
    run_id = context.run.id if context.run else "-"
    if isinstance(error, NotFoundError):
        logger.info("run %s: not found, request=%s", run_id, context.request_id)
    else:
        logger.error("run %s failed, request=%s", run_id, context.request_id, exc_info=error)
