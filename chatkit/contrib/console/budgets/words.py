"""Budgets in words: in the admin, on the console, and to the people whom they stop."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.formats import date_format, number_format
from django.utils.functional import lazy
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chatkit import access
from chatkit.fields import local_time

from ..prices import money
from ..words import listed

if TYPE_CHECKING:
    from .models import Budget


def in_unit(amount: Decimal | int, unit: str) -> str:
    """“10 messages”, “20,000 tokens”, “5.00 USD”."""
    if unit == "money":
        return money(Decimal(amount))
    count = int(amount)
    shown = number_format(count, use_l10n=True, force_grouping=True)
    if unit == "tokens":
        return ngettext("%(count)s token", "%(count)s tokens", count) % {"count": shown}
    return ngettext("%(count)s message", "%(count)s messages", count) % {"count": shown}


def whom(budget: Budget, *, named: bool = True) -> str:
    """Whom a budget concerns: “ada”, or “Person” where that is not to be `named`; “Sales, each
    person”, “Everybody”."""
    parts = []
    if budget.user_id is not None:
        parts.append(access.login_name(budget.user) if named else _("Person"))
    if budget.group_id is not None:
        parts.append(str(budget.group))
    if budget.visitors:
        parts.append(_("Visitors"))
    if budget.workflow_id:
        parts.append(budget.workflow_id)
    if not parts:
        parts.append(_("Everybody"))
    if budget.each_person and budget.user_id is None:
        parts.append(_("each visitor") if budget.visitors else _("each person"))
    return listed(parts)


def per_span(budget: Budget) -> str:
    """“10 messages a day”."""
    amount = in_unit(budget.amount, budget.unit)
    if budget.span == "month":
        return _("%(amount)s a month") % {"amount": amount}
    return _("%(amount)s a day") % {"amount": amount}


def described(budget: Budget, *, named: bool = True) -> str:
    return f"{whom(budget, named=named)}: {per_span(budget)}"


def _time(at: datetime.datetime) -> str:
    return date_format(local_time(at), "DATETIME_FORMAT")


def _reached(own: bool, span: str, amount: Decimal, unit: str, resets: datetime.datetime) -> str:
    values = {"amount": in_unit(amount, unit), "time": _time(resets)}
    if own and span == "day":
        told = _("You have used up today's %(amount)s. You can ask again from %(time)s on.")
    elif own:
        told = _("You have used up this month's %(amount)s. You can ask again from %(time)s on.")
    elif span == "day":
        told = _("All that may be asked here today is used up. You can ask again from %(time)s on.")
    else:
        told = _(
            "All that may be asked here this month is used up. You can ask again from %(time)s on."
        )
    return told % values


def _near(
    own: bool, share: int, span: str, amount: Decimal, unit: str, resets: datetime.datetime
) -> str:
    shown = number_format(share, use_l10n=True)
    values = {"share": shown, "amount": in_unit(amount, unit), "time": _time(resets)}
    if own and span == "day":
        told = _("You have used %(share)s %% of today's %(amount)s. They begin anew on %(time)s.")
    elif own:
        told = _(
            "You have used %(share)s %% of this month's %(amount)s. They begin anew on %(time)s."
        )
    elif span == "day":
        told = _("%(share)s %% of all that may be asked here today is used, until %(time)s.")
    else:
        told = _("%(share)s %% of all that may be asked here this month is used, until %(time)s.")
    return told % values


# Lazily, since another thread shows them, in the language and the time zone of who asked.
reached = lazy(_reached, str)
near = lazy(_near, str)
