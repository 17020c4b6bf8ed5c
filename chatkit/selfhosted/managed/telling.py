"""Tells a turn of an agent as ChatKit items: its messages, and its steps between them."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from chatkit.store import StoreItemType
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
)

from ...fields import JsonObject
from ...toolbox import Source
from ..assistant.stream import Translator
from . import events
from .steps import Steps, task_of

MOST_PARTS = 100


class Telling:
    """The items of one answer. `said` tells whether there was an answer in words."""

    def __init__(
        self, thread_id: str, new_id: Callable[[StoreItemType], str], sources: list[Source]
    ) -> None:
        self._thread_id = thread_id
        self._messages = Translator(new_id, sources)
        self.steps = Steps(thread_id, new_id)
        self._texts: dict[str, dict[int, str]] = {}  # of messages that have begun
        self._over: set[str] = set()  # items that are done
        self._gaps: set[str] = set()  # items of which a piece may be missing: their end has it
        self._thoughts: dict[tuple[str, int], str] = {}

    @property
    def said(self) -> bool:
        return self._messages.said

    def take(self, event: JsonObject) -> list[ThreadStreamEvent]:
        """The events to send for one of the API's; none for those that show nothing."""
        kind = events.text(event, "type")
        item_id = events.text(event, "item_id")
        if kind == events.TEXT_DELTA:
            return self._grow(item_id, _index(event, "content_index"), events.text(event, "delta"))
        if kind == events.TEXT_DONE:
            return self._grow_to(item_id, _index(event, "content_index"), event)
        if kind in (events.THOUGHT_DELTA, events.THOUGHT_DONE):
            return self._think(item_id, _index(event, "summary_index"), event)
        if kind in (events.ITEM_ADDED, events.ITEM_DONE, events.ITEM_READ):
            return self._item(events.at(event, "item"), kind)
        return []

    def interrupted(self) -> None:
        """The stream was cut: what comes of open messages from now on may not join."""
        self._gaps |= self._texts.keys() - self._over

    def withdraw(self) -> list[ThreadStreamEvent]:
        """Events that remove what will not be completed."""
        return self._messages.withdraw()

    def close(self) -> list[ThreadStreamEvent]:
        """Events that complete what the API left open."""
        found = self.steps.close()
        for item_id in [*self._texts]:
            if item_id not in self._over:
                found += self._end(item_id, self._texts[item_id])
        return found

    # -- messages ------------------------------------------------------------------------

    def _begin(self, item_id: str, index: int) -> list[ThreadStreamEvent]:
        found: list[ThreadStreamEvent] = []
        if item_id not in self._texts:
            found += self.steps.close()
            self._texts[item_id] = {}
            found += self._messages.translate(ThreadItemAddedEvent(item=self._message(item_id, [])))
        if index not in self._texts[item_id]:
            self._texts[item_id][index] = ""
            part = AssistantMessageContentPartAdded(
                content_index=index, content=AssistantMessageContent(text="")
            )
            update = ThreadItemUpdatedEvent(item_id=item_id, update=part)
            found += self._messages.translate(update)
        return found

    def _grow(self, item_id: str, index: int, delta: str) -> list[ThreadStreamEvent]:
        if not delta or not item_id or item_id in self._over or item_id in self._gaps:
            return []
        found = self._begin(item_id, index)
        self._texts[item_id][index] += delta
        update = AssistantMessageContentPartTextDelta(content_index=index, delta=delta)
        told = ThreadItemUpdatedEvent(item_id=item_id, update=update)
        return found + self._messages.translate(told)

    def _grow_to(self, item_id: str, index: int, event: JsonObject) -> list[ThreadStreamEvent]:
        """The part's text is complete: what of it has not come yet is told now."""
        whole = events.text(event, "text")
        before = self._texts.get(item_id, {}).get(index, "")
        if not whole.startswith(before) or len(whole) == len(before):
            return []
        self._gaps.discard(item_id)
        return self._grow(item_id, index, whole[len(before) :])

    def _end(self, item_id: str, parts: dict[int, str]) -> list[ThreadStreamEvent]:
        self._over.add(item_id)
        content = [AssistantMessageContent(text=parts[index]) for index in sorted(parts)]
        done = ThreadItemDoneEvent(item=self._message(item_id, content))
        return self._messages.translate(done)

    def _message(
        self, item_id: str, content: list[AssistantMessageContent]
    ) -> AssistantMessageItem:
        return AssistantMessageItem(
            id=item_id,
            thread_id=self._thread_id,
            created_at=datetime.datetime.now(),
            content=content,
        )

    # -- items ---------------------------------------------------------------------------

    def _item(self, item: object, kind: str) -> list[ThreadStreamEvent]:
        item_id, of = events.text(item, "id"), events.text(item, "type")
        if not isinstance(item, dict) or not item_id or item_id in self._over:
            return []
        done = kind == events.ITEM_DONE or (
            kind == events.ITEM_READ and events.text(item, "status") == "completed"
        )
        if of == "message":
            return self._whole(item_id, item) if done and _is_assistant(item) else []
        if of == "reasoning":
            return self._thoughts_of(item_id, item) if done else []
        task = task_of(item, done=done)
        if task is None:
            if of not in UNSEEN:
                events.tell_unknown("item", of)
            return []
        if done:
            self._over.add(item_id)
        return self.steps.show(item_id, task)

    def _whole(self, item_id: str, item: JsonObject) -> list[ThreadStreamEvent]:
        """A message that is complete, whatever of it came before."""
        given = {
            index: events.text(part, "text")
            for index, part in enumerate(events.dicts(item, "content")[:MOST_PARTS])
            if events.text(part, "type") == "output_text"
        }
        before = self._texts.get(item_id, {})
        parts = before | {index: text for index, text in given.items() if text}
        self._gaps.discard(item_id)
        found: list[ThreadStreamEvent] = []
        for index, text in parts.items():
            if text.startswith(before.get(index, "")):
                found += self._grow(item_id, index, text[len(before.get(index, "")) :])
        if item_id not in self._texts:
            self._over.add(item_id)
            return found
        return found + self._end(item_id, parts)

    # -- thoughts ------------------------------------------------------------------------

    def _think(self, item_id: str, index: int, event: JsonObject) -> list[ThreadStreamEvent]:
        if not item_id or item_id in self._over:
            return []
        key = (item_id, index)
        done = events.text(event, "type") == events.THOUGHT_DONE
        whole = events.text(event, "text") if done else ""
        content = whole or self._thoughts.get(key, "") + events.text(event, "delta")
        self._thoughts[key] = content
        return self.steps.think(key, content, done=done)

    def _thoughts_of(self, item_id: str, item: JsonObject) -> list[ThreadStreamEvent]:
        found: list[ThreadStreamEvent] = []
        for index, part in enumerate(events.dicts(item, "summary")[:MOST_PARTS]):
            found += self.steps.think((item_id, index), events.text(part, "text"), done=True)
        self._over.add(item_id)
        return found


# Items that are answered or shown elsewhere, or need not be.
UNSEEN = frozenset(
    (
        "function_call_output",
        "agent_message",
        "computer_use_approval_request",
        "computer_use_approval_request_result",
        "send_subagent_input_call",
        "resume_subagent_call",
        "wait_for_subagents_call",
        "interrupt_subagent_call",
        "close_subagent_call",
    )
)


def _is_assistant(item: JsonObject) -> bool:
    return events.text(item, "role") == "assistant"


def _index(event: JsonObject, name: str) -> int:
    found = events.number(event, name) or 0
    return found if found < MOST_PARTS else MOST_PARTS
