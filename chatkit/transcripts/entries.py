"""A conversation's items as entries to read.

Payloads come from a model, a browser or an import and may have any shape: what does not follow
the protocol is shown as JSON. HTML is made only by the template and by `markdown`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ..fields import JsonObject
from ..models import WIDGET_WORDS, Feedback, Run, ThreadItem, questions_of
from .markdown import is_safe_url, render

LONGEST = 50_000  # characters of one text that are shown
MOST = 40  # texts of one widget that are shown
BETWEEN = ", "  # words of a list: a text of Django's own
LABELS: dict[str, str | Promise] = {
    "user_message": _("User"),
    "assistant_message": _("Assistant"),
    "client_tool_call": _("Tool call in the browser"),
    "widget": _("Widget"),
    "generated_image": _("Generated image"),
    "structured_input": _("Questions to the user"),
    "workflow": _("Workflow"),
    "task": _("Task"),
    "end_of_turn": _("End of turn"),
    "hidden_context_item": _("Hidden context"),
    "sdk_hidden_context": _("Hidden context"),
}


@dataclass(frozen=True)
class Citation:
    """A citation. `url` is "" where there is none that may be followed."""

    title: str
    url: str = ""


@dataclass(frozen=True)
class Part:
    """A piece of an entry: `kind` is text, html, quote, code, list, named or detail."""

    kind: str
    content: str | list[str]
    label: str | Promise = ""


@dataclass
class Entry:
    """One item, or one run's end. `tone` names its colour: user, assistant, system, run, …"""

    tone: str
    label: str | Promise
    at: datetime | None
    type: str = ""
    item_id: str = ""
    parts: list[Part] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    feedback: list[Feedback] = field(default_factory=list)
    run: Run | None = None


def describe(item: ThreadItem) -> Entry:
    """The entry of an item without its text."""
    tone = {"user_message": "user", "assistant_message": "assistant"}.get(item.type, "system")
    label = LABELS.get(item.type) or item.type
    if item.superseded:
        label = format_lazy("{} · {}", label, _("earlier version"))
    return Entry(tone, label, item.created_at, type=item.type, item_id=item.item_id)


def read(item: ThreadItem) -> Entry:
    """The entry of an item with all of its text."""
    entry = describe(item)
    payload = item.payload if isinstance(item.payload, dict) else {}
    reader = _READERS.get(item.type)
    entry.parts = list(reader(payload)) if reader and payload else []
    if item.type == "assistant_message":
        entry.citations = list(citations_of(payload))
    if not entry.parts and item.type != "end_of_turn":
        entry.parts = [_code(item.payload)]
    return entry


def of_run(run: Run) -> Entry:
    """The entry that shows how a run ended."""
    return Entry("run", _("Run"), run.ended_at or run.created_at, run=run)


def position(run: Run) -> datetime | None:
    """The time by which a run is sorted among the items: its end, which is after its answer."""
    if run.status == Run.Status.RUNNING:
        return None
    return run.ended_at or run.created_at


def merge(entries: list[Entry], runs: list[Run]) -> list[Entry]:
    """Items in their order, each run behind the items that are older than its end."""
    merged: list[Entry] = []
    waiting = sorted(
        ((position(run), run) for run in runs),
        key=lambda pair: (pair[0] is None, pair[0] or pair[1].created_at),
    )
    for entry in entries:
        while waiting and entry.at and waiting[0][0] and waiting[0][0] < entry.at:
            merged.append(of_run(waiting.pop(0)[1]))
        merged.append(entry)
    return merged + [of_run(run) for _at, run in waiting]


# -- readers: payload -> parts -----------------------------------------------------------------


def _user_message(payload: JsonObject) -> Iterator[Part]:
    if quoted := _text(payload.get("quoted_text")):
        yield Part("quote", quoted)
    words = "".join(
        ("@" if part.get("type") == "input_tag" else "") + _text(part.get("text"))
        for part in _dicts(payload.get("content"))
    )
    if words:
        yield Part("text", words)
    named = {
        _text(part.get("id")): _text(part.get("text"))
        for part in _dicts(payload.get("content"))
        if part.get("type") == "input_tag"
    }
    if named:
        lines = [f"{name} · {tag_id}" for tag_id, name in named.items()]
        yield Part("named", lines, _("Named"))
    files = [
        " · ".join(filter(None, (_text(file.get("name")), _text(file.get("mime_type")))))
        for file in _dicts(payload.get("attachments"))
    ]
    if files:
        yield Part("list", files, _("Attachments"))


