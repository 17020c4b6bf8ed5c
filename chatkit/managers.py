"""Querysets. Chat requests reach threads and their rows only through `for_session`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models

if TYPE_CHECKING:
    from .models import Session


class OwnedQuerySet(models.QuerySet[Any]):
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

    def for_user(self, user: Any) -> Self:
        """Everything of one user, whatever the workflow: for export, erasure and the admin."""
        return self.filter(**{f"{self.owner_path}user": user})


class ThreadChildQuerySet(OwnedQuerySet):
    owner_path = "thread__"


class SessionQuerySet(models.QuerySet[Any]):
    def for_user(self, user: Any) -> Self:
        return self.filter(user=user)
