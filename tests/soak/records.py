"""Whether what is recorded is what people have seen."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from ..cluster.client import counted
from ..cluster.model import TOKENS_IN
from .people import Asked

SETTLED = 60.0  # seconds at most until a run whose process was killed has an outcome
RUNS = """
SELECT id, status, outcome, live, owner, tokens_in, tokens_out, thread_id, created_at, ended_at
FROM chatkit_run WHERE id = ANY(%s)
"""
TABLES = """
SELECT relname, pg_total_relation_size(oid) FROM pg_class
WHERE relname LIKE 'chatkit%' AND relkind = 'r' AND pg_total_relation_size(oid) > 500000
ORDER BY 2 DESC
"""
ITEMS = """
SELECT type, payload FROM chatkit_threaditem
WHERE thread_id = %s AND created_at >= %s - interval '5 seconds' ORDER BY sequence
"""


@dataclass
class Records:
    """Compares each answer once its run is over, and counts."""

    url: str
    killed: set[int] = field(default_factory=set)  # processes
    waiting: list[Asked] = field(default_factory=list)
    statuses: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    words_shown: int = 0
    words_kept: int = 0

    def add(self, asked: Asked) -> None:
        self.waiting.append(asked)

    def look(self, *, last: bool = False) -> None:
        """Compare those that are over."""
        waiting, self.waiting = self.waiting, []
        with psycopg.connect(self.url) as connection:
            rows = {row[0]: row for row in connection.execute(RUNS, [_ids(waiting)])}
            for asked in waiting:
                row = rows.get(asked.reading.run)
                old = last or time.monotonic() - asked.at > SETTLED + 60
                if row is not None and row[3] is None:
                    self._compare(connection, asked, row)
                elif old:
                    self.wrong.append(f"no end of it is recorded: {_told(asked)}")
                else:
                    self.waiting.append(asked)

    def sizes(self, answers: int) -> list[str]:
        """What the tables have for an answer, with their indexes."""
        with psycopg.connect(self.url) as connection:
            tables = connection.execute(TABLES).fetchall()
            found = []
            for name, size in tables:
                query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
                ((rows,),) = connection.execute(query).fetchall()
                found.append(f"{name} {rows / answers:.2f} rows, {size / answers:,.0f} bytes")
        total = sum(size for _name, size in tables) / answers
        return [f"For an answer {total:,.0f} bytes: {'; '.join(found)}."]

    def _compare(self, connection: Any, asked: Asked, row: tuple[Any, ...]) -> None:
        _id, status, outcome, _live, owner, tokens_in, tokens_out, thread, created, _ended = row
        reading = asked.reading
        self.statuses[status] += 1
        faults = [*reading.wrong, *(asked.second.wrong if asked.second else ())]
        if reading.refused:
            faults.append(f"refused {reading.refused}")
        if not outcome:
            faults.append("no outcome")
        text = self._kept(connection, thread, created, reading.question)
        shown, has = counted(reading.shown), counted(text or "")
        if text is None:
            faults.append("its question is not kept")
        if shown < 0 or has < 0:
            faults.append("a word is missing, or stands twice")
        if has < shown:
            faults.append(f"{shown} words shown, {has} kept")
        self.words_shown, self.words_kept = self.words_shown + shown, self.words_kept + has
        read = asked.way != "go"
        if status == "completed":
            if has != asked.words or (read and shown != asked.words):
                faults.append(f"completed with {has} of {asked.words} words, {shown} shown")
            if (tokens_in, tokens_out) != (TOKENS_IN, asked.words):
                faults.append(f"{tokens_in} and {tokens_out} tokens")
            if reading.told:
                faults.append(f"told {reading.told}")
        elif status == "failed":
            if read and not reading.told:
                faults.append("failed, and its person was not told")
        elif status == "stopped":
            if asked.way != "stop":
                faults.append("stopped by nobody")
        elif int(owner.split("|")[1]) not in self.killed:
            faults.append(f"{status}, and its process was not killed")
        self.wrong += [f"{fault}: {_told(asked)}, {status}" for fault in faults]

    def _kept(self, connection: Any, thread: str, created: Any, question: str) -> str | None:
        """The words of this answer; None where the question itself is not there."""
        text = None
        for kind, payload in connection.execute(ITEMS, [thread, created]):
            value = payload if isinstance(payload, dict) else json.loads(payload)
            if kind == "user_message":
                if text is not None:
                    break  # the next one
                if value["content"][0]["text"] == question:
                    text = ""
            elif kind == "assistant_message" and text is not None:
                text += "".join(part["text"] for part in value["content"])
        return text


def _ids(waiting: Iterable[Asked]) -> list[str]:
    return [asked.reading.run for asked in waiting]


def _told(asked: Asked) -> str:
    reading = asked.reading
    return f"{reading.run or 'no run'} ({asked.way}, {reading.question}, {reading.broken})"
