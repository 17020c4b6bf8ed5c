"""Our side's assistant: the scripted answer, with everything that our engine does around it."""

from __future__ import annotations

from collections.abc import AsyncIterator

from chatkit.selfhosted.engine import DjangoChatKitServer
from chatkit.selfhosted.runs.context import ChatContext
from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

from .script import say


class ScriptedServer(DjangoChatKitServer):
    """Says the script."""

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        async for event in say(self.store, thread, input_user_message, context):
            yield event
