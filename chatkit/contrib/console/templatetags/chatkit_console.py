"""What the console's templates are written with."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django import template
from django.template import Context
from django.utils.formats import date_format, number_format
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from chatkit.fields import local_time

if TYPE_CHECKING:  # Django loads this while the site's admin may still be loading
    from ..tables import Cell, Column, Table

register = template.Library()


@register.simple_tag(takes_context=True)
def console_csv(context: Context, table: Table) -> str:
    """The address of a table as CSV."""
    url: str = context["visit"].here(csv=table.name)
    return url


@register.simple_tag
def console_rows(table: Table) -> SafeString:
    """The rows of a table. Written here and not in a template: a year has some thousand cells,
    and a template takes a quarter of a second for them."""
    columns = [_Written(column, first=not nth) for nth, column in enumerate(table.columns)]
    lines = []
    for line in table.lines():
        cells = [written.cell(cell) for written, (_col, cell) in zip(columns, line, strict=True)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return mark_safe("\n".join(lines))  # noqa: S308 (each value is escaped)


class _Written:
    """A column's cells in HTML: what is the same for all of them is made once."""

    def __init__(self, column: Column, *, first: bool) -> None:
        self.column = column
        self.begin, self.end = ('<th scope="row"', "</th>") if first else ("<td", "</td>")
        self.label = f' data-label="{conditional_escape(str(column.label))}">'

    def cell(self, cell: Cell) -> str:
        column, shown = self.column, str(conditional_escape(_cell(cell)))
        kind = ' class="is-words"' if column.words else ""
        if column.number:
            kind = f' class="is-number" data-value="{_raw(cell)}"'
        if cell.tone:
            shown = f'<span class="ckc-chip is-{conditional_escape(cell.tone)}">{shown}</span>'
        elif column.words and not cell.url:
            shown = f'<span dir="auto">{shown}</span>'
        if cell.url:
            words = ' dir="auto"' if column.words else ""
            shown = f'<a href="{conditional_escape(cell.url)}"{words}>{shown}</a>'
        if cell.note:
            shown += (
                f' <span class="ckc-note" dir="auto">{conditional_escape(str(cell.note))}</span>'
            )
        return f"{self.begin}{kind}{self.label}{shown}{self.end}"


def _cell(cell: Cell) -> SafeString | str:
    """A cell's value as the reader writes it."""
    value = cell.shown
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime.datetime):
        here = local_time(value)
        shown = date_format(here, "SHORT_DATETIME_FORMAT")
        return format_html('<time datetime="{}">{}</time>', here.isoformat(), shown)
    if isinstance(value, datetime.date):
        shown = date_format(value, "SHORT_DATE_FORMAT")
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)
    if type(value) is int and -1000 < value < 1000:
        return str(value)  # as everywhere
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(number_format(value, use_l10n=True, force_grouping=True))
    return str(value)


def _raw(cell: Cell) -> str:
    """A number as a script reads it."""
    return str(cell.raw) if cell.is_number else ""
