"""Databases of a test's own on the servers of this machine: made, named by a URL, dropped.

TEST_POSTGRES_URL, TEST_MARIADB_URL and TEST_REDIS_URL name other servers than the local ones.
"""

from __future__ import annotations

import os
import socket
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit, urlunsplit

POSTGRES = "PostgreSQL"
MARIADB = "MariaDB"
SQLITE = "SQLite"
REDIS = "Redis"
RESERVED = "chatkit-tests"
SERVERS = {
    POSTGRES: ("TEST_POSTGRES_URL", "postgres://postgres@127.0.0.1:5432"),
    MARIADB: ("TEST_MARIADB_URL", "mysql://root@127.0.0.1:3306"),
    REDIS: ("TEST_REDIS_URL", "rediscache://127.0.0.1:6379"),
}
LISTED = {POSTGRES: "SELECT datname FROM pg_database", MARIADB: "SHOW DATABASES"}


def server_url(name: str) -> SplitResult:
    variable, default = SERVERS[name]
    return urlsplit(os.environ.get(variable) or default)


def missing(name: str) -> str:
    """Why nothing can be tested there, "" where it can."""
    if name == SQLITE:
        return ""
    url = server_url(name)
    where = f"{url.hostname}:{url.port}"
    try:
        socket.create_connection((url.hostname or "", url.port or 0), timeout=2).close()
    except OSError:
        return f"no server answers at {where}"
    try:
        if name == REDIS:
            empty_redis_database()
        else:
            _connect(name).close()
    except Exception as error:
        return f"the server at {where} can't be used ({type(error).__name__})"
    return ""


@contextmanager
def scratch(name: str, folder: Path, *, template: str = "") -> Iterator[str]:
    """The DATABASE_URL of a database, which is dropped in the end: empty, or on PostgreSQL a copy
    of the one with the URL `template`, to which nobody may be connected."""
    if name == SQLITE:
        yield f"sqlite:///{folder / 'scratch.sqlite3'}"
        return
    database = f"chatkit_test_{uuid.uuid4().hex[:12]}"
    like = f" TEMPLATE {urlsplit(template).path.lstrip('/')}" if template else ""
    _execute(name, f"CREATE DATABASE {database}{like}")
    try:
        url = server_url(name)
        yield urlunsplit(url._replace(path=f"/{database}"))
    finally:
        force = " WITH (FORCE)" if name == POSTGRES else ""
        # More than the one if a pytest there was killed.
        for (left,) in _execute(name, LISTED[name]):
            if database in left:
                _execute(name, f"DROP DATABASE IF EXISTS {left}{force}")


def ask(name: str, database_url: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of one query, over a connection of its own."""
    if name == SQLITE:
        with closing(sqlite3.connect(urlsplit(database_url).path)) as connection:
            return list(connection.execute(sql))
    return _execute(name, sql, urlsplit(database_url).path.lstrip("/"))


@contextmanager
def redis_cache(processes: int = 1) -> Iterator[str]:
    """The cache URL of a Redis database that held nothing, and does so again in the end: tests
    clear theirs. Until then it is nobody else's, nor are those that follow it, one for each
    further process of a pytest-xdist."""
    first = _reserved_redis_databases(processes)
    try:
        yield urlunsplit(server_url(REDIS)._replace(path=f"/{first}"))
    finally:
        for number in range(first, first + processes):
            client = _redis(number)
            client.flushdb()
            client.close()


def empty_redis_database() -> int:
    for number in range(15, 0, -1):
        client = _redis(number)
        try:
            if client.dbsize() == 0:
                return number
        finally:
            client.close()
    raise LookupError("no empty database")


def _reserved_redis_databases(count: int) -> int:
    """The first of so many empty ones in a row."""
    for first in range(16 - count, 0, -1):
        taken = []
        for number in range(first, first + count):
            if not _reserve(number):
                break
            taken.append(number)
        if len(taken) == count:
            return first
        for number in taken:
            _redis(number).delete(RESERVED)
    raise LookupError("no empty database")


def _reserve(number: int) -> bool:
    """Mark it if it is empty: suites that run at once must not clear each other's."""
    client = _redis(number)
    try:
        if client.set(RESERVED, os.getpid(), nx=True):
            if client.dbsize() == 1:
                return True
            client.delete(RESERVED)
        return False
    finally:
        client.close()


def _redis(number: int) -> Any:
    import redis

    url = server_url(REDIS)
    return redis.Redis(
        host=url.hostname or "",
        port=url.port or 6379,
        username=unquote(url.username or "") or None,
        password=unquote(url.password or "") or None,
        db=number,
        socket_timeout=5,
    )


def _execute(name: str, sql: str, database: str = "") -> list[tuple[Any, ...]]:
    connection = _connect(name, database)
    try:
        cursor = connection.cursor()
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def _connect(name: str, database: str = "") -> Any:
    url = server_url(name)
    user, password = unquote(url.username or ""), unquote(url.password or "")
    where: dict[str, Any] = {"host": url.hostname, "port": url.port, "user": user}
    if name == POSTGRES:
        import psycopg

        return psycopg.connect(
            **where, password=password or None, dbname=database or "postgres", autocommit=True
        )
    from mseller import drivers

    drivers.mysql()
    import MySQLdb  # type: ignore[import-untyped]

    return MySQLdb.connect(**where, password=password, database=database, autocommit=True)
