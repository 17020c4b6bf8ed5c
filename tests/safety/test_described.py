"""The API answers as `openapi.json` says, whatever is sent."""

from __future__ import annotations

from pathlib import Path

import pytest

from ..selfhosted.realserver import UVICORN, RealServer
from . import described

pytestmark = pytest.mark.slow


def test_each_answer_is_one_that_is_described(tmp_path: Path) -> None:
    if reason := described.missing():
        pytest.skip(reason)
    server = RealServer(tmp_path, UVICORN).start()
    try:
        assert described.send(server, tmp_path, examples=10, phases="fuzzing") > 20
    finally:
        server.kill()
