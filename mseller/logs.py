"""The format of the log: no text that somebody sent can make up a line of it.

A line break would begin one, and an escape code would colour, move or clear what a terminal shows.
"""

from __future__ import annotations

import logging
import re

# Whatever moves a cursor or breaks a line, backslashes left alone: `\n` is shown as `\n`.
CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
INDENT = "    "  # no line of a record begins so


class OneLineFormatter(logging.Formatter):
    """One line for each record. A traceback's lines stand below it, indented."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return escaped(super().formatMessage(record))

    def formatException(self, ei: object) -> str:
        return indented(super().formatException(ei))  # type: ignore[arg-type]

    def formatStack(self, stack_info: str) -> str:
        return indented(super().formatStack(stack_info))


def escaped(text: str) -> str:
    """`text` with its control characters written out."""
    return CONTROLS.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


def indented(text: str) -> str:
    return "\n".join(INDENT + escaped(line) for line in text.split("\n"))
