"""The client secrets of our own sessions: signed, and not stored."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from ..exceptions import ApiError

if TYPE_CHECKING:
    from ..managers import AnyUser

# A salt of its own: a value signed for another purpose is no client secret.
SALT = "chatkit.client-secret"
PREFIX = "ck_"


def sign(session_id: str) -> str:
    """The client secret of one of our sessions: `ck_<path>.<session id>:<signature>`.

    `<path>` is our endpoint's address on this site in base64url: the element reads from it
    where to post. It is inside the signature.
    """
    path = base64.urlsafe_b64encode(reverse("chatkit:endpoint").encode()).decode().rstrip("=")
    return PREFIX + signing.Signer(salt=SALT).sign(f"{path}.{session_id}")


def unsign(client_secret: str) -> str:
    """The session id in one of our secrets, without a query; ApiError `not_authenticated`."""
    if not client_secret.startswith(PREFIX):
        raise ApiError("not_authenticated")
    try:
        signed = signing.Signer(salt=SALT).unsign(client_secret.removeprefix(PREFIX))
    except signing.BadSignature:
        raise ApiError("not_authenticated") from None
    return signed.rpartition(".")[2]


def user_key(user: AnyUser) -> str:
    """Tells one user from another to the browser and tells nothing else; "" for nobody."""
    if not user.is_authenticated:
        return ""
    return salted_hmac("chatkit.embed", str(user.pk), algorithm="sha256").hexdigest()[:16]
