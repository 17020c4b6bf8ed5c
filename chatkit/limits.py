"""Rate limits, per user, over django-ratelimit used as a library.

Its windows are fixed: across the edge of two windows up to twice the rate may pass.
"""

from __future__ import annotations

import logging
import time

from django.http import HttpRequest
from django_ratelimit.core import get_usage

from . import conf, workflows
from .exceptions import ApiError

logger = logging.getLogger("chatkit.limits")

REST_SECONDS = 5.0  # that a cache which failed is not asked again
_last_warning = float("-inf")
_rest_until = float("-inf")
_cause = ""  # of the rest


def check(request: HttpRequest, group: str, user_pk: object, workflow_id: str = "") -> None:
    """Count one call of `group` (session, message, request, entities, search, upload, transcribe,
    download) for this user. A workflow with limits of its own is counted for itself.

    ApiError `rate_limited` with Retry-After where the limit is exceeded. Where the cache is down
    the call is allowed, and a warning logged once a minute. Refused calls don't lengthen the
    wait: the window has a fixed end.
    """
    workflow = workflows.table().get(workflow_id) if workflow_id else None
    rate, name = conf.get("RATE_LIMITS")[group], f"chatkit.{group}"
    if workflow and group in workflow.own.get("limits", {}):
        rate, name = workflow.own["limits"][group], f"{name}.{workflow_id}"
    if wait := count(request, name, str(user_pk), rate):
        raise ApiError("rate_limited", headers={"Retry-After": str(wait)})


def count(request: HttpRequest, group: str, value: str, rate: str) -> int:
    """Count one call of `group` for whatever `value` names.

    The seconds to wait where `rate` is exceeded, else 0, as where the cache is down.
    """
    global _rest_until, _cause
    if time.monotonic() < _rest_until:
        _warn(_cause)
        return 0
    try:
        usage = get_usage(
            request,
            group=group,
            key=lambda _group, _request: value,
            rate=rate,
            increment=True,
        )
    except Exception as error:  # whatever the cache's client raises
        _cause = type(error).__name__
        _warn(_cause)
        # One that hangs would hold up every request for as long as its client waits.
        _rest_until = time.monotonic() + REST_SECONDS
        return 0
    if usage is None:  # RATELIMIT_ENABLE is off
        return 0
    if usage["count"] == 0:  # this call should count: the cache did not store it
        _warn("no answer")
        return 0
    # time_left is rounded down, so that waiting exactly that long would be too short.
    return max(0, usage["time_left"]) + 1 if usage["should_limit"] else 0


def _warn(cause: str) -> None:
    global _last_warning
    if time.monotonic() - _last_warning >= 60:
        _last_warning = time.monotonic()
        logger.warning("The cache does not answer (%s): calls are not limited.", cause)
