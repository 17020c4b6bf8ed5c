"""What an agent does on its way to an answer, as the steps of a workflow item."""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Hashable
from typing import Literal
from urllib.parse import urlsplit

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from chatkit.store import StoreItemType
from chatkit.types import (
    CustomSummary,
    CustomTask,
    DurationSummary,
    SearchTask,
    Task,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
    ThreadStreamEvent,
    URLSource,
    Workflow,
    WorkflowItem,
    WorkflowTaskAdded,
    WorkflowTaskUpdated,
)

from ...fields import JsonObject
from ...toolbox import all_tools
from ..assistant.steps import summary
from . import events

MOST = 100  # steps of one item
LONGEST_TITLE = 200  # characters
LONGEST_THOUGHT = 20_000
GROWN = 60  # characters by which a thought grows before it is shown again
TITLED = re.compile(r"\s*\*\*([^*\n]{1,200})\*\*[ \t]*\n+(?=\S)")
OVER = ("completed", "failed", "incomplete")


class Steps:
    """The workflow item that is open, if any. A message or a card ends it."""

    def __init__(self, thread_id: str, new_id: Callable[[StoreItemType], str]) -> None:
        self._thread_id = thread_id
        self._new_id = new_id
        self._item: WorkflowItem | None = None
        self._places: dict[Hashable, int] = {}
        self._over: set[Hashable] = set()  # steps of items that are done
        self._shown: dict[Hashable, int] = {}  # characters of thoughts

    def show(self, key: Hashable, task: Task) -> list[ThreadStreamEvent]:
        """Add a step, or show it as it is now."""
        if key in self._over:
            return []
        if self._item is None:
            kind = "reasoning" if isinstance(task, ThoughtTask) else "custom"
            self._item = WorkflowItem(
                id=self._new_id("workflow"),
                thread_id=self._thread_id,
                created_at=datetime.datetime.now(),
                workflow=Workflow(type=kind, tasks=[task]),  # type: ignore[arg-type]
            )
            self._places = {key: 0}
            return [ThreadItemAddedEvent(item=self._item.model_copy(deep=True))]
        tasks = self._item.workflow.tasks
        place = self._places.get(key)
        if place is None:
            if len(tasks) >= MOST:
                return []
            self._places[key] = len(tasks)
            tasks.append(task)
            added = WorkflowTaskAdded(task=task, task_index=len(tasks) - 1)
            return [ThreadItemUpdatedEvent(item_id=self._item.id, update=added)]
        if tasks[place] == task:
            return []
        tasks[place] = task
        updated = WorkflowTaskUpdated(task=task, task_index=place)
        return [ThreadItemUpdatedEvent(item_id=self._item.id, update=updated)]

    def think(self, key: Hashable, content: str, *, done: bool) -> list[ThreadStreamEvent]:
        """A thought as far as it goes. Shown again only once it has grown: each time is whole."""
        content = content[:LONGEST_THOUGHT]
        if not content.strip():
            return []
        if not done and len(content) - self._shown.get(key, -GROWN) < GROWN:
            return []
        self._shown[key] = len(content)
        # OpenAI's summaries begin with a title in bold.
        titled = TITLED.match(content)
        title = short(titled[1]) if titled else None
        content = content[titled.end() :] if titled else content
        indicator: Literal["complete", "loading"] = "complete" if done else "loading"
        return self.show(key, ThoughtTask(title=title, content=content, status_indicator=indicator))

    def close(self) -> list[ThreadStreamEvent]:
        """End the item that is open: what still runs counts as done."""
        item, self._item = self._item, None
        if item is None:
            return []
        self._over |= set(self._places)
        workflow = item.workflow
        workflow.tasks = [
            task.model_copy(update={"status_indicator": "complete"})
            if task.status_indicator == "loading"
            else task
            for task in workflow.tasks
        ]
        seconds = (datetime.datetime.now() - item.created_at).total_seconds()
        workflow.summary = (
            CustomSummary(title=summary(workflow.tasks), icon="search")
            if any(task.title for task in workflow.tasks)
            else DurationSummary(duration=round(seconds))
        )
        return [ThreadItemDoneEvent(item=item)]


def task_of(item: JsonObject, *, done: bool) -> Task | None:
    """What a step shows of an item of the API; None for items that are no steps."""
    status = "complete" if done or events.text(item, "status") in OVER else "loading"
    kind = events.text(item, "type")
    if kind == "web_search_call":
        return _search(item, status)
    title, icon, content = "", "", ""
    if kind == "mcp_call":
        title = title_of(item)
        icon = "cube"
        if events.at(item, "error") or events.text(item, "status") == "failed":
            content = _("That did not work.")
    elif kind == "function_call":
        title, icon = _function(events.text(item, "name"), item, done=done), "search"
    elif kind == "command_execution":
        title, icon = _("Ran a command"), "square-code"
    elif kind == "computer_use_call":
        title, icon = events.text(item, "title") or _("Used a browser"), "desktop"
    elif kind == "create_subagent_call":
        title, icon = _("Asked another agent"), "agent"
    else:
        return None
    return CustomTask.model_validate(
        {
            "title": short(title),
            "icon": icon,
            "content": content or None,
            "status_indicator": status,
        }
    )


def _function(name: str, item: JsonObject, *, done: bool) -> str:
    """A call of a function in the words of the site's tool of that name."""
    tool = all_tools().get(name)
    if tool is None or events.text(item, "status") == "failed":
        return tool.label if tool is not None else name
    return tool.said_after if done else tool.said_before


def _search(item: JsonObject, status: str) -> Task:
    action = events.at(item, "action")
    queries = [events.text(action, "query"), *_texts(events.at(action, "queries"))]
    queries = list(dict.fromkeys(short(query) for query in queries if query.strip()))[:10]
    url = events.text(action, "url")
    sources = [URLSource(title=host, url=url)] if (host := host_of(url)) else []
    return SearchTask.model_validate(
        {
            "title": _("Read a web page") if sources else _("Searched the web"),
            "title_query": queries[0] if queries else None,
            "queries": queries,
            "sources": sources,
            "status_indicator": status,
        }
    )


def host_of(url: str) -> str:
    """The host of an address that a browser may open; "" for any other."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "" if parts.scheme in ("http", "https") else ""
    except ValueError:
        return ""


def _texts(found: object) -> list[str]:
    return [one for one in found if isinstance(one, str)] if isinstance(found, list) else []


def title_of(call: object) -> str:
    """A call of an MCP server's tool, as people read it: "github: Create issue"."""
    name = capfirst(events.text(call, "name").replace("_", " "))
    return short(f"{events.text(call, 'server_label')}: {name}")


def short(text: str) -> str:
    """One line of a title's length."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_TITLE else f"{line[: LONGEST_TITLE - 1]}…"
