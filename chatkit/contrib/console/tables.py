"""A table of a page, and the same table as CSV."""

from __future__ import annotations

import csv
import datetime
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.http import HttpRequest, StreamingHttpResponse
from django.utils.functional import Promise

from chatkit.downloads import cell, download

from .period import Period

Words = str | Promise
AT_ONCE = 500  # lines of CSV


@dataclass(frozen=True)
class Cell:
    """What stands in a cell. `raw` is its value in the CSV and in charts; `text` is shown, the
    value itself where it is None. `url` makes it a link, `tone` a mark of that colour (success,
    info, warning, error), `note` a quieter line below."""

    raw: Any
    text: Words | None = None
    url: str = ""
    tone: str = ""
    note: Words = ""

    @property
    def shown(self) -> Any:
        return self.raw if self.text is None else self.text

    @property
    def is_number(self) -> bool:
        return isinstance(self.raw, int | float) and not isinstance(self.raw, bool)

    @property
    def is_moment(self) -> bool:
        return isinstance(self.raw, datetime.datetime) and self.text is None


@dataclass(frozen=True)
class Column:
    """A column: `key` heads it in the CSV, `label` on the page. `number` sets it to the end of
    the line. `tone` is the colour of its series in a chart, "" where it is none."""

    key: str
    label: Words
    number: bool = False
    tone: str = ""
    words: bool = False  # what people wrote: in their own direction


@dataclass
class Table:
    """`rows` are lists of cells (bare values are taken as cells), as many as there are columns.

    `more` gives all rows for the CSV where the page shows some of them. `empty` is the sentence
    in the place of a table without rows, `action` a link (label, address) under it.
    """

    name: str
    caption: Words
    columns: list[Column]
    rows: list[list[Any]]
    empty: Words = ""
    action: tuple[Words, str] | None = None
    more: Callable[[], Iterable[list[Any]]] | None = field(default=None, repr=False)
    exported: bool = True
    # Whether it holds what people wrote, so that it is told who downloads it.
    said: bool = False

    def lines(self) -> list[list[tuple[Column, Cell]]]:
        return [
            [(column, as_cell(value)) for column, value in zip(self.columns, row, strict=True)]
            for row in self.rows
        ]

    def csv(self, request: HttpRequest, page: str, period: Period | None) -> StreamingHttpResponse:
        """All rows as a download, fit for a spreadsheet: no cell is taken for a formula."""
        span = f"-{period.first}-{period.last}" if period else ""
        return download(request, self._pieces(), f"{page}-{self.name}{span}.csv", "text/csv")

    def _pieces(self) -> Iterator[bytes]:
        # The byte order mark tells spreadsheets that this is UTF-8.
        yield "\ufeff".encode() + _lines([[column.key for column in self.columns]])
        rows = iter(self.rows if self.more is None else self.more())
        while some := list(islice(rows, AT_ONCE)):
            yield _lines([as_cell(value).raw for value in row] for row in some)


def as_cell(value: Any) -> Cell:
    return value if isinstance(value, Cell) else Cell(value)


def _lines(rows: Iterable[Iterable[Any]]) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[_csv(value) for value in row] for row in rows])
    return buffer.getvalue().encode()


def _csv(value: Any) -> str:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)  # also a negative one, which `cell` would take for a formula
    return cell(value)
