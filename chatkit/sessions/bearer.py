"""The session of a request that brings a client secret."""

from __future__ import annotations

from django.http import HttpRequest

from .. import access
from ..exceptions import ApiError
from ..models import Session
from .service import verify


def secret_of(request: HttpRequest) -> str:
    """The Bearer secret of a request; ApiError `not_authenticated` where there is none."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise ApiError("not_authenticated")
    return secret.strip()


def session_of(request: HttpRequest) -> Session:
    """The secret's session, whose user may use its workflow; ApiError `not_authenticated`,
    `session_expired`, `forbidden`."""
    session = verify(secret_of(request))
    if not access.allowed(session.person, session.workflow_id):
        raise ApiError("forbidden")
    return session
