"""Real server processes on each database: many streams, many chats, a worker that is killed."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ..selfhosted.protocol import add, create, events, text_of, until
from ..selfhosted.realserver import (
    UVICORN,
    RealServer,
    TwoServers,
    environment,
    set_up,
    thread_of,
)
from .scratch import MARIADB, POSTGRES, SQLITE, ask, missing, scratch

pytestmark = pytest.mark.database


# Its own database for each server, the tables and the two people made once.
Prepared = tuple[str, tuple[str, str]]


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    if reason := missing(POSTGRES):
        pytest.skip(f"{POSTGRES}: {reason}")
    folder = tmp_path_factory.mktemp("prepared")
    with scratch(POSTGRES, folder) as url:
        environ = environment(folder / "unused") | {"TEST_DATABASE_URL": url}
        yield url, set_up(environ, folder)


@dataclass
class Workers:
    """Two processes on a database."""

    database: str
    url: str
    server: TwoServers


@pytest.fixture(scope="module", params=[SQLITE, POSTGRES, MARIADB])
def both(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Workers]:
    name: str = request.param
    if reason := missing(name):
        pytest.skip(f"{name}: {reason}")
    folder = tmp_path_factory.mktemp("workers")
    template, secrets = request.getfixturevalue("postgres") if name == POSTGRES else ("", None)
    with scratch(name, folder, template=template) as url:
        if name == SQLITE:
            url = f"sqlite:///{folder / 'db.sqlite3'}"
        server = TwoServers(folder, UVICORN, secrets, TEST_DATABASE_URL=url)
        try:
            yield Workers(name, url, server)
        finally:
            server.kill()


@pytest.fixture
def workers(both: Workers) -> Workers:
    both.server.start()
    return both


def counted(text: str) -> list[int]:
    return [int(number) for number in text.split()]


@pytest.mark.parametrize("query", ["?pool=true", "?CONN_MAX_AGE=60"])
def test_three_hundred_streams_hold_five_connections(
    query: str, postgres: Prepared, tmp_path: Path
) -> None:
    template, secrets = postgres
    with scratch(POSTGRES, tmp_path, template=template) as url:
        server = RealServer(tmp_path, UVICORN, secrets, TEST_DATABASE_URL=url + query)
        try:
            three_hundred_streams(server.start(), url)
        finally:
            server.kill()


def test_downloads_give_their_connections_back(postgres: Prepared, tmp_path: Path) -> None:
    """More of them, one after the other, than a pool has connections."""
    template, secrets = postgres
    with scratch(POSTGRES, tmp_path, template=template) as url:
        server = RealServer(tmp_path, UVICORN, secrets, TEST_DATABASE_URL=f"{url}?pool=true")
        try:
            thread_id = thread_of(server.start().call(create("say 3")).read())
            for _ in range(15):
                answer = server.send("GET", f"/api/chatkit/threads/{thread_id}/export")
                assert answer.status == 200
                assert b"1 2 3" in answer.read()
        finally:
            server.kill()


def three_hundred_streams(server: RealServer, url: str) -> None:
    with ThreadPoolExecutor(20) as callers:
        answers = list(callers.map(lambda _: server.call(create("say 1 wait")), range(300)))
    assert {answer.status for answer in answers} == {200}
    for answer in answers:
        answer.read_until(b"text_delta")
    # This query's own connection is to the same database.
    held = ask(
        POSTGRES,
        url,
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid() AND backend_type = 'client backend'",
    )
    assert 1 <= held[0][0] <= 5
    running = ask(POSTGRES, url, "SELECT count(*) FROM chatkit_run WHERE live IS NOT NULL")
    assert running == [(300,)]
    for answer in answers:
        answer.drop()


def test_fifty_chats_at_once(workers: Workers) -> None:
    """Two questions each, in two processes: every answer is whole, and nothing was locked."""
    server = workers.server
    together = threading.Barrier(50)

    def chat(number: int) -> list[list[int]]:
        together.wait()
        first = server.call(create("drip 10"))
        assert first.status == 200, first.read()
        thread_id = thread_of(first.read())
        second = server.call(add(thread_id, "drip 10"))
        assert second.status == 200, second.read()
        second.read()
        return [counted(text_of(events(answer.data))) for answer in (first, second)]

    with ThreadPoolExecutor(50) as callers:
        found = list(callers.map(chat, range(50)))
    assert found == [[list(range(1, 11))] * 2] * 50
    for word in ("locked", "Deadlock", "Traceback", "could not be stored", "ERROR"):
        assert word not in server.output()


def test_resumed_and_stopped_on_either_worker(workers: Workers) -> None:
    server = workers.server
    for _ in range(4):
        answer = server.call(create("drip 40"))
        answer.read_until(b'"delta":"3 "')
        seen = events(answer.drop())
        rest = server.events(answer.run_id, len(seen)).read()
        assert counted(text_of(seen + events(rest))) == list(range(1, 41))
    for _ in range(4):
        answer = server.call(create("say 2 wait"))
        thread_id = thread_of(answer.read_until(b"1 2 "))
        assert server.call(add(thread_id, "say 1")).status == 409
        server.stop_run(answer.run_id).read()
        answer.read()
        kinds = [item["type"] for item in server.items(thread_id)]
        assert kinds == ["user_message", "assistant_message", "task"]


@pytest.mark.skipif(not os.path.isdir("/proc"), reason="tells a dead process by /proc")
def test_worker_that_writes_is_killed(workers: Workers) -> None:
    server = workers.server
    answer = server.call(create("drip 2000"))
    thread_id = thread_of(answer.read_until(b'"delta":"60 "'))
    rows = ask(
        workers.database, workers.url, f"SELECT owner FROM chatkit_run WHERE id = '{answer.run_id}'"
    )
    server.kill_one(int(rows[0][0].split("|")[1]))
    shown = counted(text_of(events(answer.drop())))

    def interrupted() -> list[Any] | None:
        items = server.items(thread_id)
        kinds = [item["type"] for item in items]
        return items if kinds == ["user_message", "assistant_message", "task"] else None

    items = until(interrupted, seconds=20)
    kept = counted(items[1]["content"][0]["text"])
    assert kept == list(range(1, len(kept) + 1))
    assert len(kept) >= len(shown) - 40  # 0.5 s, and what a tick takes on a busy machine

    ended = server.events(answer.run_id)
    assert ended.headers["X-ChatKit-Run-Status"] == "interrupted"
    assert counted(text_of(events(ended.read()))) == kept
    assert server.call(add(thread_id, "say 3")).status == 200
