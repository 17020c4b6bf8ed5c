"""What the search looks in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import models

from chatkit.models import Thread

from .words import is_whole


class Said(models.Model):
    """The words of a conversation, each once and in no order that tells what was said.

    They go with the conversation. They are those of `as_of`: a conversation that was used since
    has another `updated_at`, and is read itself until `catch_up` has come by.
    """

    thread = models.OneToOneField(
        Thread, on_delete=models.CASCADE, primary_key=True, related_name="chatkit_console_said"
    )
    as_of = models.DateTimeField()
    # " each word once between spaces "; migration 0005 makes PostgreSQL's index of them.
    words = models.TextField()

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["as_of"], name="chatkit_console_said_as_of")]

    def __str__(self) -> str:
        return str(self.thread_id)


class Having(models.Func):
    """Whether `words` have all the wanted ones, on any database, by looking at each row."""

    output_field = models.BooleanField()

    def __init__(self, words: str, wanted: Sequence[str]) -> None:
        self.wanted = list(wanted)
        super().__init__(models.F(words))

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        patterns = [f"% {word} %" if is_whole(word) else f"% {word}%" for word in self.wanted]
        sql = " AND ".join([f"{column} LIKE %s"] * len(patterns))
        return f"({sql})", [value for one in patterns for value in (*params, one)]


class Indexed(Having):
    """The same by PostgreSQL's index of them, which is not looked at row by row."""

    # As in migration 0005, letter for letter: otherwise the index is not used.
    WORDS = "array_to_tsvector(string_to_array(btrim({column}), ' '))"

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **context: Any) -> tuple[str, Any]:
        column, params = compiler.compile(self.source_expressions[0])
        query = " & ".join(f"'{word}'{'' if is_whole(word) else ':*'}" for word in self.wanted)
        return f"({self.WORDS.format(column=column)} @@ %s::tsquery)", [*params, query]
