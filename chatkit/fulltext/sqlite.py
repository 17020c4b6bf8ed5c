"""SQLite's index of words: a table of FTS5 beside the rows, kept by triggers.

It is made after each `migrate`, and not by a migration: on SQLite, Django makes a table anew to
change it, and the triggers go with the old one.
"""

from __future__ import annotations

import logging
from typing import Any

from django.db import OperationalError

logger = logging.getLogger("chatkit.fulltext")

TABLE, KEY, COLUMN = "chatkit_threaditem", "sequence", "words"
INDEX = "chatkit_threaditem_words"
_ADD = f"INSERT INTO {INDEX} (rowid, {COLUMN}) VALUES (new.{KEY}, new.{COLUMN});"  # noqa: S608
_TAKE = (
    f"INSERT INTO {INDEX} ({INDEX}, rowid, {COLUMN}) "  # noqa: S608
    f"VALUES ('delete', old.{KEY}, old.{COLUMN});"
)
TRIGGERS = {
    f"{INDEX}_insert": f"AFTER INSERT ON {TABLE} BEGIN {_ADD} END",
    f"{INDEX}_delete": f"AFTER DELETE ON {TABLE} BEGIN {_TAKE} END",
    # Only where they change: an answer that grows is written several times.
    f"{INDEX}_update": (
        f"AFTER UPDATE OF {COLUMN} ON {TABLE} WHEN old.{COLUMN} IS NOT new.{COLUMN} "
        f"BEGIN {_TAKE} {_ADD} END"
    ),
}
_MAKE = (
    f"CREATE VIRTUAL TABLE {INDEX} USING fts5({COLUMN}, content='{TABLE}', content_rowid='{KEY}', "
    # All words have two letters of ours in front, so no beginning of fewer is asked for.
    "detail=none, tokenize='ascii')"
)


def ensure(connection: Any) -> None:
    """Make the index where a part of it is missing. Without FTS5 there is none."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        if TABLE not in tables:
            return
        described = connection.introspection.get_table_description(cursor, TABLE)
        if COLUMN not in {column.name for column in described}:  # migrated to an earlier state
            return
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        missing = TRIGGERS.keys() - {name for (name,) in cursor.fetchall()}
        if not missing and INDEX in tables:
            return
        try:
            if INDEX not in tables:
                cursor.execute(_MAKE)
        except OperationalError as error:
            logger.warning("SQLite has no FTS5 (%s): searches look at each message.", error)
            return
        for name in sorted(missing):
            cursor.execute(f"CREATE TRIGGER {name} {TRIGGERS[name]}")
        cursor.execute(f"INSERT INTO {INDEX} ({INDEX}) VALUES ('rebuild')")  # noqa: S608
    _known.clear()


_known: dict[str, bool] = {}


def has_index(connection: Any) -> bool:
    """Whether the database has it; asked once for each."""
    name = str(connection.settings_dict["NAME"])
    if name not in _known:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM sqlite_master WHERE name = %s", [INDEX])
            _known[name] = cursor.fetchone() is not None
    return _known[name]
