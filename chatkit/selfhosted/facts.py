"""What the help desk says of things that a message names: their facts, without a model."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatkit.types import URLSource, UserMessageItem, UserMessageTagContent

from ..knowledge.stop_words import fold
from .replies import Piece

Facts = list[tuple[str, str, dict[str, str], str]]
_MARKS = re.compile(r"([\\`*_{}\[\]<>()#|~$!])")
_WORD = re.compile(r"\w{3,}")


def fact_pieces(facts: Facts) -> Iterator[Piece]:
    """Each thing with its facts, as a list, and where it can be seen."""
    for title, group, told, url in facts:
        name = f"### {_plain(title)}" + (f" ({_plain(group)})" if group else "")
        lines = [f"- {_plain(label)}: {_plain(value)}" for label, value in told.items()]
        source = URLSource(title=title, url=url) if url else None
        yield Piece("\n".join([name, "", *lines]), source)
        yield Piece("\n\n")


def told_by(facts: Facts, message: UserMessageItem | None) -> bool:
    """Whether the facts are what was asked for: the message names things alone, or a fact."""
    parts = message.content if message is not None else []
    rest = " ".join(part.text for part in parts if not isinstance(part, UserMessageTagContent))
    words = set(_WORD.findall(fold(rest)))
    labels = {word for _t, _g, told, _u in facts for label in told for word in _labelled(label)}
    return not words or bool(words & labels)


def _labelled(label: str) -> list[str]:
    return _WORD.findall(fold(label))


def _plain(text: str) -> str:
    """Text that is no Markdown."""
    return _MARKS.sub(r"\\\1", text)
