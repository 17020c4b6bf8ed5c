"""What was a visitor's becomes the account's, at a login or a sign-up."""

from __future__ import annotations

import logging
import time
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone

from ..models import (
    Attachment,
    Feedback,
    Run,
    Session,
    Thread,
    ThreadItem,
    ToolCall,
    Visitor,
)
from ..signals import visitor_merged
from . import cookie
from .people import OVER
from .policy import longest_days

logger = logging.getLogger("chatkit.visitors")
OWNED: tuple[Any, ...] = (Thread, Run, Attachment, Feedback, ToolCall)
WAS = "chatkit_visitor_before"  # in the session of the login
TRIES = 3  # where an answer that is being written holds a row of it


def merge(visitor: Visitor, user: Any) -> bool:
    """Make all that is the visitor's the user's, at once or not at all; False where another login
    was faster. The visitor's sessions and cookie end; an answer that is being written goes on."""
    for attempt in range(1, TRIES + 1):
        try:
            with transaction.atomic():
                merged = _merge(visitor, user)
            break
        except OperationalError:
            if attempt == TRIES or connection.in_atomic_block:
                raise
            time.sleep(0.05 * attempt)
    if merged:
        logger.info("%s is user=%s now", visitor.pk, user.pk)
        visitor_merged.send_robust(sender=Visitor, visitor=visitor, user=user)
    return merged


def _merge(visitor: Visitor, user: Any) -> bool:
    # The first statement writes, and lets one of two logins at once through.
    row = Visitor.objects.filter(pk=visitor.pk, merged_at=None)
    if not row.update(merged_at=timezone.now(), merged_into=user, **cookie.NO_HASHES):
        return False
    theirs = {"user": user, "visitor": None}
    auth_hash = getattr(user, "get_session_auth_hash", str)()
    sessions = Session.objects.for_owner(visitor)
    # Not cancelled, which would end an answer that is being written; and good for nothing: a secret
    # that somebody has copied must not open the account.
    sessions.filter(status=Session.Status.ACTIVE).update(
        status=Session.Status.EXPIRED, expires_at=timezone.now()
    )
    sessions.update(auth_hash=auth_hash, **theirs)
    threads = list(Thread.objects.for_owner(visitor).values_list("pk", flat=True))
    # The browser's own keys are unique for each owner.
    Run.objects.filter(visitor=visitor).update(key=None)
    for model in OWNED:
        model.objects.filter(visitor=visitor).update(**theirs)
    _word_anew(threads)
    return True


def _word_anew(threads: list[str]) -> None:
    """By its words a search finds an item, and they say whose it is."""
    items = ThreadItem.objects.filter(thread__in=threads).select_related("thread")
    for item in items.iterator(500):
        item.save(update_fields=["words"])


def _on_login(
    sender: object, user: Any, request: HttpRequest | None = None, **kwargs: object
) -> None:
    if request is not None:
        merge_cookie(request, user)


def merge_cookie(request: HttpRequest, user: Any) -> None:
    """Give the user what is the visitor's whose cookie the request brings. Called at each login,
    and where a session begins, for logins of which nobody tells. Neither fails because of it."""
    days = longest_days()
    if days is None or cookie.NAME not in getattr(request, "COOKIES", ()):
        return
    try:
        visitor = cookie.read(request, days)
        if visitor is not None and merge(visitor, user):
            _note(request, visitor)
        setattr(request, OVER, True)
    except Exception:  # the cookie stays: with the next session it is tried again
        logger.exception("The conversations of a visitor could not be given to user=%s.", user.pk)


def _note(request: HttpRequest, visitor: Visitor) -> None:
    """Let the pages of this login know what a tab of the visitor's has kept as theirs."""
    if (session := getattr(request, "session", None)) is not None:
        session[WAS] = visitor.pk


def visitor_before(request: HttpRequest) -> Visitor | None:
    """The visitor who has become the user of this request, at this browser."""
    session, user = getattr(request, "session", None), getattr(request, "user", None)
    if session is None or user is None or not user.is_authenticated:
        return None
    pk = session.get(WAS)
    return Visitor(pk=pk) if isinstance(pk, str) and pk else None


def connect_signals() -> None:
    user_logged_in.connect(_on_login, dispatch_uid="chatkit.visitors")
