"""The client secrets of our own sessions: signed, and not stored."""

from __future__ import annotations

import base64
from typing import Any

from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from ..exceptions import ApiError
from ..managers import is_visitor

# A salt of its own: a value signed for another purpose is no client secret.
SALT = "chatkit.client-secret"
PREFIX = "ck_"


def sign(session_id: str, *, by_token: bool = False) -> str:
    """The client secret of one of our sessions: `ck_<path>.<session id>:<signature>`.

    `<path>` is our endpoint's address on this site in base64url: the element reads from it
    where to post. Behind it stands `token.` where the person has no login cookie, so that the
    element asks for signed addresses of articles. All is inside the signature.
    """
    path = base64.urlsafe_b64encode(reverse("chatkit:endpoint").encode()).decode().rstrip("=")
    readable = [path, "token"] if by_token else [path]
    return PREFIX + signing.Signer(salt=SALT).sign(".".join([*readable, session_id]))


def unsign(client_secret: str) -> str:
    """The session id in one of our secrets, without a query; ApiError `not_authenticated`."""
    if not client_secret.startswith(PREFIX):
        raise ApiError("not_authenticated")
    try:
        signed = signing.Signer(salt=SALT).unsign(client_secret.removeprefix(PREFIX))
    except signing.BadSignature:
        raise ApiError("not_authenticated") from None
    return signed.rpartition(".")[2]


def user_key(person: Any) -> str:
    """Tells one user or visitor from another to the browser and tells nothing else; "" for nobody,
    and for a visitor who has not written yet."""
    if not person.is_authenticated and not (is_visitor(person) and person.is_known):
        return ""
    return salted_hmac("chatkit.embed", str(person.pk), algorithm="sha256").hexdigest()[:16]
