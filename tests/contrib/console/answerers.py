"""An answerer that uses tokens."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

from chatkit.selfhosted.engine import message_text
from chatkit.selfhosted.runs.context import ChatContext

from ...selfhosted.servers import ScriptedServer

GO_ON = threading.Event()


class LateServer(ScriptedServer):
    """Never answers, and tells a moment after its end that it has used 100 tokens."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        try:
            await asyncio.Event().wait()
            yield
        finally:
            await asyncio.sleep(0.2)
            context.report_usage(model="m1", tokens_in=0, tokens_out=100)


class SpendingServer(ScriptedServer):
    """`use 100` says "1" and reports 100 tokens of the model m1 that were written; `use 100 of m2`
    another model's. Where GO_ON is not set, it waits for that."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        words = message_text(input_user_message).split()
        while not GO_ON.is_set():
            await asyncio.sleep(0.01)
        model = words[3] if len(words) > 3 else "m1"
        context.report_usage(model=model, tokens_in=0, tokens_out=int(words[1]))
        async for event in super().respond(thread, None, context):
            yield event
