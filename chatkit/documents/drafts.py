"""What is read out of a document, and why one may be refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

MAX_BYTES = 10 * 1024 * 1024  # of a file
MAX_PAGES = 200  # of a PDF
MAX_TEXT = 500_000  # characters of a draft
MAX_ROWS = 5_000  # of a table
MAX_COLUMNS = 50

# Called with how much is done, and of how much.
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Draft:
    """`title` is "" where the document has none; `body` is Markdown without it. `cut`: there is
    more in the document."""

    title: str
    body: str
    cut: bool = False


class Refused(Exception):
    """`code` names the sentence of `reasons`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
