"""The production settings, with a limit that a test can reach and a mark on each response."""

from __future__ import annotations

import json
import os
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from mseller.settings import *  # noqa: F403
from mseller.settings import CHATKIT, MIDDLEWARE

SESSIONS = 7  # that a user may start in a day
CHATKIT |= {"RATE_LIMITS": {"session": f"{SESSIONS}/d", "message": "1000/d"}}
MIDDLEWARE = ["tests.production.site.mark", *MIDDLEWARE]


def mark(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable:
    """Middleware: `X-Seen` tells which process answered, and what it knows of the client."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        seen = {
            "process": os.getpid(),
            "client": request.META["REMOTE_ADDR"],
            "secure": request.is_secure(),
            "request": request.headers.get("X-Request-ID", ""),
        }
        response["X-Seen"] = json.dumps(seen)
        return response

    return middleware
