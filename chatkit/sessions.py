"""Chat sessions, whoever answers: issue, verify, refresh, cancel."""

from __future__ import annotations

import base64
import datetime
import hmac
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib.auth.signals import user_logged_out
from django.core import signing
from django.dispatch import Signal
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from . import conf
from .exceptions import ApiError
from .models import Session, new_id

if TYPE_CHECKING:
    from .workflows import Workflow

logger = logging.getLogger("chatkit.sessions")

# One salt per purpose: a signed download link is never a secret.
SALT = "chatkit.client-secret"
# Sent with session=<Session>, request=<HttpRequest> once a session stands.
session_created = Signal()


@dataclass(frozen=True)
class Issued:
    """What the browser gets. `expires_at` in unix seconds; the secret is stored nowhere."""

    client_secret: str
    session_id: str
    expires_at: int


def issue(
    request: HttpRequest,
    workflow: Workflow,
    *,
    user_label: str = "",
    device_label: str = "",
    replaces: str = "",
) -> Issued:
    """Start a session of the logged-in user with this workflow and record it.

    `replaces` is the session id that the new one refreshes: the caller's own under the same
    workflow, anything else is ignored. ApiError where OpenAI refuses or fails; the failed
    attempt is recorded too.
    """
    row = Session(
        user=request.user,
        workflow_id=workflow.id,
        issuer=Session.Issuer.OPENAI if workflow.hosted else Session.Issuer.SELF,
        user_label=user_label,
        device_label=device_label,
        auth_hash=_auth_hash(request.user),
    )
    secret = _issue_hosted(row, request) if workflow.hosted else _issue_own(row)
    _link_replaced(row, replaces)
    session_created.send(sender=Session, session=row, request=request)
    _log(row, "ok")
    assert row.expires_at
    assert row.session_id
    return Issued(secret, row.session_id, int(row.expires_at.timestamp()))


def _issue_own(row: Session) -> str:
    row.session_id = new_id("sess")
    row.expires_at = timezone.now() + datetime.timedelta(seconds=conf.get("SESSION_SECONDS"))
    row.save()
    return sign(row.session_id)


def _issue_hosted(row: Session, request: HttpRequest) -> str:
    from .hosted import client  # `requests` is only needed for hosted workflows

    try:
        created = client.create_session(request, row.workflow_id, upstream_user(row.user_id))
    except client.UpstreamError as error:
        row.status = Session.Status.FAILED
        row.error_code = error.code
        row.error_cause = error.cause[:255]
        row.upstream_status = error.status
        row.upstream_request_id = error.request_id[:128]
        row.save()
        _log(row, error.code)
        raise ApiError(error.code) from None
    row.session_id = created.session_id
    row.expires_at = datetime.datetime.fromtimestamp(created.expires_at, datetime.UTC)
    row.upstream_status = created.status
    row.upstream_request_id = created.request_id[:128]
    row.save()
    return created.client_secret


def upstream_user(pk: Any) -> str:
    """The `user` told to OpenAI: it scopes the conversations there."""
    return f"{conf.get('USER_PREFIX')}:{pk}"


def _link_replaced(row: Session, replaces: str) -> None:
    if not replaces:
        return
    old = Session.objects.filter(
        session_id=replaces, user_id=row.user_id, workflow_id=row.workflow_id
    ).first()
    if old is None or old.pk == row.pk:
        return
    row.refreshed_from = old
    row.save(update_fields=["refreshed_from"])
    Session.objects.filter(pk=old.pk, status=Session.Status.ACTIVE).update(
        status=Session.Status.REFRESHED
    )


def sign(session_id: str) -> str:
    """The client secret of one of our sessions: `ck_<path>.<session id>:<signature>`.

    `<path>` is our endpoint's address on this site in base64url: the element reads from it
    where to post. It is inside the signature.
    """
    path = base64.urlsafe_b64encode(reverse("chatkit:endpoint").encode()).decode().rstrip("=")
    return "ck_" + signing.Signer(salt=SALT).sign(f"{path}.{session_id}")


def verify(client_secret: str) -> Session:
    """The live session behind one of our secrets, its user loaded.

    ApiError `not_authenticated` for a secret that is not ours (no query is made for it),
    `session_expired` for one that was: run out, cancelled, replaced, logged out, password
    changed or user deactivated.
    """
    try:
        signed = signing.Signer(salt=SALT).unsign(client_secret.removeprefix("ck_"))
    except signing.BadSignature:
        raise ApiError("not_authenticated") from None
    session_id = signed.rpartition(".")[2]
    row = Session.objects.select_related("user").filter(session_id=session_id).first()
    if row is None or not is_usable(row):
        raise ApiError("session_expired")
    return row


def is_usable(row: Session) -> bool:
    """Whether this session of ours still opens the door."""
    return (
        row.issuer == Session.Issuer.SELF
        and row.current_status == Session.Status.ACTIVE
        and row.user.is_active
        and hmac.compare_digest(row.auth_hash, _auth_hash(row.user))
    )


def cancel(row: Session) -> None:
    """End a session now. A hosted one is ended at OpenAI too; ApiError where that fails."""
    if row.issuer == Session.Issuer.OPENAI and row.current_status == Session.Status.ACTIVE:
        from .hosted import client

        try:
            client.cancel_session(row.session_id or "")
        except client.UpstreamError as error:
            raise ApiError(error.code) from None
    if row.status in (Session.Status.ACTIVE, Session.Status.REFRESHED):
        row.status = Session.Status.CANCELLED
        row.save(update_fields=["status"])


def cancel_all_of(user: Any) -> int:
    """End all active sessions of a user; how many. Without a word to OpenAI."""
    return Session.objects.for_user(user).active().update(status=Session.Status.CANCELLED)


def _auth_hash(user: Any) -> str:
    # Changes with the password, so a changed password ends the sessions without a signal.
    return str(user.get_session_auth_hash()) if hasattr(user, "get_session_auth_hash") else ""


def _on_logout(sender: Any, user: Any, **kwargs: Any) -> None:
    if user is not None:
        cancel_all_of(user)


def connect_signals() -> None:
    user_logged_out.connect(_on_logout, dispatch_uid="chatkit.sessions")


def _log(row: Session, code: str) -> None:
    logger.log(
        logging.INFO if code == "ok" else logging.WARNING,
        "session %s workflow=%s issuer=%s upstream_status=%s upstream_request=%s session=%s",
        code,
        row.workflow_id,
        row.issuer,
        row.upstream_status or "-",
        row.upstream_request_id or "-",
        row.session_id or "-",
    )
