"""Who reads a page: users who are logged in, and visitors where it is for them, too."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.auth.decorators import login_not_required, login_required
from django.http import HttpRequest, HttpResponseBase

from .. import access
from ..managers import is_visitor
from ..models import Visitor
from ..visitors import person_of, settle

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def open_to(takes: Callable[[Visitor], bool]) -> Callable[[View], View]:
    """A page for who is logged in, and for these visitors; others go to the login. A cookie of a
    visitor's that is good no more is taken away.

    So it says itself who needs a login, and LoginRequiredMiddleware lets everybody through."""

    def decorator(view: View) -> View:
        for_users = login_required(view)

        @functools.wraps(view)
        def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            person = person_of(request)
            for_visitors = is_visitor(person) and takes(person)
            found = (view if for_visitors else for_users)(request, *args, **kwargs)
            settle(request, found)
            return found

        return cast("View", login_not_required(wrapped))

    return decorator


for_readers = open_to(access.may_chat)  # where a workflow takes them
for_known = open_to(lambda visitor: visitor.is_known)  # who has written, wherever they may chat now
