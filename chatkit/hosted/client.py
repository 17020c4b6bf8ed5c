"""OpenAI's ChatKit sessions: start one, end one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeGuard
from urllib.parse import quote

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from . import causes, options
from .causes import UpstreamError
from .transport import call

LATEST = 253_370_764_800  # unix seconds: the year 9999, which a datetime can hold in any zone


@dataclass(frozen=True)
class CreatedSession:
    """OpenAI's response. `expires_at` is in unix seconds, `status` the HTTP status."""

    client_secret: str = field(repr=False)
    session_id: str
    expires_at: int
    status: int
    request_id: str


@sensitive_variables()
def create_session(request: HttpRequest, workflow_id: str, user: str) -> CreatedSession:
    """`POST /chatkit/sessions`; UpstreamError for every kind of failure.

    `user` is the user's name at OpenAI. `request` goes to the site's own function for
    `state_variables`, where SESSION_OPTIONS names one.
    """
    response = call("POST", "/chatkit/sessions", body=options.body(request, workflow_id, user))
    secret = response.data.get("client_secret")
    session_id = response.data.get("id")
    expires_at = response.data.get("expires_at")
    if not (_is_text(secret) and _is_text(session_id, 128) and _is_time(expires_at)):
        raise UpstreamError(causes.UNREADABLE, response.status, response.request_id)
    return CreatedSession(secret, session_id, expires_at, response.status, response.request_id)


def cancel_session(session_id: str) -> None:
    """`POST /chatkit/sessions/{id}/cancel`; UpstreamError for every kind of failure."""
    call("POST", f"/chatkit/sessions/{quote(session_id, safe='')}/cancel")


def _is_text(value: object, limit: int = 4096) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= limit and value.isprintable()


def _is_time(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= LATEST
