"""A database with scopes and a Redis: one process has few connections to it, however many scopes
it serves, and what comes by it reaches the runs of each."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import redis as client

from chatkit.selfhosted.runs import process, redis_streams
from tests.chaos.own_servers import Redis, redis
from tests.tools.scopes import ByThread

from ..protocol import Caller, create, events, text_of, until
from ..streams import ended, open_stream

pytestmark = [
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.skipif(bool(Redis.missing()), reason=Redis.missing() or "-"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def store(tmp_path: Path, settings: Any) -> Iterator[client.Redis]:
    process.close()
    with redis(tmp_path) as own:
        url = own.url.replace("rediscache", "redis")
        settings.CHATKIT = settings.CHATKIT | {
            "STREAMS": url,
            "CONNECTION_SCOPE": "tests.tools.scopes.ByThread",
        }
        with client.Redis.from_url(url) as asking:
            yield asking
        process.close()


def test_many_scopes_share_the_connections(ada: Caller, store: client.Redis) -> None:
    scope = ByThread()
    begun = []
    for name in ("north", "east", "south", "west"):
        with scope.entered(name):
            begun.append(open_stream(ada, create("say 3 wait")))
    until(lambda: all(store.exists(redis_streams.key_of(run_id)) for run_id, *_ in begun))
    # One that sends, one that reads, one that says that the process lives; and this one.
    until(lambda: len(store.client_list()) <= 4)
    first, _thread_id, _stream = begun[0]
    with scope.entered("south"):  # for which it is a run of another process
        read: Any = ada.events(first).streaming_content
        data = b""
        while text_of(events(data)) != "1 2 3 ":
            data += next(read)
    for run_id, _thread_id, stream in begun:
        redis_streams.ask_to_stop(run_id)  # no row says so
        rest = b"".join(stream)
        assert text_of(events(rest)) == "1 2 3 "
        over = until(partial(ended, run_id))
        assert over.status == "stopped"
    b"".join(read)
