"""A connection of the pool; apart from `pool`, since it needs psycopg."""

from __future__ import annotations

from typing import Any

from psycopg import Connection, OperationalError


class PooledConnection(Connection[Any]):
    """Tells its pool when it is found dead: the others, which are as old, are dead as well.

    The pool asks by `execute` before it lends a connection; Django itself uses cursors alone.
    """

    def execute(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().execute(*args, **kwargs)
        except OperationalError:
            drain = getattr(getattr(self, "_pool", None), "drain", None)  # from psycopg_pool 3.3 on
            if self.closed and drain is not None:
                drain()  # new ones take the place of those that nobody uses now
            raise
