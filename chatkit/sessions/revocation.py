"""Sessions that end before their time: by their person, an admin, a log-out, a new password, or the
end of an account."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.signals import post_save, pre_delete
from django.utils import timezone

from ..exceptions import ApiError
from ..hosted import cancelling
from ..models import Run, Session
from ..retention import temporary
from .service import is_owners
from .turns import writing

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

DELETED = "_chatkit_sessions_ended"  # on the queryset of users whose deletion has seen to them


def cancel(row: Session) -> None:
    """End a session now; one that is over already stays as it is.

    A hosted one is ended at OpenAI first; ApiError where that fails, and the row stays.
    """
    if row.status not in (Session.Status.ACTIVE, Session.Status.REFRESHED) or _is_past(row):
        return
    if row.issuer == Session.Issuer.OPENAI:
        from ..hosted import causes, client

        try:
            client.cancel_session(row.session_id or "")
        except causes.UpstreamError as error:
            if error.status != 404:  # unknown there: it has ended
                raise ApiError(error.code) from None
    with writing():
        Session.objects.filter(pk__in=[row.pk, *_still_answered(row)]).update(
            status=Session.Status.CANCELLED
        )
        temporary.delete_ended(row)
    row.status = Session.Status.CANCELLED


def _still_answered(row: Session) -> list[int]:
    """The sessions of ours that this one has replaced: an answer, or a stream, that was begun by
    them may still go on."""
    found: list[int] = []
    ours = Session.objects.filter(
        _going_on(), status=Session.Status.REFRESHED, issuer=Session.Issuer.SELF
    )
    while (older := row.refreshed_from_id) and older not in found:
        replaced = ours.filter(pk=older).first()
        if replaced is None:
            break
        found.append(older)
        row = replaced
    return found


def _going_on() -> Q:
    """Sessions that have not expired, and those whose last answer is still being written."""
    answered = Run.objects.filter(live__isnull=False, session__isnull=False).values("session")
    return Q(expires_at__gt=timezone.now()) | Q(pk__in=answered)


def cancel_all_of(user: AbstractBaseUser) -> int:
    """End all sessions of a user; how many were active.

    Those that OpenAI issued are cancelled there in the background, after the commit.
    """
    return _cancel_rows(_open_rows([user]))


def _open_rows(users: Collection[Any] | QuerySet[Any]) -> list[Session]:
    """Users' sessions that go on. One of OpenAI's that was refreshed is still valid there; by one
    of ours an answer may have begun that is still being written."""
    return list(
        Session.objects.filter(
            _going_on(),
            user__in=users,
            status__in=(Session.Status.ACTIVE, Session.Status.REFRESHED),
        )
    )


def _cancel_rows(rows: list[Session]) -> int:
    hosted = [row.session_id or "" for row in rows if row.issuer == Session.Issuer.OPENAI]
    ended = [
        row.pk
        for row in rows
        if row.status == Session.Status.ACTIVE or row.issuer == Session.Issuer.SELF
    ]
    if ended:
        Session.objects.filter(
            pk__in=ended, status__in=(Session.Status.ACTIVE, Session.Status.REFRESHED)
        ).update(status=Session.Status.CANCELLED)
        temporary.delete_ended(rows[0])
    if hosted:
        transaction.on_commit(lambda: cancelling.cancel_later(hosted))
    return sum(row.status == Session.Status.ACTIVE and not _is_past(row) for row in rows)


def _is_past(row: Session) -> bool:
    return row.expires_at is not None and row.expires_at <= timezone.now()


def _on_logout(sender: object, user: AbstractBaseUser | None, **kwargs: object) -> None:
    # Without a key where somebody deletes their own account and is logged out of it then.
    if user is not None and user.pk is not None:
        cancel_all_of(user)


def _on_user_saved(
    sender: object,
    instance: AbstractBaseUser,
    created: bool,
    update_fields: Collection[str] | None,
    raw: bool,
    **kwargs: object,
) -> None:
    """Mark sessions as cancelled after a new password or a deactivation; end hosted ones.

    Ours are refused by `verify` even where no signal is sent (`QuerySet.update`).
    """
    if created or raw:
        return
    if update_fields is not None and not {"password", "is_active"} & set(update_fields):
        return  # such as last_login, at each login
    _cancel_rows([row for row in _open_rows([instance]) if not is_owners(row, instance)])


def _on_user_deleted(
    sender: object, instance: AbstractBaseUser, origin: object = None, **kwargs: object
) -> None:
    """Cancel their sessions at OpenAI: here the rows are deleted with the user."""
    if not isinstance(origin, QuerySet) or origin.model is not type(instance):
        cancel_all_of(instance)
    elif not hasattr(origin, DELETED):  # the first of many, who are looked up at once
        setattr(origin, DELETED, True)
        _cancel_rows(_open_rows(origin))


def connect_signals() -> None:
    user_logged_out.connect(_on_logout, dispatch_uid="chatkit.sessions")
    users = get_user_model()
    post_save.connect(_on_user_saved, sender=users, dispatch_uid="chatkit.sessions")
    pre_delete.connect(_on_user_deleted, sender=users, dispatch_uid="chatkit.sessions")
