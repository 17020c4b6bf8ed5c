"""Who asks: the user who is logged in, a visitor who is known, or one who has not written yet."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from .. import limits
from ..api import check_login
from ..exceptions import ApiError
from ..managers import is_visitor
from ..models import Visitor
from . import cookie
from .policy import longest_days, policy_of

logger = logging.getLogger("chatkit.visitors")
KEPT = "_chatkit_visitor"  # on the request
OVER = "_chatkit_visitor_over"


def person_of(request: HttpRequest) -> Any:
    """The user of the request; where nobody is logged in and a workflow takes visitors, the visitor
    of its cookie, else one without a row. No query without a cookie of ours."""
    user: Any = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return user
    known = getattr(request, KEPT, None)
    if known is None:
        days = longest_days()
        if days is None:
            return user
        known = cookie.read(request, days) or Visitor(pk="")
        setattr(request, KEPT, known)
    return known


def asking(request: HttpRequest) -> Any:
    """The user, as `check_login` has it, or the visitor who is known; ApiError
    `not_authenticated`. ACCESS is not asked."""
    try:
        check_login(request)
    except ApiError:
        person = person_of(request)
        if not is_visitor(person) or not person.is_known:
            raise
        return person
    return request.user


def take_in(request: HttpRequest, workflow_id: str) -> Visitor:
    """The visitor who sends a message to this workflow: known, or one with a row from now on.
    ApiError where visitors may not, or too many come from this address."""
    policy, person = policy_of(workflow_id), person_of(request)
    if policy is None or not is_visitor(person):
        raise ApiError("not_authenticated")
    if person.is_known:
        found: Visitor = person
        request._chatkit_secret = cookie.renewed(found)  # type: ignore[attr-defined]
        return found
    limits.check_address(request, "newcomers", policy.newcomers)
    secret, now = cookie.new_secret(), timezone.now()
    made = Visitor.objects.create(
        key_hash=cookie.hash_of(secret),
        consent=str(policy.consent),
        renewed_at=now,
        created_at=now,
        seen_at=now,
    )
    logger.info("%s has come", made.pk)
    setattr(request, KEPT, made)
    request._chatkit_secret = secret  # type: ignore[attr-defined]
    return made


def is_known(visitor: Visitor | None) -> bool:
    """Whether the cookie is to be left as it is; a user's is looked at where a session begins."""
    return visitor is None or visitor.is_known


def forget(request: HttpRequest) -> None:
    """The visitor of this request has been deleted."""
    setattr(request, KEPT, Visitor(pk=""))


def settle(request: HttpRequest, response: HttpResponseBase) -> None:
    """Give the browser the cookie that it is to have from now on, or take one away that is good no
    more, as after a login."""
    secret = getattr(request, "_chatkit_secret", None)
    visitor = getattr(request, KEPT, None)
    if secret and visitor is not None and (days := longest_days()) is not None:
        cookie.give(request, response, visitor, secret, days)
    elif cookie.NAME in request.COOKIES and getattr(request, OVER, not is_known(visitor)):
        cookie.take_away(response)
