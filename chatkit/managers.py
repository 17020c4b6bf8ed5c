"""Querysets. Chat requests reach threads and their rows only through `for_session`."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.apps import apps
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from . import conf, fulltext

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser
    from django.contrib.auth.models import AnonymousUser

    from .models import Session

    AnyUser = AbstractBaseUser | AnonymousUser

PROCESS_GONE = "process gone"  # what is recorded of work that its process has left unfinished

M = TypeVar("M", bound=models.Model)


def is_visitor(person: object) -> bool:
    """Whether this is a visitor, and no user. By the model: a site's users may have any names."""
    return getattr(getattr(person, "_meta", None), "label", "") == "chatkit.Visitor"


def owned_by(whose: Any, path: str = "") -> dict[str, Any]:
    """The one condition by which rows are somebody's: those of a user, of a visitor, or of the
    owner of another row. `path` leads to the model that has the owner.

    Never a NULL: that would be everybody's. ValueError for nobody.
    """
    if is_visitor(whose):
        return {f"{path}visitor_id": whose.pk or ""}
    if getattr(type(whose), "chatkit_owned", False):  # a row
        if whose.user_id is None and whose.visitor_id is None:
            raise ValueError(f"{type(whose).__name__} is nobody's.")
        if whose.user_id is None:
            return {f"{path}visitor_id": whose.visitor_id}
        return {f"{path}user_id": whose.user_id}
    if getattr(whose, "pk", None) is None:
        raise ValueError("Nobody owns rows.")
    return {f"{path}user_id": whose.pk}


class OwnerQuerySet(models.QuerySet[M]):
    """Rows that belong to a user or to a visitor; `owner_path` leads to them."""

    owner_path = ""

    def for_owner(self, whose: Any) -> Self:
        """Everything of one user or visitor, or of the owner of a row, whatever the workflow.
        Nothing for nobody, as for who asks on trial without an account."""
        try:
            owner = owned_by(whose, self.owner_path)
        except ValueError:
            return self.none()
        return self.filter(**owner)

    def for_user(self, user: Any) -> Self:
        """The same, under the name that sites know."""
        return self.for_owner(user)


class OwnedQuerySet(OwnerQuerySet[M]):
    """Rows that belong to an owner and a workflow."""

    thread_path = ""

    def for_session(self, session: Session, *, deleted: bool = False) -> Self:
        """What the session's owner may see under the session's workflow. `deleted`: also of
        conversations whose deletion may still be taken back, as what an answer writes there."""
        mine = self.for_owner(session).filter(
            **{f"{self.owner_path}workflow_id": session.workflow_id}
        )
        return mine if deleted else mine.undeleted()

    def undeleted(self) -> Self:
        """Without what is of conversations that their person has deleted: their rows are there for
        a while, so that it can be taken back, and nobody reads them."""
        return self.filter(**{f"{self.thread_path}deleted_at": None})


class ThreadQuerySet(OwnedQuerySet[M]):
    def update(self, **values: Any) -> int:
        """The words of a title go with it."""
        if isinstance(title := values.get("title"), str):
            values.setdefault("title_words", fulltext.kept([title]))
        return super().update(**values)


class AttachmentQuerySet(OwnedQuerySet[M]):
    thread_path = "thread__"


class ThreadChildQuerySet(OwnedQuerySet[M]):
    owner_path = thread_path = "thread__"


class ThreadItemQuerySet(ThreadChildQuerySet[M]):
    def shown(self) -> Self:
        """Without those in whose place another version is shown."""
        return self.filter(superseded=False)


class ThreadItemManager(models.Manager.from_queryset(ThreadItemQuerySet)):  # type: ignore[misc]
    def get_queryset(self) -> ThreadItemQuerySet[Any]:
        found: ThreadItemQuerySet[Any] = super().get_queryset()
        return found.defer("words")


class RunQuerySet(ThreadChildQuerySet[M]):
    def unanswered(self) -> Self:
        """Runs whose question stays open: nothing was found, or a reader voted the answer down.

        A vote belongs to the run that was the latest of its thread when the voted item was made.
        """
        feedback, items = (
            apps.get_model("chatkit", name)._default_manager for name in ("Feedback", "ThreadItem")
        )
        item = items.filter(thread_id=OuterRef("thread_id"), item_id=OuterRef("item_id"))
        run = self.model._default_manager.filter(
            thread_id=OuterRef("thread_id"), created_at__lte=OuterRef("made_at")
        ).order_by("-created_at", "-pk")
        voted_down = (
            feedback.filter(kind="negative")
            .annotate(made_at=Subquery(item.values("created_at")[:1]))
            .annotate(answered_by=Subquery(run.values("pk")[:1]))
            .order_by()
            .values("answered_by")
        )
        return self.filter(Q(outcome="not_found") | Q(pk__in=voted_down))


class ToolCallQuerySet(ThreadChildQuerySet[M]):
    # How long a call waits for confirmation.
    WAITS = datetime.timedelta(hours=1)
    # How long records of an ended run may still be written.
    GRACE = datetime.timedelta(minutes=1)

    def overdue(self) -> Self:
        """Calls that have waited for confirmation for too long."""
        return self.filter(status="waiting", created_at__lte=timezone.now() - self.WAITS)

    def abandoned(self) -> Self:
        """Calls that are recorded as running in conversations without a live run. Those of a
        request without a run may take as long as a run."""
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
        """End overdue and abandoned calls and remove their held arguments. Returns how many."""
        over = {"held": None, "ended_at": timezone.now()}
        count = self.overdue().update(status="expired", **over)
        # They may or may not have been done.
        count += self.abandoned().update(status="failed", outcome=PROCESS_GONE, **over)
        return count
