"""Plain text as Markdown that says the same: none of its signs means anything."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from .drafts import MAX_COLUMNS, MAX_ROWS

LIGATURES = str.maketrans(
    {"\ufb00": "ff", "\ufb01": "fi", "\ufb02": "fl", "\ufb03": "ffi", "\ufb04": "ffl"}
)
# What turns around the text behind it, and spaces of no width.
_HIDDEN = re.compile(r"[\u200b\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff]")
# A `$` begins a formula where the chat shows a passage.
_SIGNS = re.compile(r"[\\`*\[\]<|$]|~(?=~)|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_BEGINS = re.compile(r"\A(#{1,6}(?=\s|$)|>|[-+](?=\s|$)|[-=]+\s*$|~{3})")
_NUMBER = re.compile(r"\A(\d{1,9})([.)])(?=\s|$)")


def clean(text: str) -> str:
    """Without what can't be seen: control characters (but line ends and tabs), marks that turn
    text around, lone surrogates."""
    text = _HIDDEN.sub("", text.translate(LIGATURES))
    return "".join(
        sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs")
    )


def one_line(text: str) -> str:
    return " ".join(clean(text).split())


def escape(text: str) -> str:
    """Text within a line. Of several lines, each is one."""
    return _SIGNS.sub(r"\\\g<0>", clean(text))


def paragraph(text: str) -> str:
    """Text that stands at the beginning of a line."""
    return "\n".join(map(begin, escape(text).split("\n")))


def begin(escaped: str) -> str:
    """A line of escaped text that begins a block of its own."""
    line = escaped.strip()
    return _NUMBER.sub(r"\1\\\2", _BEGINS.sub(r"\\\1", line)) if line else ""


def heading(level: int, escaped: str) -> str:
    """`level` counts within the draft, whose title is level 1."""
    words = " ".join(escaped.split()).rstrip("#").strip()
    return f"{'#' * min(max(level, 2), 6)} {words}" if words else ""


def table(rows: Iterable[Sequence[str]]) -> str:
    """A table of escaped cells, the first row its head; "" without any text."""
    kept = [[" ".join(cell.split()) for cell in row[:MAX_COLUMNS]] for row in rows]
    kept = [row for row in kept if any(row)][:MAX_ROWS]
    width = max(map(len, kept), default=0)
    if not width:
        return ""
    lines = [f"| {' | '.join(row + [''] * (width - len(row)))} |" for row in kept]
    return "\n".join([lines[0], f"|{' --- |' * width}", *lines[1:]])
