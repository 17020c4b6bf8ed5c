"""Connections to the Redis that is the site's cache."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import redis

from ..databases import scratch
from ..selfhosted.protocol import create
from ..selfhosted.realserver import UVICORN, RealServer

pytestmark = pytest.mark.database


def test_requests_share_them(tmp_path: Path) -> None:
    if reason := scratch.missing(scratch.REDIS):
        pytest.skip(f"Redis: {reason}")
    with scratch.redis_cache() as url:
        name = uuid.uuid4().hex
        server = RealServer(tmp_path, UVICORN, TEST_CACHE_URL=f"{url}?client_name={name}")
        client = redis.Redis.from_url(url.replace("rediscache:", "redis:"))
        seen: set[str] = set()
        try:
            server.start()
            for _ in range(10):  # one after the other
                assert server.call(create("say 1")).read()
                seen |= {each["id"] for each in client.client_list() if each["name"] == name}
            assert len(seen) == 1
            with ThreadPoolExecutor(20) as callers:
                answers = list(callers.map(lambda _: server.call(create("say 1")), range(100)))
            assert {answer.status for answer in answers} == {200}
            for answer in answers:
                answer.read()
            held = [each for each in client.client_list() if each["name"] == name]
            assert 1 <= len(held) <= 20
        finally:
            server.kill()
            client.close()
