"""Views of our API: the checks in their order, and the error envelope."""

from __future__ import annotations

import functools
import json
import logging
import sys
from collections.abc import Callable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.urls import Resolver404, resolve
from django.utils.log import log_response
from django.views.decorators.csrf import csrf_exempt

from ..exceptions import ApiError
from ..fields import JsonObject
from . import origins
from .login import by_token

View = Callable[..., HttpResponseBase]
KIB = 1024
# Not all releases of Django keep what says `no-store` alone out of their own cache.
NEVER_CACHED = "private, no-store"


def api_view(*methods: str) -> Callable[[View], View]:
    """Make a view of our API: these methods only, errors as our JSON, never cached.

    No transaction is open around it: under ATOMIC_REQUESTS a lock would be held during a call
    to OpenAI. Django's CSRF middleware skips it: the view calls `check_csrf`, whose error is
    JSON on every site. So does LoginRequiredMiddleware: the view looks who asks, who may have a
    token and no login. An unexpected exception is answered as `server_error`, so that no debug
    page shows local variables.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if (asked := origins.preflight(request, methods)) is not None:
                origins.allow(request, asked)
                return asked
            try:
                if request.method not in methods:
                    raise ApiError("method_not_allowed", headers={"Allow": ", ".join(methods)})
                if has_nul(request):
                    raise ApiError("not_found")  # PostgreSQL takes no text with it
                response = view(request, *args, **kwargs)
            except ApiError as error:
                response = error_response(error)
            except Http404:
                response = error_response(ApiError("not_found"))
            except PermissionDenied:
                response = error_response(ApiError("forbidden"))
            except SuspiciousOperation as error:
                response = _suspicious_response(request, error)
            except Exception:
                response = _fault_response(request)
            if not response.has_header("Cache-Control"):
                response["Cache-Control"] = NEVER_CACHED
            origins.allow(request, response)
            return response

        wrapped.answers_json = True  # type: ignore[attr-defined]
        return login_not_required(csrf_exempt(transaction.non_atomic_requests(wrapped)))

    return decorate


def has_nul(request: HttpRequest) -> bool:
    """Whether the address has a NUL character."""
    return "\x00" in request.path_info or "%00" in request.META.get("QUERY_STRING", "")


def answers_json(path_info: str) -> bool:
    """Whether a view of our API is at this address: it answers each error itself."""
    try:
        return hasattr(resolve(path_info).func, "answers_json")
    except Resolver404:
        return False


def error_response(error: ApiError) -> JsonResponse:
    """`{"error": {"code", "message"}}`, its details with them, with its status and headers."""
    return JsonResponse(
        {"error": {**error.details, "code": error.code, "message": str(error.message)}},
        status=error.status,
        headers=error.headers,
    )


def _suspicious_response(request: HttpRequest, error: SuspiciousOperation) -> JsonResponse:
    """What Django does for a host that is not the site's, or for too many parameters: the fault is
    the request's, and is told to the log of its kind alone."""
    logger = logging.getLogger(f"django.security.{type(error).__name__}")
    logger.error(str(error), exc_info=error, extra={"status_code": 400, "request": request})
    return error_response(ApiError("invalid_request"))


def _fault_response(request: HttpRequest) -> JsonResponse:
    """What Django does for an exception (signal, log, so error mail and trackers), then JSON."""
    exc_info = sys.exc_info()
    got_request_exception.send(sender=None, request=request)
    response = error_response(ApiError("server_error"))
    log_response(
        "%s: %s",
        response.reason_phrase,
        request.path,
        response=response,
        request=request,
        exception=exc_info[1],
    )
    return response


def read_body(request: HttpRequest, limit: int) -> bytes:
    """The body, at most `limit` bytes of it; ApiError `too_large` past that."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    if length > limit:
        raise ApiError("too_large")
    try:
        # Not `request.body`, which applies the host's own limit.
        body = request.body if hasattr(request, "_body") else request.read(limit + 1)
    except OSError:  # the client went away
        raise ApiError("invalid_request") from None
    if len(body) > limit:
        raise ApiError("too_large")
    return body


def check_json_type(request: HttpRequest) -> None:
    """ApiError `unsupported_media_type` unless the body is said to be JSON."""
    if request.content_type != "application/json":
        raise ApiError("unsupported_media_type")


class _CsrfCheck(CsrfViewMiddleware):
    def _reject(self, request: HttpRequest, reason: str) -> str:
        return reason


def _never_called(request: HttpRequest) -> HttpResponseBase:
    raise NotImplementedError


def check_csrf(request: HttpRequest) -> None:
    """Django's own CSRF check, for logins by cookie. Call it after `check_json_type`: it would
    read a form's body."""
    if by_token(request):
        return
    check = _CsrfCheck(_never_called)
    check.process_request(request)
    if check.process_view(request, _never_called, (), {}) is not None:
        raise ApiError("csrf_failed")


def check_same_origin(request: HttpRequest) -> None:
    """In place of `check_csrf` for people without a login, who are given no CSRF cookie: the
    browser itself says which page asks. ApiError `csrf_failed`.

    What says neither, such as an old browser, needs Django's token.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if "Origin" in request.headers:
        own = _CsrfCheck(_never_called)._origin_verified(request)  # type: ignore[attr-defined]
        if own and site in ("", "same-origin", "same-site"):
            return
        raise ApiError("csrf_failed")
    if site != "same-origin":
        check_csrf(request)


def parse_object(body: bytes) -> JsonObject:
    """A JSON object; ApiError `invalid_json` or `invalid_request` otherwise."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        raise ApiError("invalid_json") from None
    if not isinstance(data, dict):
        raise ApiError("invalid_request")
    return data


def text_field(data: JsonObject, name: str, *, limit: int = 128) -> str:
    """An optional text of a request ("" where absent or null); `invalid_request` otherwise."""
    value = data.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > limit or not is_storable(value):
        raise ApiError("invalid_request")
    return value


def is_storable(text: str) -> bool:
    """Whether every database can store it: no NUL, no half of a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
