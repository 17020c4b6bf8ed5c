"""Logins in the database, as Django keeps them, found by a statement that is made once."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.utils import timezone

from chatkit.statements import Select


class SessionStore(db.SessionStore):
    """Django's own in all else. Each request of somebody who is logged in looks theirs up."""

    def _get_session_from_db(self) -> Session | None:
        row = next(iter(_by_key(self.session_key)), None)
        if row is not None and row.expire_date > timezone.now():
            return row
        # Django's, which forgets the key of one that is not there.
        none: Session | None = super()._get_session_from_db()  # type: ignore[misc]
        return none


_by_key = Select(lambda key: Session.objects.filter(session_key=key))
