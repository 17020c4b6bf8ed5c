"""How many uploads may go on at once in one process."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Hashable, Iterator
from contextlib import contextmanager

from ..exceptions import ApiError

AT_ONCE = 20  # of all people
EACH = 6  # of one


class Room:
    """Whoever finds it full is told to come again, and keeps nothing waiting."""

    def __init__(self, at_once: int = AT_ONCE, each: int = EACH) -> None:
        self._at_once, self._each = at_once, each
        self._inside: Counter[Hashable] = Counter()
        self._lock = threading.Lock()

    @contextmanager
    def entered(self, who: Hashable) -> Iterator[None]:
        """ApiError `busy` where there is no room."""
        with self._lock:
            if self._inside.total() >= self._at_once or self._inside[who] >= self._each:
                raise ApiError("busy", headers={"Retry-After": "5"})
            self._inside[who] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[who] -= 1
                if not self._inside[who]:
                    del self._inside[who]


room = Room()  # of views
bodies = Room()  # of what arrives at an ASGI server
