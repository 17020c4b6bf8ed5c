"""Converts hosted items into ours: into the payload that the SDK would have stored.

Done without the SDK, which a site that only imports need not install; the tests compare the
results with the SDK's types. What has no counterpart is stored unchanged in a hidden item, which
no client receives.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import Any, NoReturn

from ..fields import JsonObject

HIDDEN = "hidden_context_item"
ROOTS = ("Card", "ListView", "Basic")
# The output of a call into the page that no page has answered.
UNANSWERED = {"error": "unanswered"}


class Unreadable(Exception):
    """A thread or an item that is not what OpenAI documents."""


@dataclass(frozen=True)
class File:
    """An attachment. Its name and type are known; no call returns its content."""

    id: str
    name: str
    mime_type: str


@dataclass(frozen=True)
class Item:
    """One of our items. `kept_whole` tells why it is a hidden one, "" where it is not."""

    id: str
    type: str
    payload: JsonObject
    created_at: datetime.datetime
    files: list[File] = field(default_factory=list)
    kept_whole: str = ""


@dataclass(frozen=True)
class Thread:
    """A hosted thread. `id` and `user` are OpenAI's."""

    id: str
    user: str
    title: str
    status: JsonObject
    created_at: datetime.datetime


def thread(raw: JsonObject) -> Thread:
    """A thread from OpenAI's list; Unreadable where it has no id, user or time."""
    thread_id, user = _text(raw, "id"), _text(raw, "user")
    if not thread_id or len(thread_id) > 128:
        raise Unreadable("id")
    title = raw.get("title")
    return Thread(
        id=thread_id,
        user=user,
        title=clean(title)[:200] if isinstance(title, str) else "",
        status=_status(raw.get("status")),
        created_at=_moment(raw),
    )


def item(raw: JsonObject, thread_id: str) -> Item:
    """An item of OpenAI's list as one of our thread `thread_id`.

    Unreadable only where it has no id or no time, or is nested too deep to be stored. Anything
    else that is not as documented is kept whole, in a hidden item.
    """
    try:
        return _item(raw, thread_id)
    except RecursionError:
        raise Unreadable("content") from None


def _item(raw: JsonObject, thread_id: str) -> Item:
    upstream_id, created_at = _text(raw, "id"), _moment(raw)
    item_id = own_id("itm", upstream_id)
    base = {"id": item_id, "thread_id": thread_id, "created_at": created_at.isoformat()}
    kind = raw.get("type")
    convert = CONVERTERS.get(kind) if isinstance(kind, str) else None
    why, files, own = "", [], {}
    if convert is None:
        why = f"the type {str(kind)[:64]!r} is not known"
    else:
        try:
            own = convert(raw)
            files = _files(raw, thread_id)
        except Unreadable as error:
            why = f"its {error} can't be read"
    if why:
        own = {"type": HIDDEN, "content": clean(raw)}
    payload = {**base, **clean(own)}
    if files:
        payload["attachments"] = [
            {"type": "file", "id": file.id, "name": file.name, "mime_type": file.mime_type}
            | {"thread_id": thread_id}
            for file in files
        ]
    return Item(item_id, payload["type"], payload, created_at, files, why)


def own_id(prefix: str, upstream_id: str, *within: str) -> str:
    """Our id for an id of OpenAI's: always the same one, so that a second import finds it.

    Not OpenAI's id itself: two of them may differ in case only, which some databases ignore.
    """
    text = "\x00".join((*within, upstream_id))
    return f"{prefix}_{hashlib.sha256(text.encode('utf-8', 'replace')).hexdigest()[:32]}"


