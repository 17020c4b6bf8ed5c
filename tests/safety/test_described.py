"""The API answers as `openapi.json` says, whatever is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..databases.scratch import POSTGRES, missing, scratch
from ..selfhosted.realserver import UVICORN, RealServer
from . import described

pytestmark = pytest.mark.slow


def test_each_answer_is_one_that_is_described(tmp_path: Path) -> None:
    check(tmp_path)


@pytest.mark.database
def test_the_same_on_postgresql(tmp_path: Path) -> None:
    if reason := missing(POSTGRES):
        pytest.skip(f"PostgreSQL: {reason}")
    with scratch(POSTGRES, tmp_path) as url:
        check(tmp_path, examples=4, TEST_DATABASE_URL=url)


def check(tmp_path: Path, examples: int = 10, **environ: str) -> None:
    if reason := described.missing():
        pytest.skip(reason)
    server = RealServer(tmp_path, UVICORN, **environ).start()
    try:
        assert described.send(server, tmp_path, examples=examples, phases="fuzzing") > 20
    finally:
        server.kill()
