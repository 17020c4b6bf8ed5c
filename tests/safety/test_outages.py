"""What the server uses goes away and comes back: a request is served, or refused soon."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ..chaos.own_servers import Postgres, postgres
from ..selfhosted.protocol import ask, create
from ..selfhosted.realserver import UVICORN, RealServer

pytestmark = pytest.mark.database
# The promise is a second on a machine that is free; without it, it was ten.
SOON = 4.0


@pytest.fixture
def database() -> Iterator[Postgres]:
    if reason := Postgres.missing():
        pytest.skip(f"PostgreSQL: {reason}")
    with postgres() as found:
        yield found


def timed(server: RealServer) -> tuple[int, float]:
    began = time.monotonic()
    answer = server.call(ask("threads.list"))
    answer.read()
    return answer.status, time.monotonic() - began


def together(server: RealServer, count: int) -> list[tuple[int, float]]:
    with ThreadPoolExecutor(20) as callers:
        return list(callers.map(lambda _: timed(server), range(count)))


def test_postgresql_is_restarted(database: Postgres, tmp_path: Path) -> None:
    server = RealServer(tmp_path, UVICORN, TEST_DATABASE_URL=database.url).start()
    try:
        stream = server.call(create("wait"))
        together(server, 60)  # fills the pool
        database.stop()
        down = [timed(server), timed(server), *together(server, 8)]
        database.start()
        up = [timed(server), *together(server, 8)]
        together(server, 60)
        database.stop("immediate")
        database.start()
        at_once = [timed(server), *together(server, 20)]
        stream.drop()
    finally:
        server.kill()
    assert {status for status, _took in down} == {500}
    assert {status for status, _took in up + at_once} == {200}
    assert max(took for _status, took in down + up + at_once) < SOON
