"""The help desk, which says on request what is hard to set: the question is the key."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import AsyncIterator
from typing import Any

from chatkit.errors import CustomStreamError
from chatkit.selfhosted.engine import message_text
from chatkit.selfhosted.helpdesk import HelpDeskServer
from chatkit.selfhosted.replies import Piece
from chatkit.selfhosted.runs.context import ChatContext
from chatkit.types import (
    CustomSummary,
    CustomTask,
    ProgressUpdateEvent,
    ThreadItemDoneEvent,
    TranscriptionResult,
    Workflow,
    WorkflowItem,
)

from ..element.states import LONG_QUESTION, MARKDOWN, WIDE

LONG = "\n\n".join(
    f"## {number}. Before the season\n\nCount what is in the warehouse, **close the open orders** "
    "and tell the people who sell on the road which prices will be new. What was counted goes into "
    "a list of its own, so that nobody sells it twice.\n\n- Close the orders\n- Count\n- Tell"
    for number in range(1, 8)
)
SAID = {"wide": WIDE, "code": MARKDOWN, "long": LONG}


class PicturesServer(HelpDeskServer):
    """`wide`, `code` and `long` are answers; `steps` looks things up first, `search` is still
    looking, `fail` fails. Everything else is the help desk's."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        asked = message_text(input_user_message) if input_user_message else ""
        key = asked.split(" ", 1)[0].lower().rstrip("?")
        if key == "search":
            yield ProgressUpdateEvent(text="Looking up customers…", icon="search")
            await asyncio.Event().wait()
        elif key == "grow":
            async for event in self._say(thread, [Piece(LONG)], context):
                yield event
                if "text_delta" in str(event):
                    await asyncio.Event().wait()
        elif key == "fail":
            raise CustomStreamError("The model is not there just now.", allow_retry=True)
        elif key == "steps":
            yield ThreadItemDoneEvent(item=self._steps(thread, context))
            async for event in self._say(thread, [Piece("**Acme** and *Globex*.")], context):
                yield event
        elif key in SAID or asked == LONG_QUESTION:
            async for event in self._say(thread, [Piece(SAID.get(key, WIDE))], context):
                yield event
        else:
            async for event in super().respond(thread, input_user_message, context):
                yield event

    def _steps(self, thread: Any, context: ChatContext) -> WorkflowItem:
        tasks = [
            CustomTask(title=title, icon="search", status_indicator="complete")
            for title in ("Acme, customer since 2019", "Globex, two open orders")
        ]
        summary = CustomSummary(title="Searched customers · 2 found", icon="search")
        return WorkflowItem(
            id=self.store.generate_item_id("workflow", thread, context),
            thread_id=thread.id,
            created_at=datetime.datetime.now(),
            workflow=Workflow(type="custom", tasks=list(tasks), summary=summary),
        )

    async def transcribe(self, audio_input: Any, context: ChatContext) -> TranscriptionResult:
        return TranscriptionResult(text="How do I create an order?")
