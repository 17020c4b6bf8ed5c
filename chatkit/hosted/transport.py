"""Calls to OpenAI's API: with pooled connections, limited responses and few retries.

Every failure is raised as UpstreamError with a cause of ours. It never holds a header, a body or
the text of an exception, which could contain the key.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from django.views.decorators.debug import sensitive_variables
from requests.adapters import HTTPAdapter
from urllib3.exceptions import NewConnectionError, ReadTimeoutError

from .. import conf
from ..fields import JsonObject
from ..values import is_key
from . import causes
from .causes import UpstreamError
from .upstream import BearerAuth, read_body

CHATKIT_BETA = "chatkit_beta=v1"
HEADERS = {
    **requests.utils.default_headers(),
    "Accept": "application/json",
    "User-Agent": "mseller-chatkit",
}
LARGEST_BODY = 32 * 1024 * 1024  # bytes; a page of 100 long items has far fewer
POOL = 100
_sleep = time.sleep


def _in_silence(cause: causes.Cause, pause: float) -> None:
    """Where nobody waits at a terminal."""


@dataclass(frozen=True)
class RetryPolicy:
    """How often a call is repeated where that is safe, and how long one pause may be.

    `unreached` is how often at most while there is no connection at all, `tell` is told before
    each pause why it is, and how many seconds.
    """

    retries: int
    longest_pause: float  # seconds; where OpenAI asks for a longer one, the call fails
    unreached: int | None = None
    tell: Callable[[causes.Cause, float], None] = _in_silence


# Somebody waits for the page: two quick repeats at most.
QUICK = RetryPolicy(retries=2, longest_pause=2.0)


@dataclass(frozen=True)
class UpstreamResponse:
    """A successful response: the HTTP status, the JSON object, OpenAI's id of the request."""

    status: int
    data: JsonObject
    request_id: str


def _new_session() -> requests.Session:
    # One session is used by all threads. They share its connection pool, which urllib3 locks,
    # and its cookie jar, which accepts no cookies here.
    session = requests.Session()
    session.trust_env = False  # see `_environment`
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = HTTPAdapter(pool_connections=4, pool_maxsize=POOL)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    return session


_session = _new_session()


def _after_fork() -> None:
    # A child must not write into its parent's open connections.
    global _session
    _session = _new_session()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


# What `requests` reads of the environment, beside their names in capitals.
READ = ("http_proxy", "https_proxy", "all_proxy", "no_proxy")
CERTIFICATES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
VARIABLES = (*READ, *map(str.upper, READ), *CERTIFICATES)


def _environment(url: str) -> dict[str, Any]:
    """The proxies of the environment and its certificates, as options of a request: many sites
    reach OpenAI through a proxy."""
    return _of_environment(url, tuple(map(os.environ.get, VARIABLES)))


@lru_cache(maxsize=64)
def _of_environment(url: str, variables: tuple[str | None, ...]) -> dict[str, Any]:
    # Kept, since `requests` looks through the whole environment, and again for each call.
    found = requests.Session().merge_environment_settings(url, {}, True, None, None)
    return {"proxies": dict(found["proxies"]), "verify": found["verify"]}


def call(
    method: str,
    path: str,
    *,
    body: JsonObject | None = None,
    params: JsonObject | None = None,
    policy: RetryPolicy = QUICK,
    beta: str = CHATKIT_BETA,
) -> UpstreamResponse:
    """One call to `OPENAI_BASE_URL + path`; UpstreamError for every kind of failure.

    It is repeated where that is safe: after a refused connection, 429 and 503, and a GET after
    any transient fault.
    """
    repeat = 0
    while True:
        try:
            return _once(method, path, body, params, beta)
        except _Failed as failed:
            pause = _pause(failed, method, repeat, policy)
            if pause is None:
                raise failed.error from None
            policy.tell(failed.error.cause, pause)
        _sleep(pause)
        repeat += 1


