"""Turns the Agents SDK's events into ours: with our store's ids, and with all citations.

The SDK's `stream_agent_response` takes over the model's ids, of which Chat Completions has one
for all messages, and drops the citations when a part of a message is done.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

from agents import RunResultStreaming, StreamEvent
from pydantic import BaseModel

from chatkit.agents import AgentContext, stream_agent_response
from chatkit.store import StoreItemType
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartAnnotationAdded,
    AssistantMessageContentPartDone,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientToolCallItem,
    HiddenContextItem,
    SDKHiddenContextItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    WorkflowItem,
    WorkflowTaskAdded,
)

from ...toolbox import Source
from ..closing import ending
from ..runs.context import ChatContext, work_of
from .citations import CitedText

# Items that don't count as an answer.
QUIET = (HiddenContextItem, SDKHiddenContextItem, WorkflowItem)
CONSULTED = 3  # sources named under an answer that cites none itself

# The kinds of citations that the SDK can convert; it fails on others.
CITATIONS = ("file_citation", "url_citation", "container_file_citation", "file_path")

REFUSALS = ("response.refusal.delta", "response.refusal.done")

T = TypeVar("T")

# The tasks that read the SDK's streams. Kept here: the event loop has only weak references.
_pumps: set[asyncio.Task[None]] = set()


class _End:
    """Marks the end of a stream in a queue."""


def agent_events(
    context: AgentContext[ChatContext], result: RunResultStreaming
) -> AsyncIterator[ThreadStreamEvent]:
    """The events of `stream_agent_response`. Ends the agents' run where its reader stops early."""

    def abandoned() -> None:
        context.workflow_item = None  # otherwise it would be stored without having been announced
        result.cancel()

    readable: Any = _Readable(result, context.request_context)
    ends = work_of(context.request_context).ends
    return _eagerly(stream_agent_response(context, readable), abandoned, ends)


def _eagerly(
    stream: AsyncIterator[T],
    abandoned: Callable[[], None] = lambda: None,
    ends: list[Callable[[], Awaitable[None]]] | None = None,
) -> AsyncIterator[T]:
    """`stream`, read by a task of its own from now on, as fast as it comes. `abandoned` is
    called where the reader stops before the end; to `ends` is added what does that for a reader
    that is only left.

    When the SDK's generators are cancelled, their tasks and the model's request go on, so this
    task is not cancelled: it reads to the end. And when a run fails, they drop events that are
    not read yet: a reader that waits for the database would lose the end of the text.
    """
    events: asyncio.Queue[T | Exception | _End] = asyncio.Queue()

    async def pump() -> None:
        try:
            async for event in stream:
                events.put_nowait(event)
            events.put_nowait(_End())
        except Exception as error:
            events.put_nowait(error)

    async def read() -> AsyncIterator[T]:
        try:
            while not isinstance(event := await events.get(), _End):
                if isinstance(event, Exception):
                    raise event
                yield event
        finally:
            await end()

    task = asyncio.create_task(pump())
    end = ending(task, abandoned)
    if ends is not None:
        ends.append(end)
    _pumps.add(task)
    task.add_done_callback(_pumps.discard)
    return read()


class _Readable:
    """A run whose streamed citations the SDK can read: it expects dicts, since OpenAI's client
    has two sets of classes for them. Tells the run where the model refuses in a part of its own."""

    def __init__(self, result: RunResultStreaming, context: ChatContext) -> None:
        self._events = _eagerly(result.stream_events())
        self._context = context

    async def stream_events(self) -> AsyncIterator[StreamEvent]:
        async for event in self._events:
            if event.type == "raw_response_event":
                data: Any = event.data
                if data.type in REFUSALS and (run := work_of(self._context).run) is not None:
                    run.report.refused = True
                if data.type == "response.output_text.annotation.added":
                    if isinstance(data.annotation, BaseModel):
                        data.annotation = data.annotation.model_dump()
                    if data.annotation.get("type") not in CITATIONS:
                        continue
            yield event


