"""Rows whose words have all those of a search: `filter(words__having=wanted(search))`.

By each database's own index. PostgreSQL: a GIN index of an expression. MariaDB and MySQL: a
FULLTEXT index. SQLite: a table of FTS5 that triggers keep (`sqlite`). Of a field without an index,
each row is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import Lookup

from . import sqlite
from .field import WordsField
from .words import Term

# As in the migration that makes the index, letter for letter: otherwise it is not used.
POSTGRES = "array_to_tsvector(string_to_array(btrim({column}), ' '))"
POSTGRES_INDEX = f"USING gin ({POSTGRES.format(column='words')})"


def tsquery(terms: Iterable[Term]) -> str:
    """What PostgreSQL asks for by these words."""
    return " & ".join(f"'{term.token}'{':*' if term.begins else ''}" for term in terms)


@WordsField.register_lookup
class LookedThrough(Lookup):
    """The same without the index, for rows that are few: each is looked at."""

    lookup_name = "looked_through"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        column, params = self.process_lhs(compiler, connection)
        patterns = [f"% {term.token}{'' if term.begins else ' '}%" for term in self.rhs]
        sql = " AND ".join([f"{column} LIKE %s"] * len(patterns))
        return f"({sql})", [value for one in patterns for value in (*params, one)]


@WordsField.register_lookup
class Having(LookedThrough):
    """The right-hand side is a list of `words.Term`."""

    lookup_name = "having"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        if not self._indexed:
            return self.as_sql(compiler, connection)
        column, params = self.process_lhs(compiler, connection)
        return f"{POSTGRES.format(column=column)} @@ %s::tsquery", [*params, tsquery(self.rhs)]

    def as_mysql(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        if not self._indexed:
            return self.as_sql(compiler, connection)
        column, params = self.process_lhs(compiler, connection)
        query = " ".join(f"+{term.token}{'*' if term.begins else ''}" for term in self.rhs)
        return f"MATCH ({column}) AGAINST (%s IN BOOLEAN MODE)", [*params, query]

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> tuple[str, Any]:
        if not self._indexed or not sqlite.has_index(connection):
            return self.as_sql(compiler, connection)
        quote = connection.ops.quote_name
        number = f"{quote(self.lhs.alias)}.{quote(self.lhs.target.model._meta.pk.column)}"
        table = sqlite.INDEX
        query = " AND ".join(f"{term.token}{'*' if term.begins else ''}" for term in self.rhs)
        found = f"SELECT rowid FROM {table} WHERE {table} MATCH %s"  # noqa: S608
        return f"{number} IN ({found})", [query]

    @property
    def _indexed(self) -> bool:
        return bool(self.lhs.target.indexed)
