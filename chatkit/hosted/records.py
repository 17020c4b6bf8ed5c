"""What session records tell of conversations at OpenAI: of whom an import has read them all."""

from __future__ import annotations

import datetime
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet
from django.utils import timezone

from ..models import Session
from .owners import Owners


def begun_at_openai() -> QuerySet[Session]:
    """The sessions in which users may have said something there. A visitor's conversations belong
    to no user here, and are not imported."""
    found = Session.objects.filter(issuer=Session.Issuer.OPENAI, user__isnull=False)
    return found.exclude(status=Session.Status.FAILED).order_by()


class Read:
    """Whose conversations an import reads, and of whom it has read all.

    `upstream_users` and `since` limit it as they limit the import.
    """

    def __init__(
        self,
        owners: Owners,
        upstream_users: list[str] | None,
        since: datetime.datetime | None,
    ) -> None:
        self._began = timezone.now()
        self._since = since
        self._asked = None if upstream_users is None else _whole(owners, upstream_users)
        self._complete: dict[Any, bool] = {}
        self._new: dict[Any, bool] = {}

    def tell(self, owner: AbstractBaseUser, *, complete: bool) -> None:
        """A thread of this user was read."""
        self._complete[owner.pk] = complete and self._complete.get(owner.pk, True)

    def is_new(self, owner: AbstractBaseUser) -> bool:
        """Whether no import has read all of this user's conversations since a session of theirs."""
        if owner.pk not in self._new:
            unread = begun_at_openai().filter(user=owner.pk, imported_at=None)
            self._new[owner.pk] = unread.exists()
        return self._new[owner.pk]

    def sessions(self) -> QuerySet[Session]:
        """Those of the users of whom all was asked for, in the time that was asked for."""
        found = begun_at_openai().filter(created_at__lte=self._began)
        if self._asked is not None:
            found = found.filter(user__in=self._asked)
        return found.filter(created_at__gte=self._since) if self._since else found

    def keep(self, *, all_known: bool) -> None:
        """Note on the session records of whom all was read. `all_known`: whose each thread is, so
        that who had none has said nothing."""
        if self._since is not None:
            return  # what is older was not read
        incomplete = [pk for pk, complete in self._complete.items() if not complete]
        rows = self.sessions().exclude(user__in=incomplete)
        if not all_known:
            rows = rows.filter(user__in=[pk for pk in self._complete if pk not in incomplete])
        rows.update(imported_at=self._began)


def _whole(owners: Owners, upstream_users: list[str]) -> set[Any]:
    """The users who have no other names at OpenAI than these: what they have said under another
    one is not read."""
    users = filter(None, map(owners.owner, upstream_users))
    return {user.pk for user in users if set(owners.names(user)) <= set(upstream_users)}