class _Failed(Exception):
    """One failed try. A `transient` fault may be gone at the next try; after a `safe` one nothing
    has changed at OpenAI, so that any call may be repeated. Nobody was `reached` where there was no
    connection."""

    def __init__(
        self,
        error: UpstreamError,
        *,
        safe: bool = False,
        transient: bool = False,
        reached: bool = True,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(error.code)
        self.error = error
        self.safe = safe
        self.transient = transient
        self.reached = reached
        self.retry_after = retry_after


def _pause(failed: _Failed, method: str, repeat: int, policy: RetryPolicy) -> float | None:
    """Seconds to wait before the next try, None for no further try."""
    may_repeat = failed.safe or (failed.transient and method == "GET")
    most = policy.retries
    if not failed.reached and policy.unreached is not None:
        most = min(most, policy.unreached)
    if not may_repeat or repeat >= most:
        return None
    if failed.retry_after is not None:
        return failed.retry_after if failed.retry_after <= policy.longest_pause else None
    # Doubling, with jitter, so that many workers don't come back in the same instant.
    pause: float = min(0.5 * 2**repeat, policy.longest_pause)
    return pause * random.uniform(0.5, 1)  # noqa: S311


@sensitive_variables()
def _once(
    method: str, path: str, body: JsonObject | None, params: JsonObject | None, beta: str
) -> UpstreamResponse:
    key = conf.get("OPENAI_API_KEY").strip()
    if not key:
        raise _Failed(UpstreamError(causes.NO_KEY))
    if not is_key(key):
        raise _Failed(UpstreamError(causes.ODD_KEY))
    connect, read = conf.get("OPENAI_TIMEOUT")
    base = conf.get("OPENAI_BASE_URL").rstrip("/")
    response = None
    try:
        # Whole as it is: `Session.request` looks for each part at the session too, which has none.
        asked = requests.Request(
            method,
            base + path,
            json=body,
            params=params,
            headers=HEADERS | {"OpenAI-Beta": beta},
            auth=BearerAuth(key),
        ).prepare()
        response = _session.send(
            asked,
            timeout=(connect, read),
            allow_redirects=False,  # a redirect could carry the key elsewhere
            stream=True,
            **_environment(base),
        )
        deadline = time.monotonic() + read
        content = read_body(response, deadline=deadline, largest=LARGEST_BODY)
    except Exception as error:  # of any kind: its text may contain the key
        raise _of_exception(error, response) from None
    finally:
        if response is not None:
            response.close()
    return _checked(response, content)


def _of_exception(error: Exception, response: requests.Response | None) -> _Failed:
    status = response.status_code if response is not None else None
    request_id = _request_id(response) if response is not None else ""

    def failed(
        cause: causes.Cause, *, safe: bool = False, transient: bool = True, reached: bool = True
    ) -> _Failed:
        told = UpstreamError(cause, status, request_id)
        return _Failed(told, safe=safe, transient=transient, reached=reached)

    if isinstance(error, requests.ConnectTimeout):
        return failed(causes.TIMEOUT, reached=False)
    if isinstance(error, requests.Timeout | ReadTimeoutError):
        return failed(causes.TIMEOUT)
    if response is not None:  # the response began, then broke off or could not be decoded
        return failed(causes.UNREADABLE)
    if isinstance(error, requests.exceptions.SSLError):
        return failed(causes.CERTIFICATE, transient=False)
    if isinstance(error, requests.exceptions.ProxyError):
        return failed(causes.PROXY, reached=False)
    if isinstance(error, requests.ConnectionError):
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NewConnectionError):
            return failed(causes.UNREACHABLE, safe=True, reached=False)
        return failed(causes.BROKEN_OFF)
    return failed(causes.UNREACHABLE, transient=False)


def _checked(response: requests.Response, content: bytes) -> UpstreamResponse:
    status, request_id = response.status_code, _request_id(response)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        data = None
    if status != 200:
        cause = causes.of_response(status, data)
        raise _Failed(
            UpstreamError(cause, status, request_id),
            safe=status in (429, 503) and cause is not causes.QUOTA,
            transient=status >= 500,
            retry_after=_retry_after(response),
        )
    if not isinstance(data, dict):
        raise _Failed(UpstreamError(causes.UNREADABLE, status, request_id), transient=True)
    return UpstreamResponse(status, data, request_id)


def _retry_after(response: requests.Response) -> float | None:
    """The seconds of the header Retry-After; None where it is missing or not a number."""
    value = response.headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None


def _request_id(response: requests.Response) -> str:
    value = response.headers.get("x-request-id", "")
    return value[:128] if value.isascii() and value.isprintable() else ""
