"""What a text in Markdown says, as a reader sees it in one line."""

from __future__ import annotations

import re

LINE = 160  # characters of the line of a list

_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_RULE = re.compile(r"^[ \t:|=-]{3,}$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\[\]\n]{0,300})\]\([^()\n]{0,2000}\)")
_BEGIN = re.compile(r"^[ \t]{0,8}(?:#{1,6}|>|[-*+]|[0-9]{1,9}[.)])[ \t]+", re.MULTILINE)
_MARK = re.compile(r"\*\*|__|~~|`+|(?<!\w)\*(?=\S)|(?<=\S)\*(?!\w)|\|")
# What would turn the direction of what follows.
_TURNS = re.compile("[\x00-\x08\x0e-\x1f\u202a-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Its words in one line, without the signs of Markdown."""
    for sign, instead in ((_FENCE, " "), (_RULE, " "), (_LINK, r"\1"), (_BEGIN, ""), (_MARK, "")):
        text = sign.sub(instead, text)
    return " ".join(_TURNS.sub("", text).split())


def line(text: str) -> str:
    """The beginning of it, of LINE characters at most."""
    whole = plain(text[: LINE * 8])
    return whole if len(whole) <= LINE else whole[: LINE - 1].rstrip() + "…"
