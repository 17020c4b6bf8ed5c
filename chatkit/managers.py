"""Querysets. Chat requests reach threads and their rows only through `for_session`."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from . import conf

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from .models import Session

    AnyUser = AbstractBaseUser | AnonymousUser

M = TypeVar("M", bound=models.Model)


class OwnedQuerySet(models.QuerySet[M]):
    """Rows that belong to a user and a workflow; `owner_path` leads to them."""

    owner_path = ""

    def for_session(self, session: Session) -> Self:
        """What the session's user may see under the session's workflow."""
        return self.filter(
            **{
                f"{self.owner_path}user_id": session.user_id,
                f"{self.owner_path}workflow_id": session.workflow_id,
            }
        )

    def for_user(self, user: AnyUser) -> Self:
        """Everything of one user, whatever the workflow: for export, erasure and the admin."""
        return self.filter(**{f"{self.owner_path}user": user})


class ThreadChildQuerySet(OwnedQuerySet[M]):
    owner_path = "thread__"


class ToolCallQuerySet(ThreadChildQuerySet[M]):
    # How long a call waits for its user's word.
    WAITS = datetime.timedelta(hours=1)
    # What may still be written of a run that has ended.
    GRACE = datetime.timedelta(minutes=1)

    def overdue(self) -> Self:
        """Calls that still wait for a word, and may not be done any more."""
        return self.filter(status="waiting", created_at__lte=timezone.now() - self.WAITS)

    def abandoned(self) -> Self:
        """Calls that count as being made, though nobody makes them: no answer is being written
        in their conversation. Those of a request without a run have as long as a run has."""
        run = self.model._meta.get_field("run").related_model
        assert run is not None  # imported here, `Run` would be a circle
        now = timezone.now()
        longest = datetime.timedelta(seconds=conf.get("RUN_TIMEOUT"))
        live = run._default_manager.filter(live=OuterRef("thread_id"))
        return self.filter(
            ~Exists(live),
            Q(run__isnull=False) | Q(created_at__lte=now - self.GRACE - longest),
            status="running",
            created_at__lte=now - self.GRACE,
        )

    def close_left(self) -> int:
        """Give an outcome to the calls that nobody ends any more; how many. What was held of
        their arguments goes."""
        over = {"held": None, "ended_at": timezone.now()}
        count = self.overdue().update(status="expired", **over)
        # Whether it was done nobody knows.
        count += self.abandoned().update(status="failed", outcome="process gone", **over)
        return count


class SessionQuerySet(models.QuerySet[M]):
    def for_user(self, user: AnyUser) -> Self:
        return self.filter(user=user)
