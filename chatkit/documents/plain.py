"""Text and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice

from . import writing
from .drafts import MAX_COLUMNS, MAX_ROWS, Draft, Refused

SHORT = 100  # characters of a line that may be a heading
SEPARATORS = "\t;,|"  # of CSV; of two that fit as well the first: numbers have commas, lists pipes
ROWS, SAMPLE = 50, 10_000  # rows and characters that tell the separator


def read_text(text: str) -> Draft:
    """Paragraphs between blank lines. A line underlined by signs, or in capitals by itself, is a
    heading; Markdown's own headings and lists stay what they are."""
    blocks = [
        block.strip("\n")
        for block in re.split(r"\n[ \t]*\n", text.replace("\r\n", "\n").replace("\r", "\n"))
    ]
    title, body = "", list[str]()
    for block in filter(str.strip, blocks):
        lines = [line.rstrip() for line in block.split("\n")]
        found = heading_of(lines)
        if found is None:
            body.append(paragraph(lines))
            continue
        level, words, rest = found
        if not title and not body:
            title = writing.one_line(words)
        else:
            body.append(writing.heading(max(level, 2), writing.escape(words)))
        if rest:
            body.append(paragraph(rest))
    return Draft(title, "\n\n".join(filter(None, body)))


def heading_of(lines: list[str]) -> tuple[int, str, list[str]] | None:
    """(level, words, the lines after it)"""
    first = lines[0].strip()
    rest = first.lstrip("#")
    level = len(first) - len(rest)
    if 1 <= level <= 6 and rest[:1].isspace():
        words = rest.strip()
        # No regular expression: it would try to close the heading at each space of a long line.
        closed = words.rstrip("#")
        return level, closed.rstrip() if closed[-1:].isspace() else words, lines[1:]
    if len(first) > SHORT or not any(map(str.isalpha, first)):
        return None
    if len(lines) > 1 and re.fullmatch(r"\s*(={3,}|-{3,}|~{3,}|\*{3,})\s*", lines[1]):
        return (1 if "=" in lines[1] else 2), first, lines[2:]
    if len(lines) == 1 and first.isupper() and len(first) > 3:
        return 2, first, []
    return None


def paragraph(lines: list[str]) -> str:
    """A list where each line begins as an item, else a paragraph."""
    made = []
    for line in lines:
        item = re.match(r"\s*(?:[-*+•–·]|(\d{1,4})[.)])\s+(?=\S)", line)
        if item:
            marker = f"{item[1]}. " if item[1] else "- "
            made.append(marker + writing.begin(writing.escape(line[item.end() :])))
        else:
            made.append(writing.begin(writing.escape(line)))
    return "\n".join(made)


def read_csv(text: str, *, cut: bool = False) -> Draft:
    """One table. The separator is the sign that the lines agree on. With `cut` a long one ends
    where the limit is; a wide one does so always."""
    rows, more = list[list[str]](), False
    try:
        for row in _rows(text, _separator(text[:SAMPLE])):
            more = more or any(cell.strip() for cell in row[MAX_COLUMNS:])
            if any(cell.strip() for cell in row):
                rows.append([writing.escape(cell) for cell in row])
            if len(rows) > MAX_ROWS:
                if not cut:
                    raise Refused("too_long")
                more = True
                break
    except csv.Error as error:
        if not cut or not rows:
            raise Refused("broken") from error
        more = True
    return Draft("", writing.table(rows), more)


def _separator(sample: str) -> str:
    """The sign that divides more than half of the first rows into as many cells.

    The standard library's Sniffer takes minutes for a line of quotes.
    """
    found, agreed = "\t" if "\t" in sample else ",", 0.5
    for sign in SEPARATORS:
        try:
            widths = [len(row) for row in islice(_rows(sample, sign), ROWS) if row]
        except csv.Error:
            continue
        width, count = Counter(widths).most_common(1)[0] if widths else (1, 0)
        if width > 1 and count > agreed * len(widths):
            found, agreed = sign, count / len(widths)
    return found


def _rows(text: str, separator: str) -> Iterator[list[str]]:
    # A space before a quote would make the quote a part of the cell.
    lines = io.StringIO(text, newline="")
    return csv.reader(lines, delimiter=separator, skipinitialspace=True)
