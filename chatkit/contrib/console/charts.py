"""A chart of a table that stands beside it: the script draws what the table says."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise

from .tables import Table


@dataclass(frozen=True)
class Chart:
    """A chart whose series are the columns of `table` with a tone, over its first column.

    `kind` is `stacked` (bars on each other), `bars` or `lines`.
    """

    title: str | Promise
    table: Table
    kind: str = "stacked"