def clean(value: Any) -> Any:
    """A JSON value without what databases refuse: NUL, halves of surrogate pairs, infinity."""
    if isinstance(value, str):
        text = value.replace("\x00", "")
        return text if text.isascii() else text.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {clean(str(key)): clean(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [clean(entry) for entry in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


# -- by type -----------------------------------------------------------------------------


def _user_message(raw: JsonObject) -> JsonObject:
    content, quotes = [], []
    for part in _list(raw, "content"):
        if part.get("type") == "input_text":
            content.append({"type": "input_text", "text": _text(part, "text")})
        elif part.get("type") == "quoted_text":
            quotes.append(_text(part, "text"))
        else:
            raise Unreadable("content")
    payload: JsonObject = {"type": "user_message", "content": content, "attachments": []}
    if quotes:
        payload["quoted_text"] = "\n".join(quotes)
    return {**payload, "inference_options": _inference_options(raw.get("inference_options"))}


def _inference_options(raw: object) -> JsonObject:
    if not isinstance(raw, dict):
        return {}
    options: JsonObject = {}
    if isinstance(raw.get("model"), str):
        options["model"] = raw["model"]
    choice = raw.get("tool_choice")
    if isinstance(choice, dict) and isinstance(choice.get("id"), str):
        options["tool_choice"] = {"id": choice["id"]}
    return options


def _assistant_message(raw: JsonObject) -> JsonObject:
    return {
        "type": "assistant_message",
        "content": [
            {
                "type": "output_text",
                "text": _text(part, "text"),
                "annotations": [
                    {"type": "annotation", "source": _source(annotation)}
                    for annotation in _list(part, "annotations", required=False)
                ],
            }
            for part in _list(raw, "content")
        ],
    }


def _source(annotation: JsonObject) -> JsonObject:
    source = annotation.get("source")
    if isinstance(source, dict) and source.get("type") == "file":
        name = _text(source, "filename")
        return {"type": "file", "filename": name, "title": name}
    if isinstance(source, dict) and source.get("type") == "url":
        url = _text(source, "url")
        return {"type": "url", "url": url, "title": url}
    raise Unreadable("annotations")


def _widget(raw: JsonObject) -> JsonObject:
    try:
        widget = json.loads(_text(raw, "widget"), parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise Unreadable("widget") from None
    if not (isinstance(widget, dict) and widget.get("type") in ROOTS and _is_component(widget)):
        raise Unreadable("widget")
    return {"type": "widget", "widget": widget}


def _is_component(value: object) -> bool:
    """Whether the SDK could read it: a type, texts as names, components as children."""
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    if not all(isinstance(value.get(name, ""), str | None) for name in ("id", "key")):
        return False
    children = value.get("children")
    if children is None:
        return True
    return all(map(_is_component, children if isinstance(children, list) else [children]))


def _client_tool_call(raw: JsonObject) -> JsonObject:
    status = _text(raw, "status")
    if status not in ("in_progress", "completed"):
        raise Unreadable("status")
    payload: JsonObject = {
        "type": "client_tool_call",
        # Never "pending": whoever opened the conversation, months later, would have the page's
        # tool run.
        "status": "completed",
        "call_id": _text(raw, "call_id"),
        "name": _text(raw, "name"),
        "arguments": _arguments(_text(raw, "arguments")),
    }
    if raw.get("output") is not None:
        payload["output"] = _json_or_text(_text(raw, "output"))
    elif status == "in_progress":
        payload["output"] = UNANSWERED
    return payload


def _arguments(text: str) -> JsonObject:
    value = _json_or_text(text)
    return value if isinstance(value, dict) else {"value": value}


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)  # NaN and Infinity: Python reads them, PostgreSQL refuses them


def _task_item(raw: JsonObject) -> JsonObject:
    return {"type": "task", "task": _task(raw, "task_type")}


def _task_group(raw: JsonObject) -> JsonObject:
    tasks = [_task(task, "type") for task in _list(raw, "tasks")]
    reasoning = bool(tasks) and all(task["type"] == "thought" for task in tasks)
    kind = "reasoning" if reasoning else "custom"
    return {"type": "workflow", "workflow": {"type": kind, "tasks": tasks, "expanded": False}}


def _task(raw: JsonObject, type_key: str) -> JsonObject:
    kind = raw.get(type_key)
    if kind not in ("custom", "thought"):
        raise Unreadable(type_key)
    task: JsonObject = {"type": kind}
    if raw.get("heading") is not None:
        task["title"] = _text(raw, "heading")
    if raw.get("summary") is not None:
        task["content"] = _text(raw, "summary")
    elif kind == "thought":
        task["content"] = ""  # which a thought must have
    return task


CONVERTERS = {
    "chatkit.user_message": _user_message,
    "chatkit.assistant_message": _assistant_message,
    "chatkit.widget": _widget,
    "chatkit.client_tool_call": _client_tool_call,
    "chatkit.task": _task_item,
    "chatkit.task_group": _task_group,
}


# -- parts -------------------------------------------------------------------------------


def _files(raw: JsonObject, thread_id: str) -> list[File]:
    if raw.get("type") != "chatkit.user_message":
        return []
    return [
        File(
            id=own_id("atc", _text(attachment, "id"), thread_id),
            name=clean(_text(attachment, "name"))[:255],
            mime_type=clean(_text(attachment, "mime_type"))[:128],
        )
        for attachment in _list(raw, "attachments", required=False)
    ]


def _status(raw: object) -> JsonObject:
    kind = raw.get("type") if isinstance(raw, dict) else None
    if not isinstance(raw, dict) or kind not in ("locked", "closed"):
        return {"type": "active"}
    reason = raw.get("reason")
    return {"type": kind, "reason": clean(reason)} if isinstance(reason, str) else {"type": kind}


def _text(raw: JsonObject, name: str) -> str:
    value = raw.get(name)
    if not isinstance(value, str):
        raise Unreadable(name)
    return value


def _list(raw: JsonObject, name: str, *, required: bool = True) -> list[JsonObject]:
    value = raw.get(name)
    if value is None and not required:
        return []
    if not isinstance(value, list) or not all(isinstance(entry, dict) for entry in value):
        raise Unreadable(name)
    return value


def _moment(raw: JsonObject) -> datetime.datetime:
    seconds = raw.get("created_at")
    if not isinstance(seconds, int | float) or isinstance(seconds, bool):
        raise Unreadable("created_at")
    try:
        return datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    except (ValueError, OverflowError, OSError):
        raise Unreadable("created_at") from None
