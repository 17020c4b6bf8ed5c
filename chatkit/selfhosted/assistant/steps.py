"""What an answer's tools do, as people read it: "Looking up customers…" while one is at it, and
afterwards "Searched customers · 2 found", folded in a workflow item above the answer."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from django.utils.translation import ngettext

from chatkit.types import (
    CustomSummary,
    CustomTask,
    Task,
    ThreadItemAddedEvent,
    ThreadItemUpdatedEvent,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

from ...toolbox import Tool
from ..titles import shorten

if TYPE_CHECKING:
    from .tools import AnswerState

LONGEST = 200  # characters of a line
Status = Literal["loading", "complete"]


class Step:
    """One call of a tool, as a task of the answer's workflow item."""

    def __init__(self, answer: AnswerState, item: WorkflowItem, tool: Tool) -> None:
        self._answer, self._item, self._tool = answer, item, tool
        self._index = len(item.workflow.tasks) - 1
        self._loop = asyncio.get_running_loop()
        self._telling: asyncio.Task[None] | None = None
        self._over = False

    def tell(self, text: str) -> None:
        """Say what the tool is at now. From any thread."""
        self._loop.call_soon_threadsafe(self._begin_telling, text)

    def _begin_telling(self, text: str) -> None:
        if not self._over:
            self._telling = self._loop.create_task(self._change(text, "loading"))

    async def end(self, result: str, done: bool) -> None:
        """The tool has returned, with this in a word or two."""
        self._over = True
        words = self._tool.said_after if done else self._tool.label
        await self._change(" · ".join(filter(None, (words, result))), "complete")

    async def _change(self, text: str, status: Status) -> None:
        workflow = self._item.workflow
        task = workflow.tasks[self._index] = _task(text, status)
        workflow.summary = CustomSummary(title=summary(workflow.tasks), icon="search")
        update = WorkflowTaskUpdated(task=task, task_index=self._index)
        await self._answer.emit(ThreadItemUpdatedEvent(item_id=self._item.id, update=update))


async def begin(answer: AnswerState, tool: Tool) -> Step | None:
    """A tool is about to run. None where nobody sees it: what a card has confirmed."""
    agent = answer.agent
    if agent is None:
        return None
    task = _task(tool.said_before, "loading")
    item = agent.workflow_item
    if item is None:
        item = WorkflowItem(
            id=answer.store.generate_item_id("workflow", answer.thread, answer.context),
            thread_id=answer.thread.id,
            created_at=datetime.datetime.now(),
            workflow=Workflow(type="custom", tasks=[task]),
        )
        agent.workflow_item = item  # the SDK ends it where the answer begins
        await answer.emit(ThreadItemAddedEvent(item=item))
    else:
        item.workflow.tasks.append(task)
        index = len(item.workflow.tasks) - 1
        added = WorkflowTaskAdded(task=task, task_index=index)
        await answer.emit(ThreadItemUpdatedEvent(item_id=item.id, update=added))
    return Step(answer, item, tool)


def is_told(task: Task) -> bool:
    """Whether a task is a step of ours, which is told to people alone."""
    return isinstance(task, CustomTask) and task.icon == "search" and not task.content


def _task(text: str, status: Status) -> CustomTask:
    return CustomTask(title=shorten(text, LONGEST), icon="search", status_indicator=status)


def summary(tasks: Sequence[Task]) -> str:
    """The line that the steps are folded under."""
    first, *more = [task.title for task in tasks if task.title]
    if not more:
        return first
    words = ngettext(
        "%(first)s, and %(count)d more step", "%(first)s, and %(count)d more steps", len(more)
    )
    return words % {"first": first, "count": len(more)}
