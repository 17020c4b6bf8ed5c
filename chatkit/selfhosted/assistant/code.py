"""Finds the code in a Markdown text that comes in pieces: its spans and its fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What a text is read by: runs of what may begin or end code, line ends, and all between. In code
# a backslash is one; elsewhere it takes the meaning from the next character. A span is read by
# single characters, since any may be the one that ends it.
IN_BLOCK = re.compile(r"`+|~+|\n|[^`~\n]+")
IN_SPAN = re.compile(r"`+|~+|\n|\\\||[^`~\n]")
IN_TEXT = re.compile(r"`+|~+|\n|\\[\\`~]|\\|[^`~\n\\]+")
# What may stand on a line before a fence that opens: blanks, quotes and list items; and before one
# that closes.
BEFORE_OPENING = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*")
BEFORE_CLOSING = re.compile(r"[ \t>]*")
# The beginning of a line that ends the paragraph above, and a whole line that does: a rule, or one
# that makes a heading of it.
BEGINS = re.compile(r"[ \t>]*(?:[-*+][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t])")
RULE = re.compile(r"[ \t>]*(?:=+[ \t]*|[-* \t]+|[_ \t]+)")
# A heading, and the line below the first row of a table.
HEADING = re.compile(BEFORE_OPENING.pattern + r"#{1,6}[ \t]")
BELOW_FIRST_ROW = re.compile(r"(?=.*-)(?=.*\|)[ \t>|:-]+")
LONGEST_BEFORE = 60
FENCE = 3  # characters of a fence, or more


@dataclass
class Code:
    """Where a text stands. A piece may not end in the middle of a run of backticks, tildes or
    backslashes. A span that is never closed ends with its paragraph, list item, heading, quote or
    cell of a table."""

    fence: str = ""  # what opened the block that is open
    span: str = ""  # what opened the span that is open
    line: str = ""  # the beginning of this line
    opening: bool = False  # this line has opened the block
    crossed: bool = False  # this line is not the one that has opened the span
    quotes: int = 0  # in how many quotes the span was opened
    table: bool = False  # this line is a row of a table

    def hide(self, piece: str) -> str:
        """The piece, with a backtick in the place of each character of code."""
        shown, at = "", 0
        while at < len(piece):
            reads = IN_BLOCK if self.fence else IN_SPAN if self.span else IN_TEXT
            found = reads.match(piece, at)
            assert found is not None
            at = found.end()
            shown += self._read(found[0])
        return shown

    def _read(self, part: str) -> str:
        if part == "\n":
            self._end_line()
            return part
        before, self.line = self.line, (self.line + part)[:LONGEST_BEFORE]
        if self.span and ((self.table and part == "|") or self._begins(self.line)):
            self.span = ""
        inside = bool(self.fence or self.span)
        if part[0] in "`~":
            self._run(part, before)
        # What opens and what closes belongs to the code.
        return "`" * len(part) if inside or self.fence or self.span else part

    def _end_line(self) -> None:
        line = self.line
        over = not line.strip(" \t>")  # the paragraph
        if over or self.fence:
            self.table = False
        elif BELOW_FIRST_ROW.fullmatch(line):
            self.table = True
        ends = over or self.table or HEADING.match(line)
        # An item or a heading may have no word.
        if ends or self._begins(line + " ") or (self.crossed and RULE.fullmatch(line)):
            self.span = ""
        self.line, self.opening, self.crossed = "", False, bool(self.span)

    def _begins(self, line: str) -> bool:
        """Whether this line begins something that the open span is not in."""
        if not self.crossed:
            return False
        return BEGINS.match(line) is not None or _quotes(line) > self.quotes

    def _run(self, run: str, before: str) -> None:
        """Open or close what this run opens or closes."""
        if self.opening and run[0] == self.fence[0] == "`":
            self._open_span(self.fence, before)  # it was no block
            self.fence, self.opening = "", False
        if self.crossed and len(run) >= FENCE and BEFORE_OPENING.fullmatch(before):
            self.span = ""  # a fence begins a block also there
        if self.fence:
            if run.startswith(self.fence) and BEFORE_CLOSING.fullmatch(before):
                self.fence = ""
        elif self.span:
            if run == self.span:
                self.span = ""
        elif len(run) >= FENCE and BEFORE_OPENING.fullmatch(before):
            self.fence, self.opening = run, True
        elif run[0] == "`":
            self._open_span(run, before)

    def _open_span(self, run: str, before: str) -> None:
        self.span, self.crossed, self.quotes = run, False, _quotes(before)


def _quotes(line: str) -> int:
    before = BEFORE_OPENING.match(line)
    return before[0].count(">") if before is not None else 0
