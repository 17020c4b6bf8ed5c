"""Opening a conversation to read it: a step of its own, after which its text is shown for a while.

A page that is only asked for shows none and logs nothing: any text may make a browser ask for a
page, and a log of readings must not be written in the name of somebody who did not mean to read.
"""

from __future__ import annotations

import time

from django.http import HttpRequest

from .. import conf
from ..models import Thread

KEY = "chatkit_opened"  # in the login's session: the ids of threads, each with when it closes


def is_open(request: HttpRequest, thread: Thread) -> bool:
    return thread.pk in _opened(request)


def open_for_a_while(request: HttpRequest, thread: Thread) -> None:
    closes_at = time.time() + conf.get("READING_SECONDS")
    request.session[KEY] = {**_opened(request), thread.pk: closes_at}


def _opened(request: HttpRequest) -> dict[str, float]:
    opened: dict[str, float] = request.session.get(KEY, {})
    now = time.time()
    return {thread_id: until for thread_id, until in opened.items() if until > now}
