"""A transaction that the database took back for the sake of another one is done again.

Of transactions that wait for each other InnoDB and PostgreSQL end one, and expect that it is tried
again. InnoDB does so also between transactions that touch different rows, since it locks the gaps
between the keys of a unique index.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from django.db import OperationalError, connection

P = ParamSpec("P")
T = TypeVar("T")

TRIES = 4
PAUSE = 0.02  # seconds at most before the second try, twice as many before the third …
# Deadlock found; a row that changed since the transaction's snapshot (MariaDB 11.6 and newer).
MARIADB = {1213, 1020}
# https://www.postgresql.org/docs/current/errcodes-appendix.html: serialization_failure,
# deadlock_detected
POSTGRESQL = {"40001", "40P01"}


def again_after_deadlock(function: Callable[P, T]) -> Callable[P, T]:
    """Decorate a function that is one transaction, and that changes nothing but the database
    where it fails."""

    @wraps(function)
    def whole(*args: P.args, **kwargs: P.kwargs) -> T:
        for attempt in range(1, TRIES):
            try:
                return function(*args, **kwargs)
            except OperationalError as error:
                # Inside another transaction, all of that one was taken back.
                if connection.in_atomic_block or not is_deadlock(error):
                    raise
            # Not together with the other one again.
            time.sleep(random.uniform(0, PAUSE * attempt))  # noqa: S311 – no secret
        return function(*args, **kwargs)

    return whole


def is_deadlock(error: OperationalError) -> bool:
    """Whether the database asks to try this transaction again."""
    return state_of(error) in POSTGRESQL or (bool(error.args) and error.args[0] in MARIADB)


def state_of(error: OperationalError) -> str | None:
    """PostgreSQL's code of the error, from psycopg or psycopg2; None of another database's."""
    cause = error.__cause__
    return getattr(cause, "sqlstate", None) or getattr(cause, "pgcode", None)
