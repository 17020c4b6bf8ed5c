"""Signed addresses of one file each: for an upload in two steps, and for a model that fetches.

They name the session for which they were made, so that they end with it.
"""

from __future__ import annotations

from django.core import signing

from ..exceptions import ApiError

UPLOAD, READ = "chatkit.attachment.upload", "chatkit.attachment.read"
SECONDS = {UPLOAD: 3600, READ: 300}
PARAMETER = "token"


def address(url: str, attachment_id: str, session_id: str, purpose: str) -> str:
    """The signed address of a file; `url` is that of all attachments."""
    return f"{url}/{attachment_id}?{PARAMETER}={sign(attachment_id, session_id, purpose)}"


def sign(attachment_id: str, session_id: str, purpose: str) -> str:
    return signing.TimestampSigner(salt=purpose).sign(f"{attachment_id}.{session_id}")


def unsign(token: str, attachment_id: str, purpose: str) -> str:
    """The id of the session for which it was signed; ApiError `not_authenticated` where it is for
    another file or another purpose, or too old."""
    try:
        signer = signing.TimestampSigner(salt=purpose)
        value = signer.unsign(token, max_age=SECONDS[purpose])
    except signing.BadSignature:
        raise ApiError("not_authenticated") from None
    named, _dot, session_id = value.partition(".")
    if named != attachment_id:
        raise ApiError("not_authenticated")
    return session_id