def _assistant_message(payload: JsonObject) -> Iterator[Part]:
    for part in _dicts(payload.get("content")):
        if words := _text(part.get("text")):
            yield Part("html", render(words))


def citations_of(payload: object) -> Iterator[Citation]:
    """Where an answer is from, each source once."""
    seen = set()
    for part in _dicts(payload.get("content") if isinstance(payload, dict) else None):
        for annotation in _dicts(part.get("annotations")):
            source = annotation.get("source")
            if not isinstance(source, dict):
                continue
            url = _text(source.get("url"))
            title = _text(source.get("title")) or _text(source.get("filename")) or url
            if title and (title, url) not in seen:
                seen.add((title, url))
                yield Citation(title, url if is_safe_url(url) else "")


def _tool_call(payload: JsonObject) -> Iterator[Part]:
    yield Part("detail", f"{_text(payload.get('name'))} · {_text(payload.get('status'))}")
    yield _code(payload.get("arguments"), _("Arguments"))
    if payload.get("output") is not None:
        yield _code(payload["output"], _("Output"))


def _widget(payload: JsonObject) -> Iterator[Part]:
    root = payload.get("widget")
    yield Part("detail", _text(root.get("type")) if isinstance(root, dict) else "")
    texts = list(_widget_texts(root))
    if texts:
        yield Part("list", [*texts[:MOST], *(["…"] if len(texts) > MOST else [])])
    elif copied := _text(payload.get("copy_text")):
        yield Part("text", copied)


def _widget_texts(root: object) -> Iterator[str]:
    """The texts of a widget, in order. Without recursion, since a tree may have any depth."""
    stack = [root]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            for name in WIDGET_WORDS:
                if words := _text(node.get(name)):
                    yield words
            nested = [node[name] for name in node if isinstance(node[name], dict | list)]
            stack.extend(reversed(nested))


def _image(payload: JsonObject) -> Iterator[Part]:
    image = payload.get("image")
    yield Part("text", _text(image.get("url")) if isinstance(image, dict) else "")


def _structured_input(payload: JsonObject) -> Iterator[Part]:
    yield Part("detail", _text(payload.get("status")))
    lines = []
    for question, answers in questions_of(payload):
        said = gettext(BETWEEN).join(map(_text, answers))
        lines.append(f"{_text(question)} → {said or '-'}")
    yield Part("list", lines)


def _workflow(payload: JsonObject) -> Iterator[Part]:
    workflow = payload.get("workflow")
    if not isinstance(workflow, dict):
        return
    summary = workflow.get("summary")
    if isinstance(summary, dict) and _text(summary.get("title")):
        yield Part("detail", _text(summary.get("title")))
    lines = [line for task in _dicts(workflow.get("tasks")) if (line := _task_line(task))]
    if lines:
        yield Part("list", lines)


def _task(payload: JsonObject) -> Iterator[Part]:
    task = payload.get("task")
    if isinstance(task, dict) and (line := _task_line(task)):
        yield Part("text", line)


def _task_line(task: JsonObject) -> str:
    words = (_text(task.get(name)) for name in ("title", "title_query", "content"))
    return ": ".join(filter(None, words))


def _hidden(payload: JsonObject) -> Iterator[Part]:
    content = payload.get("content")
    yield Part("text", _text(content)) if isinstance(content, str) else _code(content)


_READERS: dict[str, Callable[[JsonObject], Iterator[Part]]] = {
    "user_message": _user_message,
    "assistant_message": _assistant_message,
    "client_tool_call": _tool_call,
    "widget": _widget,
    "generated_image": _image,
    "structured_input": _structured_input,
    "workflow": _workflow,
    "task": _task,
    "hidden_context_item": _hidden,
    "sdk_hidden_context": _hidden,
}


def _dicts(value: object) -> list[JsonObject]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    if not isinstance(value, str):
        return ""
    return value if len(value) <= LONGEST else value[:LONGEST] + " …"


def _code(value: object, label: str | Promise = "") -> Part:
    try:
        shown = json.dumps(value, ensure_ascii=False, indent=2)
    except RecursionError:
        shown = "…"
    return Part("code", _text(shown), label)
