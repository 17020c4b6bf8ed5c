"""The server class that plays a script. It loads the SDK: named by its path alone."""

from __future__ import annotations

import asyncio
import datetime
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from pydantic import TypeAdapter

from chatkit.actions import Action
from chatkit.errors import CustomStreamError
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientEffectEvent,
    ClientToolCallItem,
    FileSource,
    ProgressUpdateEvent,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    URLSource,
    UserMessageItem,
    WidgetItem,
)
from chatkit.widgets import WidgetRoot

from ..selfhosted.engine import DjangoChatKitServer, message_text
from ..selfhosted.runs.context import ChatContext
from .script import Script, ScriptError, current
from .steps import ClientTool, Effect, Fail, Hold, Outcome, Progress, Source, Step, Wait, Widget

LOOK_AGAIN = 0.01  # seconds between two looks whether a held answer may go on


class ScriptedServer(DjangoChatKitServer):
    """Answers from the script of the test that runs."""

    async def respond(
        self,
        thread: ThreadMetadata,
        input_user_message: UserMessageItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        question = message_text(input_user_message) if input_user_message else ""
        script = current()
        async for event in self._play(script, _told(script.take, question), thread, context):
            yield event

    async def action(
        self,
        thread: ThreadMetadata,
        action: Action[str, Any],
        sender: WidgetItem | None,
        context: ChatContext,
    ) -> AsyncIterator[ThreadStreamEvent]:
        script = current()
        steps = _told(script.take_action, action.type)
        async for event in self._play(script, steps, thread, context):
            yield event

    async def _play(
        self, script: Script, steps: list[Step], thread: ThreadMetadata, context: ChatContext
    ) -> AsyncIterator[ThreadStreamEvent]:
        message: Message | None = None
        for step in steps:
            if isinstance(step, str | Source):
                if message is None:
                    message = Message(self.store.generate_item_id("message", thread, context))
                    for event in message.begin(thread):
                        yield event
                yield message.add(step)
                await asyncio.sleep(0)  # let this be sent, and other answers go on
                continue
            if not isinstance(step, Wait | Hold | Progress | Effect | Fail | Outcome) and message:
                for event in message.end():
                    yield event
                message = None
            if isinstance(step, Wait):
                await asyncio.sleep(step.seconds)
            elif isinstance(step, Hold):
                await _held(script, step)
            elif isinstance(step, Fail):
                raise _failure(step)
            elif isinstance(step, Outcome):
                _report(step, context)
            else:
                yield self._event(step, thread, context)
        if message:
            for event in message.end():
                yield event

    def _event(self, step: Step, thread: ThreadMetadata, context: ChatContext) -> ThreadStreamEvent:
        """The one event of a step that has one."""
        if isinstance(step, Progress):
            return ProgressUpdateEvent(text=step.text)
        if isinstance(step, Effect):
            return ClientEffectEvent(name=step.name, data=step.data)
        common: dict[str, Any] = {"thread_id": thread.id, "created_at": datetime.datetime.now()}
        if isinstance(step, Widget):
            common["id"] = self.store.generate_item_id("message", thread, context)
            root: WidgetRoot = TypeAdapter(WidgetRoot).validate_python(step.root)
            return ThreadItemDoneEvent(
                item=WidgetItem(widget=root, copy_text=step.copy_text, **common)
            )
        if isinstance(step, ClientTool):
            call_id = self.store.generate_item_id("tool_call", thread, context)
            return ThreadItemDoneEvent(
                item=ClientToolCallItem(
                    id=call_id,
                    call_id=call_id,
                    name=step.name,
                    arguments=step.arguments,
                    **common,
                )
            )
        event: ThreadStreamEvent = step
        return event


class Message:
    """One message of the assistant, as it is written."""

    def __init__(self, item_id: str) -> None:
        self.item_id = item_id
        self.text = ""
        self.annotations: list[Annotation] = []

    def begin(self, thread: ThreadMetadata) -> Iterator[ThreadStreamEvent]:
        self.item = AssistantMessageItem(
            id=self.item_id, thread_id=thread.id, created_at=datetime.datetime.now(), content=[]
        )
        yield ThreadItemAddedEvent(item=self.item)
        yield self._updated(
            AssistantMessageContentPartAdded(content_index=0, content=self._content())
        )

    def add(self, step: str | Source) -> ThreadStreamEvent:
        if isinstance(step, str):
            self.text += step
            return self._updated(AssistantMessageContentPartTextDelta(content_index=0, delta=step))
        annotation = Annotation(source=_source(step), index=len(self.text))
        self.annotations.append(annotation)
        return self._updated(
            AssistantMessageContentPartAnnotationAdded(
                content_index=0,
                annotation_index=len(self.annotations) - 1,
                annotation=annotation,
            )
        )

    def end(self) -> Iterator[ThreadStreamEvent]:
        content = self._content()
        yield self._updated(AssistantMessageContentPartDone(content_index=0, content=content))
        yield ThreadItemDoneEvent(item=self.item.model_copy(update={"content": [content]}))

    def _content(self) -> AssistantMessageContent:
        return AssistantMessageContent(text=self.text, annotations=[*self.annotations])

    def _updated(self, update: ThreadItemUpdate) -> ThreadStreamEvent:
        return ThreadItemUpdatedEvent(item_id=self.item_id, update=update)


def _source(step: Source) -> URLSource | FileSource:
    if step.filename:
        return FileSource(title=step.title, filename=step.filename)
    return URLSource(title=step.title, url=step.url)


def _told(take: Any, what: str) -> list[Step]:
    """What the script has; that it has nothing is said to whom asks, who is a test."""
    try:
        steps: list[Step] = take(what)
    except ScriptError as error:
        raise CustomStreamError(str(error)) from None
    return steps


def _failure(step: Fail) -> Exception:
    if step.message:
        return CustomStreamError(step.message, allow_retry=step.retry)
    return RuntimeError("The script says that the assistant fails here.")


def _report(step: Outcome, context: ChatContext) -> None:
    try:
        context.report_outcome(step.outcome, searched=step.searched, cited=step.cited)
    except ValueError as error:
        raise CustomStreamError(str(error)) from None


async def _held(script: Script, step: Hold) -> None:
    end = time.monotonic() + step.seconds
    while not script.may_go_on():
        if time.monotonic() > end:
            raise CustomStreamError("The script was held, and nobody called its go().")
        await asyncio.sleep(LOOK_AGAIN)
