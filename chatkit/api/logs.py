"""Keeps addresses that are keys out of the logs: a link to a conversation, and what is signed for
an upload, a file or an article. Who reads a log could open what others were shown."""

from __future__ import annotations

import logging
import re

KEY = re.compile(
    # Of who is asked to log in first, the link is in the query: its slashes may be written out.
    # The lengths are bounded, so that no address takes long to look through.
    r"(chatkit(?:/|%2F)shared(?:/|%2F)|"
    r"chatkit/[^\s?\"]{0,200}\?(?:[^\s\"]{0,300}&)?token=)[^/?&#\s\"]+",
    re.IGNORECASE,
)
HIDDEN = r"\1[hidden]"
# Those that write the address of a request. A filter is asked by its own logger alone.
LOGGERS = ("django.request", "django.security.csrf", "django.server", "uvicorn.access")


def hide_keys() -> None:
    """From now on, these loggers write such an address without what makes it a key."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_without_key)  # once, however often it is added


def _without_key(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            KEY.sub(HIDDEN, value) if isinstance(value, str) else value for value in record.args
        )
    return True
