"""OpenAI's ChatKit session calls, over one pooled `requests` session."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

import requests
from django.http import HttpRequest

from .. import conf

HEADERS = {"OpenAI-Beta": "chatkit_beta=v1"}


class UpstreamError(Exception):
    """A call that failed. `code` is one of our API's, `cause` is for admins and logs.

    Neither ever holds the key, a secret or a text of OpenAI's answer.
    """

    def __init__(self, code: str, cause: str, status: int | None = None, request_id: str = ""):
        super().__init__(code)
        self.code = code
        self.cause = cause
        self.status = status
        self.request_id = request_id


@dataclass(frozen=True)
class CreatedSession:
    """What OpenAI answered. `expires_at` in unix seconds, `status` the HTTP status."""

    client_secret: str
    session_id: str
    expires_at: int
    status: int
    request_id: str


_local = threading.local()


def _http() -> requests.Session:
    # A requests.Session is not safe across threads; one each keeps connections alive.
    if not hasattr(_local, "http"):
        _local.http = requests.Session()
        # No .netrc and no proxy of the environment may replace or see the key.
        _local.http.trust_env = False
    return _local.http


def _post(path: str, body: dict[str, Any] | None) -> requests.Response:
    key = conf.get("OPENAI_API_KEY")
    if not key:
        raise UpstreamError("not_configured", "OPENAI_API_KEY is not set.")
    url = conf.get("OPENAI_BASE_URL").rstrip("/") + path
    try:
        return _http().post(
            url,
            json=body,
            headers={**HEADERS, "Authorization": f"Bearer {key}"},
            timeout=tuple(conf.get("OPENAI_TIMEOUT")),
            allow_redirects=False,
        )
    except requests.Timeout:
        raise UpstreamError("openai_timeout", "OpenAI did not answer in time.") from None
    except requests.RequestException as error:
        raise UpstreamError(
            "openai_unreachable", f"OpenAI could not be reached ({type(error).__name__})."
        ) from None


def _causes(status: int) -> str:
    return {
        401: "The API key is wrong or was revoked.",
        403: "The API key may not use ChatKit.",
        404: "OpenAI does not know this workflow id.",
        429: "OpenAI's rate limit or the account's quota is used up.",
    }.get(status, f"OpenAI answered with status {status}.")


def create_session(request: HttpRequest, workflow_id: str, user: str) -> CreatedSession:
    """`POST /chatkit/sessions`; UpstreamError for every kind of failure."""
    body = {
        "workflow": {"id": workflow_id},
        "user": user,
        "expires_after": {"anchor": "created_at", "seconds": conf.get("SESSION_SECONDS")},
    }
    response = _post("/chatkit/sessions", body)
    request_id = response.headers.get("x-request-id", "")
    if response.status_code != 200:
        raise UpstreamError(
            "openai_error", _causes(response.status_code), response.status_code, request_id
        )
    try:
        data = response.json()
        secret, session_id, expires = data["client_secret"], data["id"], data["expires_at"]
    except (ValueError, KeyError, TypeError):
        secret = session_id = expires = None
    if not (
        isinstance(secret, str)
        and secret
        and isinstance(session_id, str)
        and session_id
        and isinstance(expires, int)
    ):
        raise UpstreamError(
            "openai_bad_response", "OpenAI's answer could not be read.", 200, request_id
        )
    return CreatedSession(secret, session_id, expires, 200, request_id)


def cancel_session(session_id: str) -> None:
    """`POST /chatkit/sessions/{id}/cancel`; UpstreamError for every kind of failure."""
    response = _post(f"/chatkit/sessions/{requests.utils.quote(session_id, safe='')}/cancel", None)
    if response.status_code != 200:
        raise UpstreamError(
            "openai_error",
            _causes(response.status_code),
            response.status_code,
            response.headers.get("x-request-id", ""),
        )
