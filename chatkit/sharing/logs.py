"""Keeps the links out of the logs: who reads there could open what others were shown."""

from __future__ import annotations

import logging
import re

# Of who is asked to log in first, the link is in the query: there the slashes may be written out.
LINK = re.compile(r"(chatkit(?:/|%2F)shared(?:/|%2F))[^/?&#\s\"]+", re.IGNORECASE)
HIDDEN = r"\1[hidden]"
# Those that write the address of a request. A filter is asked by its own logger alone.
LOGGERS = ("django.request", "django.security.csrf", "django.server", "uvicorn.access")


def hide_links() -> None:
    """From now on, these loggers write a link without what makes it one."""
    for name in LOGGERS:
        logging.getLogger(name).addFilter(_without_link)  # once, however often it is added


def _without_link(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            LINK.sub(HIDDEN, value) if isinstance(value, str) else value for value in record.args
        )
    return True
