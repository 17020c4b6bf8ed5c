"""Numbers and names as the reader writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from chatkit import access

BETWEEN = ", "  # a text of Django's own


def number(value: float, places: int | None = None) -> str:
    """A number with its thousands grouped."""
    return str(number_format(value, decimal_pos=places, use_l10n=True, force_grouping=True))


def percent(part: float, whole: float) -> str:
    """A share: “96 %”. Neither all nor nothing is said where it is only nearly so."""
    if not whole:
        return "–"
    share = round(100 * part / whole)
    if share == 100 and part < whole:
        share = 99
    if share == 0 and part > 0:
        share = 1
    return _("%(share)s %%") % {"share": number(share)}


def seconds(ms: float | None) -> str:
    """A time of milliseconds as seconds: “1.2 s”."""
    if ms is None:
        return "–"
    return _("%(seconds)s s") % {"seconds": number(ms / 1000, 1 if ms < 100_000 else 0)}


def listed(words: Iterable[str]) -> str:
    """“a, b, c”, with the sign that stands between them in the reader's language."""
    return _(BETWEEN).join(words)


def names(user_ids: Iterable[Any]) -> dict[Any, str]:
    """The login names of users by their ids. One query, none for nobody."""
    wanted = {user_id for user_id in user_ids if user_id is not None}
    if not wanted:
        return {}
    users = get_user_model()._default_manager.filter(pk__in=wanted)
    return {user.pk: access.login_name(user) for user in users}
