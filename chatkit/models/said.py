"""What an item of a conversation says: by it a search finds it, and a person reads it in a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# For the model alone: what the site put beside the messages, which no client gets.
HIDDEN_TYPES = ("hidden_context_item", "sdk_hidden_context")
MESSAGES = ("user_message", "assistant_message")
# Items that say something to read. A form asks, and has the answers in it.
SPOKEN = (*MESSAGES, "widget", "structured_input")
# Properties of widgets that hold text for people.
WIDGET_WORDS = ("value", "label", "title", "text", "description", "alt", "placeholder")
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
    if kind == "structured_input":
        asked = [[question, *answers] for question, answers in questions_of(payload)]
        return [text for texts in asked for text in texts if text]
    if kind not in MESSAGES:
        return []
    texts = list(_texts(payload.get("content"), "text"))
    if kind == "user_message":
        # What is named in the middle of a line is a part of its own.
        texts = ["".join(texts)] if texts else []
        quoted = payload.get("quoted_text")
        texts += [quoted] if isinstance(quoted, str) else []
        texts += _texts(payload.get("attachments"), "name")
    return texts


def questions_of(payload: object) -> Iterator[tuple[str, list[str]]]:
    """The questions of a form, each with its answers: none where it is skipped or open."""
    inputs = payload.get("inputs") if isinstance(payload, dict) else None
    for asked in inputs if isinstance(inputs, list) else []:
        if not isinstance(asked, dict):
            continue
        question, answer = asked.get("question"), asked.get("answer")
        values: object = None
        if isinstance(answer, dict) and not answer.get("skipped"):
            values = answer.get("values")
        answers = values if isinstance(values, list) else []
        yield (
            question if isinstance(question, str) else "",
            [value for value in answers if isinstance(value, str)],
        )


def turns_of(kind: str, payload: object) -> Iterator[tuple[bool, str]]:
    """What an item says, one speaker after the other: whether it is its person, and the text."""
    if kind != "structured_input":
        yield kind == "user_message", "\n\n".join(texts_of(kind, payload))
        return
    for question, answers in questions_of(payload):
        yield False, question
        yield True, "\n".join(answers)


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
