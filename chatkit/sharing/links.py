"""Making links, taking them back, and opening what is behind one."""

from __future__ import annotations

import datetime
import hashlib
import logging
import secrets
from typing import Any

from django.db.models import F, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from ..exceptions import ApiError
from ..models import Share, Thread
from ..signals import conversations_read
from . import rules

logger = logging.getLogger("chatkit.sharing")
MOST = 20  # links of one conversation that work at one time


def make(thread: Thread) -> tuple[Share, str]:
    """A link to the conversation as it is now, and what its address ends with."""
    if not rules.seconds() or thread.user_id is None:  # a link is for people who log in
        raise ApiError("not_enabled")
    if thread.temporary:
        raise ApiError("invalid_request", _("A temporary conversation can’t be shared."))
    last = thread.items.shown().order_by("-sequence").values_list("sequence", flat=True).first()
    if last is None:
        raise ApiError("invalid_request", _("There is nothing to share yet."))
    if thread.shares.working().count() >= MOST:
        raise ApiError(
            "invalid_request", _("This conversation has too many links. Take one back first.")
        )
    token = secrets.token_urlsafe(32)
    share = Share.objects.create(
        thread=thread,
        token_hash=_hash(token),
        branch=thread.branch,
        until_sequence=last,
        expires_at=timezone.now() + datetime.timedelta(seconds=rules.seconds()),
    )
    logger.info("share %s made of thread=%s by user=%s", share.pk, thread.pk, thread.person_pk)
    return share, token


def revoke(whose: Any, share_id: int) -> bool:
    """Take a link of this person's back. False where it is none of theirs."""
    own = Share.objects.for_owner(whose).filter(pk=share_id)
    return end(own, share_id, "its person") is not None or own.exists()


def end(shares: QuerySet[Share], share_id: int, by: str) -> datetime.datetime | None:
    """End a link of these; when, or None where somebody had ended it already."""
    now = timezone.now()
    if not shares.filter(pk=share_id, revoked_at=None).update(revoked_at=now):
        return None
    logger.info("share %s revoked by %s", share_id, by)
    return now


def opened(user: Any, token: str) -> Share | None:
    """What is behind a link, for who may read it; that is told to the site and logged. None for
    all others, whatever the reason."""
    rows = Share.objects.working().filter(token_hash=_hash(token))
    share = rows.select_related("thread__user").first()
    if share is None or not rules.may_read(user, share.thread):
        return None
    Share.objects.filter(pk=share.pk).update(opened=F("opened") + 1, last_opened_at=timezone.now())
    logger.info("share %s opened thread=%s by user=%s", share.pk, share.thread_id, user.pk)
    conversations_read.send_robust(
        Thread,
        user=user,
        action="opened",
        thread=share.thread,
        person=share.thread.person,
        what="shared link",
    )
    return share


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
