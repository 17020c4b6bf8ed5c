"""Which way a text runs, and what in it runs the other way, as the element has it in
`direction.ts`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import Literal, NamedTuple

Direction = Literal["ltr", "rtl"]


class Run(NamedTuple):
    """A piece of a text. Where it is foreign, it runs against the text around it."""

    text: str
    foreign: bool


RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
LATIN = "A-Za-z\u00c0-\u024f"
ANY_RTL = re.compile(f"[{RTL}]")
RTL_WORDS = re.compile(f"[{RTL}](?:[^\n{LATIN}]*[{RTL}])?")
LTR_WORDS = re.compile(f"[^\\s{RTL}]+(?:[ \u00a0][^\\s{RTL}]+)*")
# What is read from left to right: words, dates, telephone and negative numbers, amounts.
READ_LTR = re.compile(r"[^\W\d_]|\d[-/]\d|^[-+\u2212]\d|[$€£¥]\s?\d|\d\s?[$€£¥]")
# Of the sentence around a run: what stands before it, and, read backwards, what stands after it.
QUOTES = ("\"'“”‘’«»„,;:!?…", "\"'“”‘’«».,;:!?…")
AROUND = re.compile(r"(?:[^\w]+[ \u00a0])?")
BRACKETS = ("()", "[]", "{}")
# A paragraph that begins with a foreign name is not foreign for that.
ENOUGH = 0.4


def direction_of(text: str) -> Direction | None:
    """The direction of the first letter; None where there is none."""
    letter = next(filter(str.isalpha, text), "")
    if not letter:
        return None
    return "rtl" if ANY_RTL.match(letter) else "ltr"


def main_direction(text: str, around: Direction | None) -> Direction | None:
    """The direction of the first letter, unless the paragraph is mostly of the one around it."""
    first = direction_of(text)
    if first != "ltr" or around != "rtl":
        return first
    words = [direction for word in text.split() if (direction := direction_of(word))]
    return "rtl" if words.count("rtl") >= ENOUGH * len(words) else "ltr"


def runs_of(text: str, direction: Direction | None) -> Iterator[Run]:
    """A text that runs in `direction`, divided where another one begins or ends."""
    at = 0
    if direction == "rtl" or ANY_RTL.search(text):
        for found in (LTR_WORDS if direction == "rtl" else RTL_WORDS).finditer(text):
            begin, run = _trimmed(found[0]) if direction == "rtl" else (0, _whole(found[0]))
            if direction == "rtl" and not READ_LTR.search(run):
                continue
            begin += found.start()
            if begin > at:
                yield Run(text[at:begin], foreign=False)
            yield Run(run, foreign=True)
            at = begin + len(run)
    if at < len(text):
        yield Run(text[at:], foreign=False)


def _whole(run: str) -> str:
    """Words from right to left without the signs and digits after them."""
    end = len(run)
    while end > 1 and unicodedata.category(run[end - 1])[0] not in "LM":
        end -= 1
    return run[:end]


def _trimmed(run: str) -> tuple[int, str]:
    """A run without the punctuation, quotes and brackets of the sentence around it, and where it
    begins."""
    begin = 0
    while True:
        leading = _around(run, 0)
        begin += leading
        run = run[leading:]
        trailing = _around(run[::-1], 1)
        run = run[: len(run) - trailing]
        if not leading and not trailing:
            return begin, run


def _around(run: str, side: int) -> int:
    """How many signs at the beginning (0), or at the end of a run that is read backwards (1), are
    the sentence's. All at once: one by one, a long row of brackets took minutes."""
    left = run[_length(AROUND.match(run)) :]
    unpaired = "".join(pair[side] for pair in BRACKETS if pair[1 - side] not in left)
    return len(run) - len(left.lstrip(QUOTES[side] + unpaired))


def _length(found: re.Match[str] | None) -> int:
    return len(found[0]) if found else 0
