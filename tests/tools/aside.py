"""A thread beside a test, which asks the database."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connections


def aside(work: Callable[[], object]) -> threading.Thread:
    """Begin it now. Its connections are closed at its end: Python 3.13 tells of those that are
    not."""

    def run() -> None:
        try:
            work()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread
