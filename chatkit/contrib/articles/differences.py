"""What has changed between two versions of a text, line by line, as rows for a template."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from .editing import Content

AROUND = 3  # unchanged lines shown around a change
MOST_LINES = 1_000  # compared line by line; more are shown as replaced
LONGEST_LINE = 2_000  # characters compared word by word
MOST_PAIRS = 100  # of lines compared word by word, in one change
WORDS = re.compile(r"\s+|[^\W_]+|.", re.DOTALL)


@dataclass(frozen=True)
class Row:
    """A line before and after. `kind` is same, changed, removed, added, or skipped (lines that are
    the same and left out)."""

    kind: str
    before_number: int | None = None
    before: SafeString | str = ""
    after_number: int | None = None
    after: SafeString | str = ""


def lines(content: Content) -> list[str]:
    """A version as lines: the title and the keywords first."""
    head = [_("Title: %(title)s") % {"title": content.title}]
    if content.keywords:
        head.append(_("Keywords: %(keywords)s") % {"keywords": content.keywords})
    return [*head, *content.body.split("\n")]


def compare(before: Content, after: Content) -> list[Row]:
    """The rows of a comparison; none where both are the same."""
    old, new = lines(before), lines(after)
    if old == new:
        return []
    rows: list[Row] = []
    opcodes = _opcodes(old, new)
    for at, (tag, i1, i2, j1, j2) in enumerate(opcodes):
        if tag == "equal":
            rows += _unchanged(old, i1, i2, j1, first=at == 0, last=at == len(opcodes) - 1)
        else:
            rows += _changed(old, new, range(i1, i2), range(j1, j2))
    return rows


def _opcodes(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """As of SequenceMatcher, whose time grows with the square of what differs."""
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    middle_old, middle_new = old[start : len(old) - end], new[start : len(new) - end]
    found: list[tuple[str, int, int, int, int]] = []
    if start:
        found.append(("equal", 0, start, 0, start))
    if max(len(middle_old), len(middle_new)) > MOST_LINES:
        found.append(("replace", start, len(old) - end, start, len(new) - end))
    else:
        matcher = SequenceMatcher(None, middle_old, middle_new, autojunk=False)
        found += [
            (tag, i1 + start, i2 + start, j1 + start, j2 + start)
            for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        ]
    if end:
        found.append(("equal", len(old) - end, len(old), len(new) - end, len(new)))
    return found


def _unchanged(old: list[str], i1: int, i2: int, j1: int, *, first: bool, last: bool) -> list[Row]:
    rows = [Row("same", i + 1, old[i], j1 + i - i1 + 1, old[i]) for i in range(i1, i2)]
    head = [] if first else rows[:AROUND]
    tail = [] if last else rows[-AROUND:]
    if len(head) + len(tail) >= len(rows):
        return rows
    return [*head, Row("skipped"), *tail]


def _changed(old: list[str], new: list[str], before: range, after: range) -> list[Row]:
    paired = min(len(before), len(after))
    rows = []
    for i, j in zip(before[:paired], after[:paired], strict=True):
        few = paired <= MOST_PAIRS and max(len(old[i]), len(new[j])) <= LONGEST_LINE
        removed, added = _words(old[i], new[j]) if few else _whole(old[i], new[j])
        rows.append(Row("changed", i + 1, removed, j + 1, added))
    rows += [Row("removed", i + 1, _marked("del", old[i])) for i in before[paired:]]
    rows += [Row("added", after_number=j + 1, after=_marked("ins", new[j])) for j in after[paired:]]
    return rows


def _marked(tag: str, text: str) -> SafeString:
    return format_html("<del>{}</del>" if tag == "del" else "<ins>{}</ins>", text)


def _whole(before: str, after: str) -> tuple[SafeString, SafeString]:
    return _marked("del", before), _marked("ins", after)


def _words(before: str, after: str) -> tuple[SafeString, SafeString]:
    """Two lines with what differs marked, word by word where they have something in common."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.3:
        return _whole(before, after)
    removed: list[SafeString | str] = []
    added: list[SafeString | str] = []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        gone, come = "".join(old[i1:i2]), "".join(new[j1:j2])
        removed.append(gone if tag == "equal" or not gone else _marked("del", gone))
        added.append(come if tag == "equal" or not come else _marked("ins", come))
    return _joined(removed), _joined(added)


def _joined(parts: list[SafeString | str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
