"""What the console's templates are written with."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

from django import template
from django.template import Context
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

if TYPE_CHECKING:  # Django loads this while the site's admin may still be loading
    from ..tables import Cell, Table

register = template.Library()


@register.simple_tag(takes_context=True)
def console_csv(context: Context, table: Table) -> str:
    """The address of a table as CSV."""
    url: str = context["visit"].here(csv=table.name)
    return url


@register.simple_tag
def console_cell(cell: Cell) -> SafeString | str:
    """A cell's value as the reader writes it."""
    value = cell.shown
    if value is None or value == "":
        return "–"
    if isinstance(value, datetime.datetime):
        here = timezone.localtime(value) if timezone.is_aware(value) else value
        shown = date_format(here, "SHORT_DATETIME_FORMAT")
        return format_html('<time datetime="{}">{}</time>', here.isoformat(), shown)
    if isinstance(value, datetime.date):
        shown = date_format(value, "SHORT_DATE_FORMAT")
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), shown)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(number_format(value, use_l10n=True, force_grouping=True))
    return str(value)


@register.simple_tag
def console_raw(cell: Cell) -> str:
    """A number as a script reads it."""
    return str(cell.raw) if cell.is_number else ""
