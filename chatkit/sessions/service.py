"""Chat sessions, of both kinds of workflows: issue, verify, refresh."""

from __future__ import annotations

import datetime
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import DatabaseError, IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.debug import sensitive_variables

from .. import access, conf, telemetry
from ..deadlocks import again_after_deadlock
from ..exceptions import ApiError
from ..fields import stored_time, without_emoji
from ..hosted import cancelling, sunset
from ..hosted.owners import upstream_user
from ..managers import owned_by
from ..models import Session, new_id
from ..retention import temporary
from ..signals import session_created
from ..statements import Select, insert
from .tokens import sign, unsign
from .turns import check_wait, writing

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from ..hosted.causes import UpstreamError
    from ..workflows import Workflow

logger = logging.getLogger("chatkit.sessions")


@dataclass(frozen=True)
class Issued:
    """What the browser gets; the secret is stored nowhere.

    `expires_at` in unix seconds; `expires_in` the same in seconds from now, for browsers whose
    clock is wrong. `replaced` is the status of the session that this one replaces, ""
    where it replaces none: by it the browser tells a session that somebody ended from one that
    ran out.
    """

    client_secret: str = field(repr=False)
    session_id: str
    expires_at: int
    expires_in: int = 0
    replaced: str = ""


@sensitive_variables()
def issue(
    request: HttpRequest,
    workflow: Workflow,
    *,
    user_label: str = "",
    device_label: str = "",
    replaces: str = "",
    until: datetime.datetime | None = None,
    by_token: bool = False,
    person: Any = None,
) -> Issued:
    """Start a session of the logged-in user, or of `person`, with this workflow, record it and log
    one line.

    `replaces` is the session id that the new one refreshes: the caller's own under the same
    workflow, anything else is ignored. ApiError where OpenAI refuses or fails; the failed
    attempt is recorded and logged too, and the session that it was to replace stays. One of
    ours ends at `until`, where that is sooner than its time, and its secret says where it was begun
    `by_token`.
    """
    user: Any = person or request.user  # the caller has checked who asks
    row = Session(
        **owned_by(user),
        workflow_id=workflow.id,
        issuer=Session.Issuer.OPENAI if workflow.hosted else Session.Issuer.SELF,
        user_label=user_label,
        device_label=device_label,
        auth_hash=_auth_hash(user),
    )
    check_wait()  # before OpenAI is asked: its session could not be taken back
    old = _replaced(row, replaces)
    replaced = old.current_status if old else ""
    with telemetry.span("chatkit.session", {"chatkit.workflow": workflow.id}):
        secret = (
            _issue_hosted(row, old, request)
            if workflow.hosted
            else _issue_own(row, old, until, by_token)
        )
    # A receiver that fails must not fail the request: the session is stored by now.
    session_created.send_robust(sender=Session, session=row, request=request)
    _log(row, "ok")
    assert row.expires_at
    assert row.session_id
    left = (row.expires_at - timezone.now()).total_seconds()
    expires_at = int(row.expires_at.timestamp())
    return Issued(secret, row.session_id, expires_at, max(0, round(left)), replaced)


def resume(
    request: HttpRequest,
    workflow: Workflow,
    session_id: str,
    *,
    user_label: str = "",
    device_label: str = "",
    until: datetime.datetime | None = None,
    by_token: bool = False,
    person: Any = None,
) -> Issued | None:
    """A living session of the same person, workflow and labels again, for a page that is the next
    of the one that had it. None where it has less than half of its life left, or OpenAI issued it:
    then the page gets a new one.

    The browser keeps the id alone. A secret that it kept could be used by whoever finds it until a
    log-out; this asks for the login, the CSRF token and ACCESS anew.
    """
    if workflow.hosted or not session_id:
        return None
    rows = Session.objects.select_related("user").for_owner(person or request.user)
    row = rows.filter(session_id=session_id, workflow_id=workflow.id).first()
    if row is None or not is_usable(row) or row.expires_at is None:
        return None
    if (row.user_label, row.device_label) != (user_label, device_label):
        return None
    if until is not None and row.expires_at > until:
        return None
    left = (row.expires_at - timezone.now()).total_seconds()
    if left < conf.get("SESSION_SECONDS") / 2:
        return None
    secret = sign(session_id, by_token=by_token)
    return Issued(secret, session_id, int(row.expires_at.timestamp()), round(left))


def _issue_own(
    row: Session, old: Session | None, until: datetime.datetime | None, by_token: bool
) -> str:
    row.session_id = new_id("sess")
    row.expires_at = timezone.now() + datetime.timedelta(seconds=conf.get("SESSION_SECONDS"))
    if until is not None:
        row.expires_at = min(row.expires_at, until)
    _record(row, old)
    return sign(row.session_id, by_token=by_token)


