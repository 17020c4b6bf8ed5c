"""Rate limits, per person, over django-ratelimit used as a library.

Its windows are fixed: across the edge of two windows up to twice the rate may pass.
"""

from __future__ import annotations

import datetime
import ipaddress
import logging
import math
import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.module_loading import import_string
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django_ratelimit.core import get_usage

from . import conf, workflows
from .exceptions import ApiError

logger = logging.getLogger("chatkit.limits")

NEW_SESSIONS = "60/h"  # for strangers of one address
MOMENT = 61  # seconds: what a rate per minute lets wait at most
_ANY_DAY = datetime.datetime(2000, 1, 1)  # to count a span from
REST_SECONDS = 5.0  # that a cache which failed is not asked again
_last_warning = float("-inf")
_rest_until = float("-inf")
_cause = ""  # of the rest


def check(request: HttpRequest, group: str, person_pk: object, workflow_id: str = "") -> None:
    """Count one call of `group` (session, message, request, entities, search, upload, transcribe,
    download) for this user or visitor, whose keys never are the same. A workflow with limits of
    its own is counted for itself.

    ApiError `rate_limited` with Retry-After where the limit is exceeded. Where the cache is down
    the call is allowed, and a warning logged once a minute. Refused calls don't lengthen the
    wait: the window has a fixed end.
    """
    workflow = workflows.table().get(workflow_id) if workflow_id else None
    rate, name = conf.get("RATE_LIMITS")[group], f"chatkit.{group}"
    if workflow and group in workflow.own.get("limits", {}):
        rate, name = workflow.own["limits"][group], f"{name}.{workflow_id}"
    _check_rate(request, name, str(person_pk), rate)


def check_address(request: HttpRequest, group: str, rate: str) -> None:
    """Count one call of `group` for the address that the request is from, whoever asks."""
    _check_rate(request, f"chatkit.visitors.{group}", address_of(request), rate)


def may_have_session(request: HttpRequest, group: str) -> bool:
    """Whether something may be kept in the request's session. A stranger would be given a session
    for it, which is a row for two weeks: each address gets so many an hour."""
    if request.user.is_authenticated or request.session.keys():
        return True
    try:
        check_address(request, group, NEW_SESSIONS)
    except ApiError:
        return False
    return True


def check_visitor(request: HttpRequest, person_pk: str, workflow_id: str, policy: Any) -> None:
    """Count a message of a visitor: for the visitor, for the address, and for all visitors."""
    name = f"chatkit.visitors.{workflow_id}"
    _check_rate(request, f"{name}.messages", person_pk, policy.messages)
    _check_rate(request, f"{name}.address", address_of(request), policy.address)
    _check_rate(request, f"{name}.total", "all", policy.total)


def _check_rate(request: HttpRequest, name: str, value: str, rate: str) -> None:
    if wait := count(request, name, value, rate):
        raise ApiError("rate_limited", _told(wait), headers={"Retry-After": str(wait)})


def _told(wait: int) -> str | None:
    """When it goes on, where that is no matter of a moment: a rate may be one per hour or per day.
    None for the usual sentence."""
    if wait <= MOMENT:
        return None
    minutes = datetime.timedelta(minutes=math.ceil((wait - 1) / 60))  # `count` has added a second
    span = timesince(_ANY_DAY, _ANY_DAY + minutes)
    return _("You have reached a limit for now. You can go on in %(time)s.") % {"time": span}


def address_of(request: HttpRequest) -> str:
    """Where the request is from, as django-ratelimit is told to find it: RATELIMIT_IP_META_KEY is
    what a proxy sets. Of IPv6 the network, since each house has one. "" where nobody knows: all of
    those share one limit."""
    meta = getattr(settings, "RATELIMIT_IP_META_KEY", None) or "REMOTE_ADDR"
    if isinstance(meta, str) and "." in meta:
        meta = import_string(meta)
    given = meta(request) if callable(meta) else request.META.get(meta, "")
    try:
        address = ipaddress.ip_address(str(given or "").strip())
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    names = {4: ("RATELIMIT_IPV4_MASK", 32), 6: ("RATELIMIT_IPV6_MASK", 64)}
    name, usual = names[address.version]
    network = ipaddress.ip_network(f"{address}/{getattr(settings, name, usual)}", strict=False)
    return str(network.network_address)


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
