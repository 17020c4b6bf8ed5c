"""Titles of conversations: the question at first, then what its answer was about.

No two of a person's conversations with one assistant are to have the same.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from chatkit.types import ThreadUpdatedEvent

from ..models import Run
from . import records
from .runs.context import ChatContext, work_of
from .runs.naming import NameThread
from .store import DjangoStore

if TYPE_CHECKING:
    from .engine import DjangoChatKitServer

logger = logging.getLogger("chatkit.titles")

LENGTH = 60
SECONDS = 4.0  # that a finished answer waits for its title


def shorten(text: str, limit: int = LENGTH) -> str:
    """The text on one line, cut between words to at most `limit` characters."""
    line = " ".join(records.clean_text(text).split())
    if len(line) <= limit:
        return line
    cut = line[: limit - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > limit // 2 else cut).rstrip(" ,.;:-") + "…"


async def after_answer(server: DjangoChatKitServer, context: ChatContext) -> None:
    """Once all of an answer was said: have its conversation named, where it has no name yet, as the
    answer is stored. What goes wrong is logged: the answer is there."""
    work = work_of(context)
    run, thread = work.run, work.thread
    if run is None or thread is None or work.temporary or not isinstance(server.store, DjangoStore):
        return
    run.status = Run.Status.FAILED if run.error else Run.Status.COMPLETED
    run.answered = time.monotonic()
    first = work.default_titles.get(thread.id, "")
    if not work.title_open or (run.error and not first):
        return
    titles: list[str] = []
    try:
        if not run.error and run.report.said:
            titles = await _better(server, context)
    except Exception as error:
        logger.info("run %s: no title, %s", run.id, type(error).__name__)

    def tell(title: str) -> None:
        titled = thread.model_copy(update={"title": title})
        event = ThreadUpdatedEvent(thread=server._to_thread_response(titled))
        run.late_frames = [server._frame(event)]

    if titles or first:
        work.add(NameThread(thread.id, titles, first, tell))


async def _better(server: DjangoChatKitServer, context: ChatContext) -> list[str]:
    """What the assistant would call the conversation, then the question: a second conversation
    about the same is told from the first by what was asked in it."""
    work = work_of(context)
    titles = work.titles
    if not titles:
        async with asyncio.timeout(SECONDS):
            title = await server.title_after(work.asked, work.said, context)
        titles = [title] if title else []
    titles = list(filter(None, map(shorten, titles)))
    asked = shorten(work.asked)
    return [*titles, asked] if titles and asked else titles