class Translator:
    """Translates the events of one answer. Make one for each answer.

    `open` are the items announced and not done yet, `said` tells whether there was an answer.
    """

    def __init__(self, new_id: Callable[[StoreItemType], str], sources: list[Source]) -> None:
        self.new_id = new_id
        self.sources = sources
        self.open: dict[str, None] = {}
        self.done: list[str] = []
        self.said = False
        self._ours: dict[str, str] = {}  # the model's id -> ours, of its latest message
        self._all: dict[str, list[str]] = {}
        self._parts: dict[tuple[str, int], CitedText] = {}
        self._finished: set[tuple[str, int]] = set()
        self._tasks: dict[str, int] = {}

    def translate(self, event: ThreadStreamEvent) -> list[ThreadStreamEvent]:
        """The events to send for one of the SDK's."""
        if isinstance(event, ThreadItemAddedEvent):
            item = event.item
            if isinstance(item, AssistantMessageItem):
                item = item.model_copy(update={"id": self._begin(item.id), "content": []})
                event = ThreadItemAddedEvent(item=item)
            self.open[item.id] = None
            return [event]
        if isinstance(event, ThreadItemUpdatedEvent):
            return self._updated(event)
        if isinstance(event, ThreadItemDoneEvent):
            return self._item_done(event)
        if isinstance(event, ThreadItemRemovedEvent):
            return [self._removed(ours) for ours in self._of(event.item_id)]
        return [event]

    def withdraw(self) -> list[ThreadStreamEvent]:
        """Events that remove the items which will not be completed."""
        return [ThreadItemRemovedEvent(item_id=item_id) for item_id in self.open]

    # -- ids -----------------------------------------------------------------------------

    def _begin(self, theirs: str) -> str:
        ours = self.new_id("message")
        self._ours[theirs] = ours
        self._all.setdefault(theirs, []).append(ours)
        return ours

    def _of(self, theirs: str) -> list[str]:
        """Our ids for one of the model's; none for an item that was not shown."""
        if theirs in self._all:
            return self._all[theirs]
        return [theirs] if theirs in self.open or theirs in self.done else []

    def _removed(self, ours: str) -> ThreadItemRemovedEvent:
        self.open.pop(ours, None)
        return ThreadItemRemovedEvent(item_id=ours)

    # -- messages ------------------------------------------------------------------------

    def _part(self, item_id: str, index: int) -> CitedText:
        return self._parts.setdefault((item_id, index), CitedText(self.sources))

    def _updated(self, event: ThreadItemUpdatedEvent) -> list[ThreadStreamEvent]:
        update = event.update
        item_id = self._ours.get(event.item_id, event.item_id)
        if isinstance(update, AssistantMessageContentPartAdded):
            part = self._part(item_id, update.content_index)
            shown, _ = part.feed(update.content.text)
            content = AssistantMessageContent(text=shown, annotations=list(part.annotations))
            added = AssistantMessageContentPartAdded(
                content_index=update.content_index, content=content
            )
            return [_update(item_id, added)]
        if isinstance(update, AssistantMessageContentPartTextDelta):
            part = self._part(item_id, update.content_index)
            return self._shown(item_id, update.content_index, *part.feed(update.delta))
        if isinstance(update, AssistantMessageContentPartAnnotationAdded):
            part = self._part(item_id, update.content_index)
            moved = part.cite(update.annotation)
            return self._shown(item_id, update.content_index, "", [moved] if moved else [])
        if isinstance(update, AssistantMessageContentPartDone):
            self._finished.add((item_id, update.content_index))
            return self._part_done(item_id, update.content_index, update.content)
        if isinstance(update, WorkflowTaskAdded):
            # The SDK looks tasks up by equality, so that two equal ones would count as one.
            count = self._tasks.get(item_id, 0)
            self._tasks[item_id] = count + 1
            update = update.model_copy(update={"task_index": max(count, update.task_index)})
        return [_update(item_id, update)]

    def _shown(
        self, item_id: str, index: int, text: str, cited: list[Annotation]
    ) -> list[ThreadStreamEvent]:
        events: list[ThreadStreamEvent] = []
        if text:
            delta = AssistantMessageContentPartTextDelta(content_index=index, delta=text)
            events.append(_update(item_id, delta))
        before = len(self._part(item_id, index).annotations) - len(cited)
        for number, annotation in enumerate(cited, before):
            events.append(
                _update(
                    item_id,
                    AssistantMessageContentPartAnnotationAdded(
                        content_index=index, annotation_index=number, annotation=annotation
                    ),
                )
            )
        return events

    def _part_done(
        self, item_id: str, index: int, content: AssistantMessageContent
    ) -> list[ThreadStreamEvent]:
        part = self._part(item_id, index)
        events: list[ThreadStreamEvent] = []
        if content.text != part.raw:  # the deltas were not the whole text, or another
            kept = part.annotations
            part = self._parts[item_id, index] = CitedText(self.sources)
            part.feed(content.text)
            part.finish()
            part.annotations += [one for one in kept if one not in part.annotations]
        else:
            events += self._shown(item_id, index, *part.finish())
        for annotation in content.annotations:
            moved = part.cite(annotation)
            events += self._shown(item_id, index, "", [moved] if moved else [])
        events += self._shown(item_id, index, "", part.cite_consulted(CONSULTED))
        done = AssistantMessageContentPartDone(content_index=index, content=_content(part))
        return [*events, _update(item_id, done)]

    def _item_done(self, event: ThreadItemDoneEvent) -> list[ThreadStreamEvent]:
        item = event.item
        if isinstance(item, ClientToolCallItem):
            item = item.model_copy(update={"id": self.new_id("tool_call")})
        elif isinstance(item, AssistantMessageItem):
            ours = self._ours.get(item.id) or self._begin(item.id)
            self._ours.pop(item.id, None)
            return self._message_done(item, ours)
        self.open.pop(item.id, None)
        self.done.append(item.id)
        self.said = self.said or not isinstance(item, QUIET)
        return [ThreadItemDoneEvent(item=item)]

    def _message_done(self, item: AssistantMessageItem, ours: str) -> list[ThreadStreamEvent]:
        content, events = [], list[ThreadStreamEvent]()
        for index, given in enumerate(item.content):
            told = self._part_done(ours, index, given)
            if (ours, index) not in self._finished:  # Chat Completions ends no parts
                events += told
            content.append(_content(self._part(ours, index)))
        if not any(part.text.strip() for part in content):
            return [self._removed(ours)] if ours in self.open else []
        self.open.pop(ours, None)
        self.done.append(ours)
        self.said = True
        done = item.model_copy(update={"id": ours, "content": content})
        return [*events, ThreadItemDoneEvent(item=done)]


def _content(part: CitedText) -> AssistantMessageContent:
    return AssistantMessageContent(text=part.text, annotations=list(part.annotations))


def _update(item_id: str, update: ThreadItemUpdate) -> ThreadItemUpdatedEvent:
    return ThreadItemUpdatedEvent(item_id=item_id, update=update)
