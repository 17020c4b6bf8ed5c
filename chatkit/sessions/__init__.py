"""Chat sessions: `service` issues and ends them, `tokens` signs their client secrets, `views` is
the session API."""

from ..signals import session_created
from .service import (
    Issued,
    cancel,
    cancel_all_of,
    connect_signals,
    is_revoked,
    is_usable,
    issue,
    load,
    log_refusal,
    verify,
)
from .tokens import PREFIX, SALT, sign, unsign

__all__ = [
    "PREFIX",
    "SALT",
    "Issued",
    "cancel",
    "cancel_all_of",
    "connect_signals",
    "is_revoked",
    "is_usable",
    "issue",
    "load",
    "log_refusal",
    "session_created",
    "sign",
    "unsign",
    "verify",
]
