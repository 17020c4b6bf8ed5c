"""Who asks, by the client secret of a request, and which server answers them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from django.http import HttpRequest

from .. import access, sessions, workflows
from ..exceptions import ApiError
from ..models import Session

if TYPE_CHECKING:
    from .engine import DjangoChatKitServer

logger = logging.getLogger("chatkit.endpoint")


def secret_of(request: HttpRequest) -> str:
    """The Bearer secret; ApiError `not_authenticated` where there is none."""
    scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise ApiError("not_authenticated")
    return secret.strip()


def identify(secret: str) -> tuple[Session, bool]:
    """The secret's session, its user loaded, and whether the user may still use the workflow."""
    session = sessions.verify(secret)
    return session, access.allowed(session.user, session.workflow_id)


def check_answers(session: Session, allowed: bool) -> DjangoChatKitServer:
    """The server that answers the session's workflow; ApiError where the user may not use it."""
    if not allowed:
        raise ApiError("forbidden")
    workflow = workflows.get(session.workflow_id)
    if workflow.hosted:  # changed since the session began: a reload starts a hosted one
        raise ApiError("session_expired")
    try:
        from .engine import get_server

        return get_server(workflow)
    except Exception:
        logger.exception("The server class of workflow %s can't be loaded.", workflow.id)
        raise ApiError("not_configured") from None
