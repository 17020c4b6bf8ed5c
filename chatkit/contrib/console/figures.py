"""A figure as a card: what it is, how it went day by day, and against the period before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _

WIDTH, HEIGHT = 96, 28  # of the line that shows the trend, in its own units


@dataclass(frozen=True)
class Figure:
    """One card. `text` is shown large; `url` leads to the rows that it counts.

    `now` and `before` are the values that are compared, `days` those of each day for the line.
    `rising` says whether more is good (1), bad (-1) or neither (0).
    """

    label: str | Promise
    text: str
    icon: str
    url: str = ""
    note: str | Promise = ""
    now: float | None = None
    before: float | None = None
    days: Sequence[float | None] = ()
    rising: int = 0
    tone: str = "primary"

    @property
    def change(self) -> str:
        """Against the period before: “+12 %”; "" where there is nothing to compare with."""
        if self.now is None or not self.before:
            return ""
        share = round(100 * (self.now - self.before) / self.before)
        sign = "+" if share > 0 else "\N{MINUS SIGN}" if share < 0 else "±"
        return _("%(change)s %%") % {"change": sign + number_format(abs(share), use_l10n=True)}

    @property
    def change_tone(self) -> str:
        """Whether the change is good news (success), bad news (error) or neither ("")."""
        if self.now is None or not self.before or self.now == self.before or not self.rising:
            return ""
        return "success" if (self.now > self.before) == (self.rising > 0) else "error"

    @property
    def line(self) -> str:
        """The points of the trend in an SVG of WIDTH × HEIGHT, "" for fewer than two days."""
        values = [value or 0 for value in self.days]
        if len(values) < 2 or not any(values):
            return ""
        top = max(values)
        step = (WIDTH - 4) / (len(values) - 1)
        return " ".join(
            f"{2 + step * at:.1f},{2 + (HEIGHT - 4) * (1 - value / top):.1f}"
            for at, value in enumerate(values)
        )
