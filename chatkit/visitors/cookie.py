"""The cookie by which a visitor is known again: signed, changed at intervals, and told to scripts
and to the database never.

It holds the visitor's key and a secret, of which the row has a hash. A new secret is good from when
the browser first brings it; the one before is good for a short while longer, as two tabs may ask at
once. Whoever brings an older one has a copy: then the cookie is no longer good for anybody.
"""

from __future__ import annotations

import datetime
import hashlib
import logging
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase
from django.urls import get_script_prefix
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from ..models import Session, Visitor

logger = logging.getLogger("chatkit.visitors")

NAME = "chatkit_visitor"
SALT = "chatkit.visitor"
RENEWED_AFTER = datetime.timedelta(hours=1)
OVERLAP = datetime.timedelta(minutes=1)
LONGEST = 300  # characters
SEEN_AFTER = datetime.timedelta(minutes=10)  # that `seen_at` may be behind
# The columns of a row whose cookie is good no more.
NO_HASHES = {"key_hash": "", "next_hash": "", "former_hash": ""}


def read(request: HttpRequest, days: int) -> Visitor | None:
    """The visitor whose cookie the request brings; None where there is none that is good. One
    query, and none without a cookie of ours."""
    given = request.COOKIES.get(NAME, "")
    if not given or len(given) > LONGEST:
        return None
    try:
        value = signing.TimestampSigner(salt=SALT).unsign(
            given, max_age=datetime.timedelta(days=days)
        )
    except signing.BadSignature:
        return None
    pk, _dot, secret = value.partition(".")
    visitor = Visitor.objects.filter(pk=pk).first()
    if visitor is None or not visitor.is_active:
        return None
    return visitor if _is_good(visitor, secret) else None


def _is_good(visitor: Visitor, secret: str) -> bool:
    if not visitor.key_hash:
        return False  # for nobody any more, and nobody's copy
    brought, now = hash_of(secret), timezone.now()
    if constant_time_compare(brought, visitor.key_hash):
        return True
    if visitor.next_hash and constant_time_compare(brought, visitor.next_hash):
        _promote(visitor, now)
        return True
    recent = visitor.former_hash and now - visitor.renewed_at <= OVERLAP
    if recent and constant_time_compare(brought, visitor.former_hash):
        return True
    _lock(visitor)
    return False


def _promote(visitor: Visitor, now: datetime.datetime) -> None:
    """The browser has the new secret. The conditions let one of two requests at once do it."""
    rows = Visitor.objects.filter(pk=visitor.pk, next_hash=visitor.next_hash)
    values = {
        "former_hash": visitor.key_hash,
        "key_hash": visitor.next_hash,
        "next_hash": "",
        "renewed_at": now,
    }
    if rows.update(**values):
        for name, value in values.items():
            setattr(visitor, name, value)


def _lock(visitor: Visitor) -> None:
    """A secret that was replaced long ago: of the two who have the cookie, one has a copy, and
    nobody can tell who. The conversations stay until they are old, and are nobody's to read."""
    logger.warning("The cookie of %s was copied: it is no longer good.", visitor.pk)
    Visitor.objects.filter(pk=visitor.pk).update(**NO_HASHES)
    Session.objects.for_owner(visitor).filter(status=Session.Status.ACTIVE).update(
        status=Session.Status.CANCELLED
    )


def give(
    request: HttpRequest, response: HttpResponseBase, visitor: Visitor, secret: str, days: int
) -> None:
    """Set the cookie."""
    value = signing.TimestampSigner(salt=SALT).sign(f"{visitor.pk}.{secret}")
    response.set_cookie(
        NAME,
        value,
        max_age=datetime.timedelta(days=days),
        path=get_script_prefix(),
        secure=request.is_secure() or settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def take_away(response: HttpResponseBase) -> None:
    response.delete_cookie(NAME, path=get_script_prefix(), samesite="Lax")


def new_secret() -> str:
    return secrets.token_urlsafe(32)


def renewed(visitor: Visitor) -> str | None:
    """A new secret where the present one is old enough; None where it is not. It is good once the
    browser brings it. Notes that the visitor was seen."""
    now = timezone.now()
    rows = Visitor.objects.filter(pk=visitor.pk)
    if now - visitor.renewed_at < RENEWED_AFTER:
        if now - visitor.seen_at > SEEN_AFTER:
            rows.update(seen_at=now)
        return None
    if visitor.next_hash and now - visitor.seen_at < OVERLAP:
        return None  # another tab has just been given one
    secret = new_secret()
    # Of two tabs that ask at once, one: the browser keeps that secret which comes last, and another
    # one's would be taken for a copy.
    unchanged = rows.filter(key_hash=visitor.key_hash, next_hash=visitor.next_hash)
    return secret if unchanged.update(next_hash=hash_of(secret), seen_at=now) else None


def hash_of(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
