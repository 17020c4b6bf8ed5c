"""Files whose words nobody has read yet, before they are answered from.

They are read on workers of their own: those of the assistants are few, and a document takes so long
as its author likes. Nobody waits longer than PATIENCE, and what was not read by then is there for
the next question.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import TypeVarTuple

from ...attachments import text
from ...models import Attachment
from ..runs.context import ChatContext
from ..runs.process import current

logger = logging.getLogger("chatkit.attachments")
PATIENCE = 30.0  # seconds
Ts = TypeVarTuple("Ts")


async def read(context: ChatContext, find: Callable[[*Ts], list[Attachment]], *args: *Ts) -> None:
    """Have the words of the files that `find(*args)` names in their rows."""
    rows = await context.database(find, *args)
    if not rows:
        return
    workers = current().documents
    jobs = [workers.submit(_read, row) for row in rows]
    try:
        await asyncio.wait([asyncio.wrap_future(job) for job in jobs], timeout=PATIENCE)
    finally:
        for job in jobs:
            job.cancel()  # those that no worker has begun


def _read(row: Attachment) -> None:
    try:
        text.read(row)
    except Exception:  # the storage, or what reads: the question gets its answer without
        logger.exception("The words of attachment %s could not be read.", row.pk)
