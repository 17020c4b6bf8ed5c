"""PostgreSQL's pool, where the server has gone or was started anew.

As it is, a request then waits up to the pool's whole `timeout`: dead connections are tried one by
one with ever longer pauses, and so are attempts to connect, for a while after the server is back.
"""

from __future__ import annotations

import threading
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

# How long the pool tries to connect before it takes the server for gone.
GONE_SECONDS = 0.3
_lock = threading.Lock()


def options() -> dict[str, Any]:
    """For OPTIONS["pool"]: a request is served, or refused within a second."""
    known = {"min_size": 1, "max_size": 10, "timeout": 10}
    try:
        from .pooled_connection import PooledConnection
    except ImportError:  # Django says what is missing
        return known
    return known | {
        "connection_class": PooledConnection,
        "reconnect_timeout": GONE_SECONDS,
        "reconnect_failed": start_anew,
    }


def start_anew(pool: Any) -> None:
    """Refuse all who wait, and let the next request make a new pool: it connects at once.

    The pool calls this when it gives up connecting. One that has other connections goes on with
    them: a server that is full answers them, too.
    """
    if pool.get_stats().get("pool_size", 0) == 0:
        # In a thread of its own: closing waits for the pool's threads, and this is one of them.
        threading.Thread(target=_close, args=(pool,), name="pool-closing", daemon=True).start()


def _close(pool: Any) -> None:
    pool.close(timeout=0.1)
    connection: Any = connections[DEFAULT_DB_ALIAS]
    with _lock:
        if connection.pool is pool:
            connection.close_pool()
