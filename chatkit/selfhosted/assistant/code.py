"""Finds the code in a Markdown text that comes in pieces: its spans and its fenced blocks."""

from __future__ import annotations

import re
from dataclasses import dataclass

# What a text is read by: runs of what may begin or end code, line ends, and all between. In code
# a backslash is one; elsewhere it takes the meaning from the next character.
IN_CODE = re.compile(r"`+|~+|\n|[^`~\n]+")
IN_TEXT = re.compile(r"`+|~+|\n|\\[\\`~]|\\|[^`~\n\\]+")
# What may stand on a line before a fence that opens: blanks, quotes and list items; and before one
# that closes.
BEFORE_OPENING = re.compile(r"(?:[ \t>]|[-*+][ \t]|\d{1,9}[.)][ \t])*")
BEFORE_CLOSING = re.compile(r"[ \t>]*")
LONGEST_BEFORE = 60
FENCE = 3  # characters of a fence, or more


@dataclass
class Code:
    """Where a text stands. A piece may not end in the middle of a run of backticks, tildes or
    backslashes. A span that is never closed ends with its paragraph."""

    fence: str = ""  # what opened the block that is open
    span: str = ""  # what opened the span that is open
    line: str = ""  # the beginning of this line
    opening: bool = False  # this line has opened the block

    def hide(self, piece: str) -> str:
        """The piece, with a backtick in the place of each character of code."""
        shown, at = "", 0
        while at < len(piece):
            found = (IN_CODE if self.fence or self.span else IN_TEXT).match(piece, at)
            assert found is not None
            at = found.end()
            shown += self._read(found[0])
        return shown

    def _read(self, part: str) -> str:
        if part == "\n":
            if not self.line.strip():  # a paragraph is over
                self.span = ""
            self.line, self.opening = "", False
            return part
        before, self.line = self.line, (self.line + part)[:LONGEST_BEFORE]
        inside = bool(self.fence or self.span)
        if part[0] in "`~":
            self._run(part, before)
        # What opens and what closes belongs to the code.
        return "`" * len(part) if inside or self.fence or self.span else part

    def _run(self, run: str, before: str) -> None:
        """Open or close what this run opens or closes."""
        if self.opening and run[0] == self.fence[0] == "`":
            self.span, self.fence, self.opening = self.fence, "", False  # it was no block
        if self.fence:
            if run.startswith(self.fence) and BEFORE_CLOSING.fullmatch(before):
                self.fence = ""
        elif self.span:
            if run == self.span:
                self.span = ""
        elif len(run) >= FENCE and BEFORE_OPENING.fullmatch(before):
            self.fence, self.opening = run, True
        elif run[0] == "`":
            self.span = run
