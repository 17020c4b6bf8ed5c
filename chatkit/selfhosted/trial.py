"""Asks an assistant of this site on trial: it answers as ever, and nothing of it is kept.

No conversation, run or record of a tool call is stored, no signal is sent, and no budget and not
the offline switch is asked: that is for who asks on trial. Tools are called for real, with the
rights of who asks.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from django.urls import get_script_prefix, set_script_prefix
from django.utils import timezone, translation

from chatkit.store import NotFoundError, Store
from chatkit.types import (
    AssistantMessageItem,
    Attachment,
    Page,
    ThreadItem,
    ThreadMetadata,
    ThreadsCreateReq,
)

from .. import conf
from ..models import Run, Session, new_run_id, new_thread_id
from ..workflows import Workflow
from .engine import DjangoChatKitServer, request_adapter
from .records import clean_text
from .runs.context import ChatContext, work_of
from .runs.inside_transaction import process_of_request
from .runs.live import LiveRun

TIMEOUT = "timeout"
# Seconds that an answer whose time is up has for its end: what an agent at OpenAI has used is known
# some seconds after its turn was cancelled.
ENDED = 12.0


@dataclass(frozen=True)
class Answer:
    """What became of a question. `error` is the cause of one that failed, for records: without
    words of people."""

    outcome: str
    text: str = ""
    cited: list[dict[str, str]] = field(default_factory=list)
    searched: list[dict[str, str]] = field(default_factory=list)
    error: str = ""
    model: str = ""
    duration_ms: int = 0
    tokens_in: int = 0
    tokens_cached: int = 0
    tokens_out: int = 0


class Trial:
    """Some questions to the assistant of one workflow, each in a conversation of its own.

    ValueError for a workflow that OpenAI hosts.
    """

    def __init__(self, workflow: Workflow, user: Any) -> None:
        self.workflow = workflow
        self.user = user
        self._server = workflow.server_class()()

    def ask(self, question: str, language: str) -> Answer:
        """Ask, and wait for the answer. Not on an event loop."""
        session = Session(user=self.user, workflow_id=self.workflow.id)
        context = ChatContext(
            session,
            language,
            timezone.get_current_timezone(),
            script_prefix=get_script_prefix(),
        )
        work = work_of(context)
        work.trial = True
        self._server.store = store = TrialStore()
        began = time.monotonic()
        with process_of_request() as process:
            run = work.run = LiveRun(process, new_run_id(), work, "threads.create", language)
            seconds = conf.get("RUN_TIMEOUT")
            try:
                process.wait_for(_answer(self._server, question, context, seconds), seconds + ENDED)
            except TimeoutError:
                run.error = TIMEOUT
            except Exception as error:
                run.error = run.error or type(error).__name__
        failed = Run.Status.FAILED if run.error else Run.Status.COMPLETED
        return Answer(
            outcome=run.report.final(failed),
            text=store.text(),
            cited=run.report.cited,
            searched=run.report.searched,
            error=run.error,
            model=run.usage.model,
            tokens_in=run.usage.tokens_in or 0,
            tokens_cached=run.usage.tokens_cached or 0,
            tokens_out=run.usage.tokens_out or 0,
            duration_ms=round(1000 * (time.monotonic() - began)),
        )


async def _answer(
    server: DjangoChatKitServer, question: str, context: ChatContext, seconds: float
) -> None:
    """TimeoutError once the time is up and the answer has ended, so that what it has used until
    then is known."""
    message = {
        "content": [{"type": "input_text", "text": question}],
        "attachments": [],
        "inference_options": {},
    }
    asked: Any = {"type": "threads.create", "params": {"input": message}}
    request: Any = request_adapter().validate_python(asked)
    assert isinstance(request, ThreadsCreateReq)
    set_script_prefix(context.script_prefix)
    with translation.override(context.language), timezone.override(context.time_zone):
        async with asyncio.timeout(seconds):
            async for _frame in server.stream(request, context):
                pass


class TrialStore(Store[ChatContext]):
    """One conversation, in memory."""

    def __init__(self) -> None:
        self._thread: ThreadMetadata | None = None
        self._items: dict[str, ThreadItem] = {}

    def text(self) -> str:
        """What the assistant has said."""
        said = [one for one in self._items.values() if isinstance(one, AssistantMessageItem)]
        return clean_text("\n\n".join(part.text for item in said for part in item.content))

    def generate_thread_id(self, context: ChatContext) -> str:
        return new_thread_id()

    async def load_thread(self, thread_id: str, context: ChatContext) -> ThreadMetadata:
        if self._thread is None or self._thread.id != thread_id:
            raise NotFoundError(thread_id)
        return self._thread

    async def save_thread(self, thread: ThreadMetadata, context: ChatContext) -> None:
        self._thread = thread

    async def load_threads(
        self, limit: int, after: str | None, order: str, context: ChatContext
    ) -> Page[ThreadMetadata]:
        return Page(data=[self._thread] if self._thread else [])

    async def delete_thread(self, thread_id: str, context: ChatContext) -> None:
        self._thread = None
        self._items.clear()

    async def load_thread_items(
        self, thread_id: str, after: str | None, limit: int, order: str, context: ChatContext
    ) -> Page[ThreadItem]:
        items = list(self._items.values())
        return Page(data=(items[::-1] if order == "desc" else items)[:limit])

    async def load_item(self, thread_id: str, item_id: str, context: ChatContext) -> ThreadItem:
        if item_id not in self._items:
            raise NotFoundError(item_id)
        return self._items[item_id]

    async def add_thread_item(self, thread_id: str, item: ThreadItem, context: ChatContext) -> None:
        self._items[item.id] = item

    async def save_item(self, thread_id: str, item: ThreadItem, context: ChatContext) -> None:
        self._items[item.id] = item

    async def delete_thread_item(self, thread_id: str, item_id: str, context: ChatContext) -> None:
        self._items.pop(item_id, None)

    async def save_attachment(self, attachment: Attachment, context: ChatContext) -> None:
        raise NotFoundError(attachment.id)

    async def load_attachment(self, attachment_id: str, context: ChatContext) -> Attachment:
        raise NotFoundError(attachment_id)

    async def delete_attachment(self, attachment_id: str, context: ChatContext) -> None:
        raise NotFoundError(attachment_id)
