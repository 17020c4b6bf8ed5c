"""Chat sessions: `service` issues them, `revocation` ends them before their time, `tokens` signs
their client secrets, `views` is the session API."""

from ..signals import session_created
from .revocation import cancel, cancel_all_of, connect_signals
from .service import Issued, is_revoked, issue, load, verify
from .tokens import sign, unsign, user_key

__all__ = [
    "Issued",
    "cancel",
    "cancel_all_of",
    "connect_signals",
    "is_revoked",
    "issue",
    "load",
    "session_created",
    "sign",
    "unsign",
    "user_key",
    "verify",
]
