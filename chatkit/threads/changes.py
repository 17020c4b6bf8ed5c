"""What a person does with conversations of the list: one, or several at once."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext as _

from ..exceptions import ApiError
from ..models import Session, Thread
from ..retention import deleted
from .listing import mine

AT_ONCE = 100  # conversations of one request
MOST_PINNED = 50

Change = Callable[[Session, list[str]], list[str]]


def change(session: Session, action: object, ids: object) -> list[str]:
    """Carry out what is asked. Which conversations changed; ApiError `not_found` where none of them
    is this person's."""
    act = ACTIONS.get(action) if isinstance(action, str) else None
    if act is None or not isinstance(ids, list) or not 1 <= len(ids) <= AT_ONCE:
        raise ApiError("invalid_request")
    if not all(isinstance(pk, str) and 0 < len(pk) <= 64 for pk in ids):
        raise ApiError("invalid_request")
    found = act(session, ids)
    if not found:
        raise ApiError("not_found")
    return found


def _put(place: Thread.Place) -> Change:
    def put(session: Session, ids: list[str]) -> list[str]:
        return _placed(session, ids, place)

    return put


def _pin(session: Session, ids: list[str]) -> list[str]:
    with transaction.atomic():
        found = _placed(session, ids, Thread.Place.PINNED)
        if mine(session).filter(place=Thread.Place.PINNED).count() > MOST_PINNED:
            message = _("At most %(count)s conversations can be pinned.")
            raise ApiError("invalid_request", message % {"count": MOST_PINNED})
    return found


def _placed(session: Session, ids: list[str], place: Thread.Place) -> list[str]:
    threads = mine(session).filter(pk__in=ids)
    # The first statement of a transaction writes: see `selfhosted.runs.writes`.
    threads.update(place=place)
    return list(threads.values_list("pk", flat=True))


ACTIONS: dict[str, Change] = {
    "pin": _pin,
    "unpin": _put(Thread.Place.LIST),
    "archive": _put(Thread.Place.ARCHIVE),
    "unarchive": _put(Thread.Place.LIST),
    "delete": deleted.delete,
    "restore": deleted.restore,
}
