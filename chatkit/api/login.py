"""Who asks: by the login cookie, or by what CHATKIT["AUTHENTICATE"] makes of the request."""

from __future__ import annotations

import copy
import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from .. import access, conf
from ..exceptions import ApiError

Said = Any  # a user, a user and when their token ends, or None


def check_login(request: HttpRequest) -> None:
    """Who asks is an active user, who is `request.user` from then on; ApiError `not_authenticated`.

    Without a login cookie the site's own function is asked, which never sees a cookie: so a request
    that it vouches for was not forged by another page, and `check_csrf` lets it pass.
    """
    if access.is_active(request.user):
        return
    user, until = _told(request)
    if not access.is_active(user) or (until is not None and until <= timezone.now()):
        raise ApiError("not_authenticated")
    request.user = user
    request.chatkit_token_until = until  # type: ignore[attr-defined]


def by_token(request: HttpRequest) -> bool:
    """Whether the user is who AUTHENTICATE said. After `check_login`."""
    return hasattr(request, "chatkit_token_until")


def token_ends(request: HttpRequest) -> datetime.datetime | None:
    """When the token of the request ends, where AUTHENTICATE has said so."""
    found: datetime.datetime | None = getattr(request, "chatkit_token_until", None)
    return found


def _told(request: HttpRequest) -> tuple[Any, datetime.datetime | None]:
    path = conf.get("AUTHENTICATE")
    if not path:
        return None, None
    bare = copy.copy(request)
    bare.COOKIES = {}
    bare.META = {name: value for name, value in request.META.items() if name != "HTTP_COOKIE"}
    bare.user = AnonymousUser()
    bare.__dict__.pop("session", None)
    bare.__dict__.pop("headers", None)  # made of META at first use, with the cookie
    said: Said = import_string(path)(bare)
    if not isinstance(said, tuple):
        return said, None
    user, until = said
    if isinstance(until, int | float):
        until = datetime.datetime.fromtimestamp(until, datetime.UTC)
    return user, until
