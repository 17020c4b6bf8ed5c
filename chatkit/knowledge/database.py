"""The vectors of very many texts in a table of PostgreSQL, whose extension `vector` finds the
nearest by an index, so that no process holds them.

Where the site's database has the extension, and there are more than FROM texts. The tables are
made when they are first needed and not by a migration, which would fail where the extension is
not. What is in them can be made again at any time, as the files of `vectors`, and they are filled
from those. A connection of its own is used, by one question at a time.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from .encoder import WIDTH
from .shelves import KINDS, Text, Unreachable, mean, texts_of

if TYPE_CHECKING:
    from .encoder import Array
    from .vectors import Vectors

logger = logging.getLogger("chatkit.knowledge")

FROM = 20_000  # texts; fewer are compared faster in memory
NEAREST = 400  # texts that are asked for; their articles are then compared text by text
UNUSED = "60 days"  # after which an article's vectors are deleted
SEEN_SECONDS = 86_400  # between the notes of what is in use

TABLES = ("chatkit_vector", "chatkit_vector_shelf")  # in the order in which they can be deleted
_TABLES = """
CREATE TABLE IF NOT EXISTS chatkit_vector_shelf (
    id serial PRIMARY KEY, key char(64) UNIQUE NOT NULL, mean halfvec({width}) NOT NULL,
    seen timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS chatkit_vector (
    shelf integer NOT NULL REFERENCES chatkit_vector_shelf ON DELETE CASCADE,
    place integer NOT NULL, kind smallint NOT NULL, vector halfvec({width}) NOT NULL,
    PRIMARY KEY (shelf, place)
);
"""
_INDEX = (
    "CREATE INDEX IF NOT EXISTS chatkit_vector_nearest ON chatkit_vector "
    "USING hnsw (vector halfvec_ip_ops)"
)
_LOCK = 7_061_973  # so that processes which start at once make the tables one after another


def connect(alias: str = "default") -> Any:
    """A connection of its own to the site's database; None where that has no vectors, or where
    there is no site."""
    from django.conf import settings
    from django.db import connections

    if not settings.configured or connections[alias].vendor != "postgresql":
        return None
    connection = connections[alias].copy()
    connection.inc_thread_sharing()  # one thread at a time: `Stored` has a lock
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regtype('halfvec') IS NOT NULL")
            if cursor.fetchone()[0]:
                return connection
    except Exception:
        logger.exception("Vectors are held in memory.")
    connection.close()
    return None


class Stored:
    """The shelves of articles in the table. Safe in several threads."""

    def __init__(self, shelves: list[list[Text]], vectors: Vectors, connection: Any) -> None:
        import numpy as np

        self.texts = shelves
        self._connection = connection
        self._lock = Lock()
        keys = [*map(vectors.key, texts_of(shelves))]
        self._make()
        known = self._known(keys)
        kept = len(known)
        for key, shelf in zip(keys, shelves, strict=True):
            if key not in known:
                known[key] = self._add(key, shelf, vectors)
        with self._transaction() as cursor:
            cursor.execute("SET LOCAL maintenance_work_mem = '256MB'")
            cursor.execute(_INDEX)  # after the rows: that takes a tenth of the time
            if len(known) > kept:
                cursor.execute("ANALYZE chatkit_vector")
        self._ids = [known[key][0] for key in keys]
        self._numbers: dict[int, list[int]] = {}  # the same text may be two articles
        for number, one in enumerate(self._ids):
            self._numbers.setdefault(one, []).append(number)
        self.means = np.stack([known[key][1] for key in keys])
        self._seen = 0.0
        self._note()

    def nearest(self, vector: Array) -> Array:
        """Exact for the shelves that have one of the NEAREST texts, and for those that are nearest
        as a whole; for others how near they are as a whole, which is less."""
        import numpy as np

        self._note()
        whole = self.means @ vector
        found = np.repeat(whole[:, None], KINDS, axis=1)
        asked = _written(vector)
        with self._transaction() as cursor:
            cursor.execute(f"SET LOCAL hnsw.ef_search = {NEAREST}")
            cursor.execute(
                "SELECT DISTINCT shelf FROM (SELECT shelf FROM chatkit_vector "
                "ORDER BY vector <#> %s::halfvec LIMIT %s) AS near",
                [asked, NEAREST],
            )
            near = {one for (one,) in cursor.fetchall()} & self._numbers.keys()
            near |= {self._ids[number] for number in np.argsort(-whole)[: NEAREST // 8]}
            cursor.execute(
                "SELECT shelf, kind, -min(vector <#> %s::halfvec) FROM chatkit_vector "
                "WHERE shelf = ANY(%s) GROUP BY shelf, kind",
                [asked, sorted(near)],
            )
            measured = cursor.fetchall()
        for one in near:
            found[self._numbers[one]] = np.nan
        for one, kind, value in measured:
            found[self._numbers[one], kind] = value
        return found

    def rows(self, number: int) -> Array:
        import numpy as np

        with self._transaction() as cursor:
            cursor.execute(
                "SELECT vector::text FROM chatkit_vector WHERE shelf = %s ORDER BY place",
                [self._ids[number]],
            )
            found = [_read(text) for (text,) in cursor.fetchall()]
        if len(found) != len(self.texts[number]):
            raise Unreachable("the vectors of an article are gone")
        return np.stack(found)

    def _make(self) -> None:
        with self._transaction() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
            cursor.execute(_TABLES.format(width=WIDTH))

    def _known(self, keys: Sequence[str]) -> dict[str, tuple[int, Array]]:
        with self._transaction() as cursor:
            cursor.execute(
                "SELECT key, id, mean::text FROM chatkit_vector_shelf WHERE key = ANY(%s)",
                [list(keys)],
            )
            return {key: (one, _read(text)) for key, one, text in cursor.fetchall()}

    def _add(self, key: str, shelf: Sequence[Text], vectors: Vectors) -> tuple[int, Array]:
        import numpy as np

        made = vectors.passing([entry.text for entry in shelf])
        whole = mean(made, np.array([entry.kind for entry in shelf]))
        with self._transaction() as cursor:
            # Another process may add the same one: it is waited for, and then nothing is added.
            cursor.execute(
                "INSERT INTO chatkit_vector_shelf (key, mean) VALUES (%s, %s::halfvec) "
                "ON CONFLICT (key) DO UPDATE SET seen = now() RETURNING id",
                [key, _written(whole)],
            )
            (one,) = cursor.fetchone()
            cursor.execute(
                "INSERT INTO chatkit_vector (shelf, place, kind, vector) "
                "SELECT %s, place, kind, vector::halfvec FROM "
                "unnest(%s::integer[], %s::smallint[], %s::text[]) AS row (place, kind, vector) "
                "ON CONFLICT DO NOTHING",
                [
                    one,
                    [*range(len(shelf))],
                    [entry.kind for entry in shelf],
                    [*map(_written, made)],
                ],
            )
        return one, whole

    def _note(self) -> None:
        """Once a day, what is in use; what nobody has used for long is deleted."""
        if time.monotonic() - self._seen < SEEN_SECONDS and self._seen:
            return
        self._seen = time.monotonic()
        with self._transaction() as cursor:
            cursor.execute(
                "UPDATE chatkit_vector_shelf SET seen = now() WHERE id = ANY(%s)", [self._ids]
            )
            cursor.execute(
                f"DELETE FROM chatkit_vector_shelf WHERE seen < now() - interval '{UNUSED}'"  # noqa: S608
            )

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        """A cursor, in a transaction, since a setting ends with it, whatever stands between us
        and the server. A connection that has gone is opened again by the next one."""
        with self._lock:
            connection = self._connection
            try:
                connection.ensure_connection()
                connection.set_autocommit(False)
                with connection.cursor() as cursor:
                    yield cursor
                connection.commit()
                connection.set_autocommit(True)
            except Exception as error:
                connection.close()
                raise Unreachable(str(error)) from error


def _written(row: Array) -> str:
    """As the extension reads it, in the five digits that half of a float has."""
    return "[" + ",".join([f"{value:.5g}" for value in row.tolist()]) + "]"


def _read(text: str) -> Array:
    import numpy as np

    return np.array(text[1:-1].split(","), dtype=np.float32)
