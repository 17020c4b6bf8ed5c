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
def scratch(name: str, folder: Path) -> Iterator[str]:
    """The DATABASE_URL of an empty database, which is dropped in the end."""
    if name == SQLITE:
        yield f"sqlite:///{folder / 'scratch.sqlite3'}"
        return
    database = f"chatkit_test_{uuid.uuid4().hex[:12]}"
    _execute(name, f"CREATE DATABASE {database}")
    try:
        url = server_url(name)
        yield urlunsplit(url._replace(path=f"/{database}"))
    finally:
        force = " WITH (FORCE)" if name == POSTGRES else ""
        for left in (database, f"test_{database}"):  # the latter if a pytest there was killed
            _execute(name, f"DROP DATABASE IF EXISTS {left}{force}")


def ask(name: str, database_url: str, sql: str) -> list[tuple[Any, ...]]:
    """The rows of one query, over a connection of its own."""
    if name == SQLITE:
        with closing(sqlite3.connect(urlsplit(database_url).path)) as connection:
            return list(connection.execute(sql))
    return _execute(name, sql, urlsplit(database_url).path.lstrip("/"))


@contextmanager
def redis_cache() -> Iterator[str]:
    """The cache URL of a Redis database that held nothing, and does so again in the end: tests
    clear theirs. Until then it is nobody else's."""
    number = _reserved_redis_database()
    try:
        yield urlunsplit(server_url(REDIS)._replace(path=f"/{number}"))
    finally:
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


def _reserved_redis_database() -> int:
    """An empty database, marked: suites that run at once must not clear each other's."""
    for number in range(15, 0, -1):
        client = _redis(number)
        try:
            if client.set(RESERVED, os.getpid(), nx=True):
                if client.dbsize() == 1:
                    return number
                client.delete(RESERVED)
        finally:
            client.close()
    raise LookupError("no empty database")


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
    from . import drivers

    drivers.mysql()
    import MySQLdb  # type: ignore[import-untyped]

    return MySQLdb.connect(**where, password=password, database=database, autocommit=True)
