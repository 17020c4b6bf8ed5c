"""Stores updates of items that are stored already: the SDK only sends them to the client.

A widget's button, for instance, is answered by `action` with an update of the widget.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

from chatkit.store import NotFoundError, Store
from chatkit.types import (
    AssistantMessageItem,
    ThreadItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdate,
    ThreadItemUpdatedEvent,
    ThreadMetadata,
    ThreadStreamEvent,
    WidgetComponentUpdated,
    WidgetItem,
    WidgetRootUpdated,
    WidgetStreamingTextValueDelta,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)
from chatkit.widgets import WidgetRoot

from . import records
from .runs.context import ChatContext

Update = Callable[[AssistantMessageItem, Any], AssistantMessageItem]


async def keep_updates(
    stream: AsyncIterator[ThreadStreamEvent],
    thread: ThreadMetadata,
    store: Store[ChatContext],
    context: ChatContext,
    update_message: Update,
) -> AsyncIterator[ThreadStreamEvent]:
    """The same events; items of earlier answers are saved as these have changed them.

    `update_message(item, update)` is the SDK's own way to change an assistant's message.
    """
    begun: set[str] = set()  # items of this answer, which the SDK stores once they are done
    changed: dict[str, ThreadItem] = {}
    try:
        async for event in stream:
            if isinstance(event, ThreadItemAddedEvent):
                begun.add(event.item.id)
            elif isinstance(event, ThreadItemDoneEvent | ThreadItemReplacedEvent):
                changed.pop(event.item.id, None)
                begun.discard(event.item.id)
            elif isinstance(event, ThreadItemRemovedEvent):
                changed.pop(event.item_id, None)
                begun.discard(event.item_id)
            elif isinstance(event, ThreadItemUpdatedEvent) and event.item_id not in begun:
                item = changed.get(event.item_id)
                if item is None:
                    item = await _load(event.item_id, thread, store, context)
                if item is not None:
                    changed[item.id] = _apply(item, event.update, update_message)
            yield event
    finally:  # also where the answer fails or is stopped
        for item in changed.values():
            await store.save_item(thread.id, item, context)


async def _load(
    item_id: str, thread: ThreadMetadata, store: Store[ChatContext], context: ChatContext
) -> ThreadItem | None:
    try:
        return await store.load_item(thread.id, item_id, context)
    except NotFoundError:
        return None


def _apply(item: ThreadItem, update: ThreadItemUpdate, update_message: Update) -> ThreadItem:
    if isinstance(item, WidgetItem):
        return item.model_copy(update={"widget": _updated_widget(item, update)})
    if isinstance(item, WorkflowItem):
        tasks = item.workflow.tasks
        if isinstance(update, WorkflowTaskAdded):
            tasks.insert(update.task_index, update.task)
        elif isinstance(update, WorkflowTaskUpdated) and update.task_index < len(tasks):
            tasks[update.task_index] = update.task
    elif isinstance(item, AssistantMessageItem) and "content_index" in type(update).model_fields:
        return update_message(item, update)
    return item


def _updated_widget(item: WidgetItem, update: ThreadItemUpdate) -> WidgetRoot:
    if isinstance(update, WidgetRootUpdated):
        return update.widget
    payload = item.widget.model_dump(mode="json", exclude_none=True)
    if isinstance(update, WidgetComponentUpdated):
        new = update.component.model_dump(mode="json", exclude_none=True)
        payload = _replaced(payload, update.component_id, lambda old: new)
    elif isinstance(update, WidgetStreamingTextValueDelta):
        payload = _replaced(
            payload,
            update.component_id,
            lambda old: old | {"value": f"{old.get('value', '')}{update.delta}"},
        )
    return records.read_widget(payload)


def _replaced(node: Any, component_id: str, change: Callable[[Any], Any]) -> Any:
    """The widget's JSON with the component of this id changed."""
    if isinstance(node, list):
        return [_replaced(entry, component_id, change) for entry in node]
    if not isinstance(node, dict):
        return node
    if node.get("id") == component_id and "type" in node:
        return change(node)
    return {key: _replaced(value, component_id, change) for key, value in node.items()}
