"""Who asks, by the client secret of a request, and which server answers them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from .. import access, sessions, workflows
from ..exceptions import ApiError
from ..models import Session
from ..sessions.bearer import secret_of

if TYPE_CHECKING:
    from .engine import DjangoChatKitServer

__all__ = ["check_answers", "identify", "secret_of"]

logger = logging.getLogger("chatkit.endpoint")


def identify(secret: str) -> tuple[Session, bool]:
    """The secret's session, its user loaded, and whether the user may still use the workflow."""
    session = sessions.verify(secret)
    return session, access.allowed(session.person, session.workflow_id)


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
