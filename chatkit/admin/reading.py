"""Opening a conversation to read it: a step of its own, after which its text is shown for a while.

A page that is only asked for shows none and logs nothing: any text may make a browser ask for a
page, and a log of readings must not be written in the name of somebody who did not mean to read.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import ngettext

from .. import conf
from ..models import Thread
from ..signals import conversations_read

if TYPE_CHECKING:
    from django.contrib.admin.models import LogEntry

logger = logging.getLogger("chatkit.admin")
# As it is logged: who reads the history may read another language than who opened.
LOGGED = re.compile(r"Opened the conversation to read it: (\d+) items?\.")
KEY = "chatkit_opened"  # in the login's session: the ids of threads, each with when it closes


def is_open(request: HttpRequest, thread: Thread) -> bool:
    return thread.pk in _opened(request) and is_kept(thread)


def is_kept(thread: Thread) -> bool:
    """Whether anybody may read it: no temporary one, and none that its person has deleted."""
    return not thread.temporary and thread.deleted_at is None


def open_and_log(request: HttpRequest, thread: Thread) -> None:
    """Open the conversation for this reader, and log that in its history and on the console."""
    from django.contrib.admin.models import CHANGE, LogEntry

    if not is_kept(thread):
        return
    count = thread.items.count()
    with translation.override(None):
        words = _words(count)
    LogEntry.objects.log_actions(
        str(request.user.pk),
        [thread],
        CHANGE,
        change_message=words,
        single_object=True,
    )
    logger.info(
        "conversation opened thread=%s items=%s by user=%s", thread.pk, count, request.user.pk
    )
    open_for_a_while(request, thread)
    conversations_read.send_robust(
        Thread, user=request.user, action="opened", thread=thread, person=thread.person, what=""
    )


def translate(entries: Iterable[LogEntry]) -> None:
    """Put what was logged of readings into the language of who reads the history."""
    for entry in entries:
        if found := LOGGED.fullmatch(entry.change_message):
            entry.change_message = _words(int(found[1]))


def _words(count: int) -> str:
    words = ngettext(
        "Opened the conversation to read it: %(count)d item.",
        "Opened the conversation to read it: %(count)d items.",
        count,
    )
    return words % {"count": count}


def open_for_a_while(request: HttpRequest, thread: Thread) -> None:
    closes_at = time.time() + conf.get("READING_SECONDS")
    request.session[KEY] = {**_opened(request), thread.pk: closes_at}


def _opened(request: HttpRequest) -> dict[str, float]:
    opened: dict[str, float] = request.session.get(KEY, {})
    now = time.time()
    return {thread_id: until for thread_id, until in opened.items() if until > now}