@sensitive_variables()
def _issue_hosted(row: Session, old: Session | None, request: HttpRequest) -> str:
    from ..hosted import causes, client  # `requests` is only needed for hosted workflows

    try:
        created = client.create_session(request, row.workflow_id, upstream_user(row.person_pk))
    except causes.UpstreamError as error:
        raise _failed(row, error) from None
    row.session_id = created.session_id
    row.expires_at = stored_time(datetime.datetime.fromtimestamp(created.expires_at, datetime.UTC))
    row.upstream_status = created.status
    row.upstream_request_id = created.request_id
    try:
        _record(row, old)
    except IntegrityError:  # an id that OpenAI has given before
        row.session_id = row.expires_at = row.refreshed_from = None
        upstream = causes.UpstreamError(causes.UNREADABLE, created.status, created.request_id)
        raise _failed(row, upstream) from None
    except Exception:  # without a record nobody could find or revoke it
        cancelling.cancel_later([created.session_id])
        raise
    return created.client_secret


def _failed(row: Session, error: UpstreamError) -> ApiError:
    row.status = Session.Status.FAILED
    row.error_code = error.code
    row.error_cause = error.cause.sentence
    row.upstream_status = error.status
    row.upstream_request_id = error.request_id
    with writing():
        row.save()
    _log(row, error.code)
    ended = sunset.failure_message() if error.may_be_the_end else None
    return ApiError(error.code, ended)


def _replaced(row: Session, session_id: str) -> Session | None:
    """The session that `row` refreshes, if it is the same user's under the same workflow."""
    if not session_id:
        return None
    found = (
        Session.objects.for_owner(row)
        .filter(session_id=session_id, workflow_id=row.workflow_id)
        .exclude(status=Session.Status.FAILED)
        .first()
    )
    return found


def _record(row: Session, old: Session | None) -> None:
    row.refreshed_from = old
    try:
        _save(row, old)
    except DatabaseError:  # perhaps it can't hold emoji: then the labels go without them
        labels = without_emoji(row.user_label), without_emoji(row.device_label)
        if labels == (row.user_label, row.device_label):
            raise
        row.user_label, row.device_label = labels
        _save(row, old)


@again_after_deadlock
def _save(row: Session, old: Session | None) -> None:
    with writing(), transaction.atomic():
        insert(row, numbered=True)
        if old is not None:
            Session.objects.filter(pk=old.pk, status=Session.Status.ACTIVE).update(
                status=Session.Status.REFRESHED
            )
            temporary.hand_on(old, row)


def verify(client_secret: str) -> Session:
    """The live session behind one of our secrets, its user loaded.

    ApiError `not_authenticated` for a secret that is not ours (no query is made for it),
    `session_expired` for one that was: run out, cancelled, replaced, logged out, password
    changed or user deactivated.
    """
    return load(unsign(client_secret))


def load(session_id: str) -> Session:
    """The live session with this id, its user loaded; ApiError `session_expired`."""
    row = next(iter(_by_id(session_id)), None)  # asked by each request
    if row is None or not is_usable(row):
        raise ApiError("session_expired")
    return row


_by_id = Select(
    lambda session_id: (
        Session.objects.select_related("user").order_by().filter(session_id=session_id)
    )
)


def is_usable(row: Session) -> bool:
    """Whether this session of ours may still be used."""
    return (
        row.issuer == Session.Issuer.SELF
        and row.current_status == Session.Status.ACTIVE
        and is_owners(row, row.person)
    )


def is_revoked(row: Session) -> bool:
    """Whether somebody has ended this session; one that ran out or was refreshed is not."""
    return row.status == Session.Status.CANCELLED or not is_owners(row, row.person)


def is_owners(row: Session, user: AbstractBaseUser) -> bool:
    """Whether its user is still active and has the password that the session began with."""
    return access.is_active(user) and any(
        constant_time_compare(row.auth_hash, auth_hash) for auth_hash in _auth_hashes(user)
    )


def _auth_hash(user: AbstractBaseUser) -> str:
    # Changes with the password, so a changed password ends the sessions without a signal.
    return str(user.get_session_auth_hash()) if hasattr(user, "get_session_auth_hash") else ""


def _auth_hashes(user: AbstractBaseUser) -> Iterator[str]:
    """The hash under SECRET_KEY, then those under SECRET_KEY_FALLBACKS, so that a new key does not
    end sessions."""
    yield _auth_hash(user)
    if hasattr(user, "get_session_auth_fallback_hash"):
        yield from map(str, user.get_session_auth_fallback_hash())


def log_refusal(user: Any, code: str) -> None:
    """One line for an attempt that ended before a session was asked for."""
    telemetry.session_asked("", code)
    logger.warning("session %s user=%s", code, user.pk or "-")


def _log(row: Session, code: str) -> None:
    telemetry.session_asked(row.workflow_id, code)
    logger.log(
        logging.INFO if code == "ok" else logging.WARNING,
        "session %s user=%s workflow=%s issuer=%s upstream_status=%s upstream_request=%s "
        "session=%s",
        code,
        row.person_pk,
        row.workflow_id,
        row.issuer,
        row.upstream_status or "-",
        row.upstream_request_id or "-",
        row.session_id or "-",
    )
