"""One pool of connections to a Redis server of CACHES for the whole process.

Django's cache makes a pool for each object of its own, and an object for each request that an ASGI
server answers: a connection per request, which stays open until the garbage is looked for.
"""

from __future__ import annotations

import threading
from typing import Any

from redis import BlockingConnectionPool

# Of one process. Who finds all of them in use waits this many seconds for one.
LIMITS = {"max_connections": 64, "timeout": 0.5}
_lock = threading.Lock()
_made: dict[tuple[str, str], Any] = {}


class OnePool(BlockingConnectionPool):
    """As "pool_class" of a cache's OPTIONS."""

    @classmethod
    def from_url(cls, url: str, **options: Any) -> Any:
        """The pool of this server with these options; made at the first time."""
        key = (url, repr(sorted(options.items())))
        with _lock:
            if key not in _made:
                _made[key] = super().from_url(url, **LIMITS | options)
            return _made[key]
