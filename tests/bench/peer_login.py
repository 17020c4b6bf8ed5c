"""What the peer does around a session call, as one writes it for FastAPI: a login cookie looked up
in its database, CSRF by a second cookie, a limit, and a record of what was issued."""

from __future__ import annotations

import secrets
import sqlite3
import time
from collections import Counter

from fastapi import HTTPException, Request

TABLES = """
CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY, name TEXT UNIQUE, active INTEGER);
CREATE TABLE IF NOT EXISTS login (key TEXT PRIMARY KEY, user_id INTEGER, expires REAL);
CREATE TABLE IF NOT EXISTS issued (
    id INTEGER PRIMARY KEY, user_id INTEGER, workflow_id TEXT, session_id TEXT UNIQUE,
    expires INTEGER, created REAL
);
CREATE INDEX IF NOT EXISTS issued_user ON issued (user_id);
"""
PER_MINUTE = 10_000_000  # never reached, and counted all the same


class Logins:
    """The people of the peer, on the connection of its store."""

    def __init__(self, database: sqlite3.Connection, people: int) -> None:
        self.database = database
        self.counted: Counter[tuple[int, int]] = Counter()
        database.executescript(TABLES)
        rows = [(number, f"bench{number}") for number in range(1, people + 1)]
        database.execute("BEGIN IMMEDIATE")  # each of its processes comes here
        database.executemany("INSERT OR IGNORE INTO user VALUES (?, ?, 1)", rows)
        logins = [(login_key(number), number, time.time() + 86_400) for number, _ in rows]
        database.executemany("INSERT OR IGNORE INTO login VALUES (?, ?, ?)", logins)
        database.execute("COMMIT")

    def user_of(self, request: Request) -> int:
        """Who asks; 401 for nobody, 403 for another site's page, 429 for too many calls."""
        found = self.database.execute(
            "SELECT user.id FROM login JOIN user ON user.id = login.user_id"
            " WHERE login.key = ? AND login.expires > ? AND user.active",
            (request.cookies.get("sessionid", ""), time.time()),
        ).fetchone()
        if found is None:
            raise HTTPException(401)
        token = request.cookies.get("csrftoken", "")
        if not token or not secrets.compare_digest(token, request.headers.get("x-csrftoken", "")):
            raise HTTPException(403)
        counted = (int(found[0]), int(time.time() // 60))
        self.counted[counted] += 1
        if self.counted[counted] > PER_MINUTE:
            raise HTTPException(429)
        return int(found[0])

    def record(self, user_id: int, workflow_id: str, session_id: str, expires: int) -> None:
        """Keep what was issued: one commit."""
        self.database.execute(
            "INSERT INTO issued (user_id, workflow_id, session_id, expires, created)"
            " VALUES (?, ?, ?, ?, ?)",
            (user_id, workflow_id, session_id, expires, time.time()),
        )


def login_key(number: int) -> str:
    """The cookie that logs this person in."""
    return f"peer{number:028d}"
