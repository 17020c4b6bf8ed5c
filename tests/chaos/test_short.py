"""A short one of each part of `make chaos`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ..selfhosted.realserver import UVICORN, RealServer
from . import outages
from .own_servers import Postgres, Redis, postgres
from .rounds import one_round

pytestmark = pytest.mark.slow

READERS = 10


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    server = RealServer(tmp_path, UVICORN).start()
    yield server
    server.kill()


def test_a_server_is_killed_and_ended_under_readers(server: RealServer) -> None:
    assert one_round(server, READERS, kill=True, deltas=30).kept > 0
    assert one_round(server, READERS, kill=False, deltas=30).kept > 0


@pytest.mark.database
def test_the_same_on_postgresql(tmp_path: Path) -> None:
    if reason := Postgres.missing():
        pytest.skip(f"PostgreSQL: {reason}")
    with postgres() as database:
        server = RealServer(tmp_path, UVICORN, TEST_DATABASE_URL=database.url).start()
        try:
            assert one_round(server, READERS, kill=True, deltas=30).kept > 0
        finally:
            server.kill()


@pytest.mark.database
def test_the_cache_hangs_under_readers() -> None:
    if reason := Redis.missing():
        pytest.skip(f"Redis: {reason}")
    assert outages.cache("hung", READERS, 60).health == "degraded"


def test_the_model_cuts_its_answers() -> None:
    assert outages.model("cut in the middle", READERS).told == READERS


def test_the_disk_is_full_under_readers() -> None:
    if reason := outages.no_small_disk():
        pytest.skip(reason)
    assert outages.disk(READERS, 100).health == "failed"
