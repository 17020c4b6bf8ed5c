"""Answerers that do as a test says: the question is the script."""

from __future__ import annotations

import asyncio
import datetime
import json
import threading
from collections.abc import AsyncIterator
from typing import Any

from django.utils import translation

from chatkit.errors import CustomStreamError
from chatkit.selfhosted.engine import DjangoChatKitServer, message_text
from chatkit.selfhosted.runs.context import ChatContext
from chatkit.store import AttachmentStore
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    AttachmentCreateParams,
    AudioInput,
    FileAttachment,
    LockedStatus,
    ProgressUpdateEvent,
    SyncCustomActionResponse,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    TranscriptionResult,
    WidgetComponentUpdated,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
)
from chatkit.widgets import Card, Text

PAUSE = 0.02
UNBLOCKED = threading.Event()


ITEMS: dict[str, dict[str, Any]] = {
    "tool": {"type": "client_tool_call", "call_id": "c", "name": "n", "arguments": {"a": None}},
    "form": {
        "type": "structured_input",
        "inputs": [
            {"type": "freeform", "id": "q1", "question": "Why?"},
            {
                "type": "multiple_choice",
                "id": "q2",
                "question": "Which?",
                "options": [{"value": "a"}, {"value": "b"}],
            },
        ],
    },
    "widget": {
        "type": "widget",
        "widget": {
            "type": "Card",
            "children": [
                {"type": "Button", "label": "Go", "onClickAction": {"type": "go"}},
                {"type": "Table", "children": []},
                {"type": "Text", "id": "t1", "value": "old"},
            ],
        },
    },
    "hidden": {"type": "hidden_context_item", "content": "canary"},
}


UPDATES = {
    "root": WidgetRootUpdated(widget=Card(children=[Text(value="new")])),
    "component": WidgetComponentUpdated(component_id="t1", component=Text(id="t1", value="new")),
    "text": WidgetStreamingTextValueDelta(component_id="t1", delta=" more", done=True),
}


class ScriptedServer(DjangoChatKitServer):
    """Reads the question word by word.

    `say N` gives N numbered deltas at once, `drip N` the same with a pause after each,
    `rush N` with one that no clock sees, `wait` waits for ever, `fail` raises, `sorry` raises a
    sentence for the user, `stubborn` ignores the first cancellation, `cancelled` is what code of
    its own has cancelled, `speak` says the language it finds, more than once, `block` holds a
    thread of `context.database` until UNBLOCKED is set, `headers` says those it may read.
    """

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        words = message_text(input_user_message).split() if input_user_message else ["say", "1"]
        item = AssistantMessageItem(
            id=self.store.generate_item_id("message", thread, context),
            thread_id=thread.id,
            created_at=datetime.datetime.now(),
            content=[],
        )
        yield ThreadItemAddedEvent(item=item)
        part = AssistantMessageContent(text="")
        yield self._update(item, AssistantMessageContentPartAdded(content_index=0, content=part))
        text = ""
        for word, following in zip(words, [*words[1:], ""], strict=True):
            if word in ("say", "drip", "rush"):
                for number in range(1, int(following) + 1):
                    delta = f"{number} "
                    text += delta
                    yield self._update(
                        item, AssistantMessageContentPartTextDelta(content_index=0, delta=delta)
                    )
                    if word != "say":
                        await asyncio.sleep(PAUSE if word == "drip" else 0)
            elif word == "speak":
                for _ in range(5):
                    delta = f"{translation.get_language()} "
                    text += delta
                    yield self._update(
                        item, AssistantMessageContentPartTextDelta(content_index=0, delta=delta)
                    )
                    await asyncio.sleep(PAUSE)
            elif word == "block":
                await context.database(UNBLOCKED.wait, 30)
            elif word == "title":
                thread.title, seen = following, thread.title
                text += f"{seen}"
            elif word == "emoji":
                for delta in ("\ud83d", "\ude00 "):
                    text += delta
                    yield self._update(
                        item, AssistantMessageContentPartTextDelta(content_index=0, delta=delta)
                    )
                    await asyncio.sleep(0)
            elif word == "headers":
                text += json.dumps(dict(context.headers))
            elif word == "wait":
                await asyncio.Event().wait()
            elif word == "stubborn":
                try:
                    await asyncio.Event().wait()
                except asyncio.CancelledError:
                    await asyncio.Event().wait()
            elif word == "cancelled":
                raise asyncio.CancelledError
            elif word == "fail":
                raise RuntimeError("secret cause")
            elif word == "sorry":
                raise CustomStreamError("Sorry about that.", allow_retry=True)
            elif word == "lock":
                thread.status = LockedStatus(reason="Done here.")
            elif word in ITEMS:
                made = ITEMS[word] | {
                    "id": self.store.generate_item_id("message", thread, context),
                    "thread_id": thread.id,
                    "created_at": datetime.datetime.now(),
                }
                yield ThreadItemDoneEvent.model_validate({"item": made})
                return
        content = [AssistantMessageContent(text=text)]
        yield ThreadItemDoneEvent(item=item.model_copy(update={"content": content}))

    async def action(
        self, thread: Any, action: Any, sender: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        """`go` answers with the action's payload; others are left to the base class."""
        if action.type in UPDATES:
            yield self._update(sender, UPDATES[action.type])
            return
        if action.type == "update and fail":
            yield self._update(sender, UPDATES["root"])
            raise RuntimeError("secret cause")
        if action.type != "go":
            async for event in super().action(thread, action, sender, context):
                yield event
        yield ProgressUpdateEvent(text=f"went with {action.payload}")

    @staticmethod
    def _update(item: Any, update: Any) -> Any:
        return ThreadItemUpdatedEvent(item_id=item.id, update=update)


class ReportingServer(ScriptedServer):
    """The question is JSON: `calls` of `report_outcome`, `then` a question for ScriptedServer."""

    async def respond(
        self, thread: Any, input_user_message: Any, context: ChatContext
    ) -> AsyncIterator[Any]:
        script = json.loads(message_text(input_user_message))
        for call in script["calls"]:
            context.report_outcome(**call)
        part = input_user_message.content[0].model_copy(update={"text": script["then"]})
        question = input_user_message.model_copy(update={"content": [part]})
        async for event in super().respond(thread, question, context):
            yield event


class FullServer(ScriptedServer):
    """Has the optional parts, too."""

    async def sync_action(
        self, thread: Any, action: Any, sender: Any, context: ChatContext
    ) -> SyncCustomActionResponse:
        return SyncCustomActionResponse(updated_item=sender)

    async def transcribe(
        self, audio_input: AudioInput, context: ChatContext
    ) -> TranscriptionResult:
        return TranscriptionResult(
            text=f"{len(audio_input.data)} bytes of {audio_input.media_type}"
        )


class Uploads(AttachmentStore[ChatContext]):
    """Takes the names of files and forgets them."""

    async def create_attachment(
        self, input: AttachmentCreateParams, context: ChatContext
    ) -> FileAttachment:
        return FileAttachment(id="atc_1", name=input.name, mime_type=input.mime_type)

    async def delete_attachment(self, attachment_id: str, context: ChatContext) -> None:
        return None


class UploadServer(ScriptedServer):
    """Takes files."""

    def __init__(self) -> None:
        super().__init__(attachment_store=Uploads())


class BrokenServer(DjangoChatKitServer):
    """`respond` is not even a generator."""

    def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
        return None
