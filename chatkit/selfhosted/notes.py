"""What is said about an answer that did not end well: to its reader, and in the log."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from typing import Any

from django.utils.translation import gettext as _

from chatkit.errors import CustomStreamError
from chatkit.store import NotFoundError

from .context import ChatContext
from .live import Ending

logger = logging.getLogger("chatkit.runs")


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

    The SDK turns it into an `error` event and logs it, so the record would not know.
    """
    try:
        async for event in stream:
            yield event
    except Exception as error:
        if context.run is not None and not isinstance(error, CustomStreamError):
            context.run.error = type(error).__name__
        raise


def log_failure(error: BaseException, context: ChatContext) -> None:
    """One line for a thread that is not there, a traceback for what nobody foresaw."""
    run_id = context.run.id if context.run else "-"
    if isinstance(error, NotFoundError):
        logger.info("run %s: not found, request=%s", run_id, context.request_id)
    else:
        logger.error("run %s failed, request=%s", run_id, context.request_id, exc_info=error)
