"""Middleware of the site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.contrib.auth import SESSION_KEY
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from chatkit.api import answers_json, has_nul


class NoStoreMiddleware:
    """Keeps pages of logged-in users out of caches: "back" after log-out must not show them.

    It looks only at sessions that the view has read already, so that requests which are
    authenticated by other means (the chat's Bearer endpoint) need no query for it. Responses
    with a Cache-Control header are left as they are. Place it after SessionMiddleware.
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> HttpResponseBase | Awaitable[HttpResponseBase]:
        if self.is_async:
            return self.acall(request)
        return mark_private(request, self.get_response(request))

    async def acall(self, request: HttpRequest) -> HttpResponseBase:
        return mark_private(request, await self.get_response(request))


def mark_private(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Keep a logged-in user's response out of every cache where it says nothing about that."""
    session = getattr(request, "session", None)
    if session is None or response.has_header("Cache-Control"):
        return response
    if session.accessed and SESSION_KEY in session:
        response.headers["Cache-Control"] = "private, no-store"
    return response


class NoNulMiddleware:
    """Answers 404 for an address with a NUL character, which no page of ours has: PostgreSQL
    refuses it with an error, wherever a view looks for it. The chat's API says so in its own
    form. Place it first."""

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Any]) -> None:
        self.get_response = get_response
        self.is_async = iscoroutinefunction(get_response)
        if self.is_async:
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Any:
        if has_nul(request) and not answers_json(request.path_info):
            raise Http404("There is no address with a NUL character.")
        return self.get_response(request)
