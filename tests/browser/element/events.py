"""The events of scripted answers, as a server of the protocol sends them."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .standin import Standin

Event = dict[str, Any]
#: Numbers for ids, never the same twice.
numbers = itertools.count(1)


class Pause:
    """The answer waits here until the test lets it go on."""


class Cut:
    """The connection breaks here, without an end."""


def says(
    text: str | Iterable[str], item_id: str = "", annotations: list[Event] | None = None
) -> Iterator[Event]:
    """The events of one answer, a delta for each piece."""
    item_id = item_id or f"msg_{next(numbers)}"
    pieces = [text] if isinstance(text, str) else list(text)
    part: Event = {"type": "output_text", "text": "", "annotations": []}
    item: Event = {
        "id": item_id,
        "type": "assistant_message",
        "thread_id": "",
        "created_at": "2026-11-22T10:00:00",
        "content": [],
    }
    yield {"type": "thread.item.added", "item": item}
    yield update(item_id, "assistant_message.content_part.added", content_index=0, content=part)
    for piece in pieces:
        yield update(
            item_id, "assistant_message.content_part.text_delta", content_index=0, delta=piece
        )
    for index, annotation in enumerate(annotations or []):
        yield update(
            item_id,
            "assistant_message.content_part.annotation_added",
            content_index=0,
            annotation_index=index,
            annotation=annotation,
        )
    whole = {**part, "text": "".join(pieces), "annotations": annotations or []}
    yield {"type": "thread.item.done", "item": {**item, "content": [whole]}}


def done(item_type: str, item_id: str = "", **fields: Any) -> Event:
    """A finished item of any type."""
    return {
        "type": "thread.item.done",
        "item": {
            "id": item_id or f"msg_{next(numbers)}",
            "type": item_type,
            "thread_id": "",
            "created_at": "2026-11-22T10:00:00",
            **fields,
        },
    }


def update(item_id: str, update_type: str, **fields: Any) -> Event:
    change = {"type": update_type, **fields}
    return {"type": "thread.item.updated", "item_id": item_id, "update": change}


def url_source(title: str, url: str, index: int | None = None, **fields: Any) -> Event:
    source = {"type": "url", "title": title, "url": url, **fields}
    return {"type": "annotation", "source": source, **({} if index is None else {"index": index})}


@dataclass
class Asked:
    """One request to the endpoint."""

    type: str
    params: dict[str, Any]
    headers: dict[str, str]
    server: Standin = field(repr=False)
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        given = self.params.get("input", {}).get("content", [])
        return "".join(part["text"] for part in given) or "again"


@dataclass
class Run:
    id: str
    thread_id: str
    frames: list[str] = field(default_factory=list)
    over: bool = False
    stopped: threading.Event = field(default_factory=threading.Event)
    changed: threading.Condition = field(default_factory=threading.Condition)
