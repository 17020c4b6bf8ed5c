"""What an item of a conversation says, by which a search finds it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# For the model alone: what the site put beside the messages, which no client gets.
HIDDEN_TYPES = ("hidden_context_item", "sdk_hidden_context")
MESSAGES = ("user_message", "assistant_message")
WIDGET_WORDS = ("value", "label", "title", "description")
DEEPEST = 12  # levels of a widget


def texts_of(kind: str, payload: object) -> list[str]:
    """The texts of an item, whatever its shape; none of what is hidden from its person."""
    if not isinstance(payload, dict):
        return []
    if kind == "widget":
        copied = payload.get("copy_text")
        if isinstance(copied, str) and copied:
            return [copied]
        return list(_words_of(payload.get("widget"), 0))
    if kind not in MESSAGES:
        return []
    texts = list(_texts(payload.get("content"), "text"))
    if kind == "user_message":
        quoted = payload.get("quoted_text")
        texts += [quoted] if isinstance(quoted, str) else []
        texts += _texts(payload.get("attachments"), "name")
    return texts


def said_in(kind: str, payload: object) -> str:
    """What a message says, for the line of a list; "" for other items."""
    return "\n".join(texts_of(kind, payload)) if kind in MESSAGES else ""


def _texts(parts: object, name: str) -> Iterator[str]:
    for part in parts if isinstance(parts, list) else []:
        text = part.get(name) if isinstance(part, dict) else None
        if isinstance(text, str):
            yield text


def _words_of(node: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        return
    if isinstance(node, list):
        for child in node:
            yield from _words_of(child, depth + 1)
    elif isinstance(node, dict):
        for name, value in node.items():
            if isinstance(value, str):
                if name in WIDGET_WORDS:
                    yield value
            else:
                yield from _words_of(value, depth + 1)
