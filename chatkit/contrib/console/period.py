"""The days that a page is about, as its address says: `?period=7d`, or two dates.

Days begin at midnight in the site's time zone, whoever looks at them.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

DAY = datetime.timedelta(days=1)
LONGEST = 366  # days
CHOICES: dict[str, tuple[int, Promise]] = {
    "today": (1, _("Today")),
    "7d": (7, _("7 days")),
    "30d": (30, _("30 days")),
}
DEFAULT = "7d"
OWN = "own"


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both included. `problem` says why it is not the one that
    was asked for, "" where it is."""

    kind: str
    first: datetime.date
    last: datetime.date
    problem: str | Promise = ""

    @property
    def days(self) -> list[datetime.date]:
        return [self.first + DAY * number for number in range(self.length)]

    @property
    def length(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def start(self) -> datetime.datetime:
        """The first moment of it, fit to be compared with a DateTimeField."""
        return midnight(self.first)

    @property
    def end(self) -> datetime.datetime:
        """The first moment after it."""
        return midnight(self.last + DAY)

    @property
    def before(self) -> Period:
        """As many days, just before these."""
        return Period(OWN, self.first - DAY * self.length, self.first - DAY)

    @property
    def parameters(self) -> dict[str, str]:
        """What an address says of it; nothing for the default."""
        if self.kind == DEFAULT:
            return {}
        if self.kind != OWN:
            return {"period": self.kind}
        return {"period": OWN, "from": self.first.isoformat(), "to": self.last.isoformat()}

    @property
    def query(self) -> str:
        """`parameters` for the end of a link: "" or "?period=…"."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""


def today() -> datetime.date:
    """The day that it is in the site's time zone."""
    now = timezone.now()
    return (
        timezone.localtime(now, timezone.get_default_timezone()).date()
        if (settings.USE_TZ)
        else now.date()
    )


def midnight(day: datetime.date) -> datetime.datetime:
    """When a day begins, as a DateTimeField of this site holds it."""
    moment = datetime.datetime.combine(day, datetime.time.min)
    return (
        timezone.make_aware(moment, timezone.get_default_timezone())
        if (settings.USE_TZ)
        else moment
    )


def day_of(moment: datetime.datetime) -> datetime.date:
    """The day of a moment in the site's time zone."""
    if timezone.is_naive(moment):
        return moment.date()
    return timezone.localtime(moment, timezone.get_default_timezone()).date()


def chosen(query: QueryDict | dict[str, str]) -> Period:
    """The period that an address names; the default, with a word about it, where that is broken."""
    kind = query.get("period", DEFAULT) or DEFAULT
    if kind in CHOICES:
        return of_kind(kind)
    if kind != OWN:
        return of_kind(DEFAULT, _("There is no such period: these are the last 7 days."))
    first, last = _date(query.get("from", "")), _date(query.get("to", ""))
    if first is None or last is None:
        return of_kind(
            DEFAULT, _("That period has no first or no last day: these are the last 7 days.")
        )
    if first > last:
        return of_kind(DEFAULT, _("That period ends before it begins: these are the last 7 days."))
    if first > today():
        return of_kind(DEFAULT, _("That period has not begun yet: these are the last 7 days."))
    if (last - first).days >= LONGEST:
        return of_kind(DEFAULT, _("That period is longer than a year: these are the last 7 days."))
    return Period(OWN, first, last)


def of_kind(kind: str, problem: str | Promise = "") -> Period:
    """`today`, `7d` or `30d`, up to now."""
    length, _label = CHOICES[kind]
    last = today()
    return Period(kind, last - DAY * (length - 1), last, problem)


def _date(text: str) -> datetime.date | None:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return None
    # Outside of this, time zone conversion and the period before overflow.
    return day if 1970 <= day.year <= 9000 else None
