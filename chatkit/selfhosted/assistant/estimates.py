"""How many tokens a text has, roughly: for calls of a model that ended before it told.

A token is about four characters of English (https://platform.openai.com/tokenizer). Bytes in UTF-8
are counted instead of characters, since other scripts need more tokens for fewer characters.
"""

from __future__ import annotations

from openai.types.chat import ChatCompletionChunk

BYTES = 4  # of one token
FILE = "data:"  # how a file's content begins, which costs far less than its bytes


def tokens(size: int) -> int:
    """Of so many bytes of text, at least one where there is any."""
    return -(-size // BYTES)


def size_of(asked: object) -> int:
    """Bytes of all texts in the body of a request, files aside."""
    if isinstance(asked, str):
        return 0 if asked.startswith(FILE) else _size(asked)
    if isinstance(asked, dict):
        return sum(_size(name) + size_of(value) for name, value in asked.items())
    if isinstance(asked, list | tuple):
        return sum(map(size_of, asked))
    return 0


def size_of_chunk(chunk: object) -> int:
    """Bytes of what a model has written with this part of its stream, whatever it is."""
    if not isinstance(chunk, ChatCompletionChunk):
        return _size(getattr(chunk, "delta", None))
    size = 0
    for choice in chunk.choices or ():
        delta = getattr(choice, "delta", None)
        size += _size(getattr(delta, "content", None)) + _size(getattr(delta, "refusal", None))
        for call in getattr(delta, "tool_calls", None) or ():
            size += _size(getattr(getattr(call, "function", None), "arguments", None))
    return size


def _size(text: object) -> int:
    if not isinstance(text, str):
        return 0
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
