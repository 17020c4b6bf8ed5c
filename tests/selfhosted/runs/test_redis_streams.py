"""Two server processes that share a database and a Redis: what is written in one is read in the
other, at once, once, and whatever becomes of Redis."""

from __future__ import annotations

import datetime
import http.client
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis as client
from django.utils import timezone

from chatkit.models import Run, Thread
from chatkit.selfhosted.runs import recovery, redis_streams
from tests.chaos.own_servers import Redis, redis

from ..protocol import create, events, numbers, text_of, until
from ..realserver import UVICORN, Answer, RealServer, thread_of

pytestmark = [
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.skipif(bool(Redis.missing()), reason=Redis.missing() or "-"),
]


@dataclass
class Pair:
    """`here` answers, `there` is another process with readers; `store` is theirs alone."""

    here: RealServer
    there: RealServer
    store: Redis

    def begin(self, words: str) -> Answer:
        answer = self.here.call(create(words))
        answer.read_until(b"text_delta")
        return answer


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[Pair]:
    with redis(tmp_path) as store:
        url = store.url.replace("rediscache", "redis")
        here, there = (RealServer(tmp_path, UVICORN, TEST_STREAMS_URL=url) for _ in range(2))
        try:
            yield Pair(here.start(), there.start(), store)
        finally:
            for server in (here, there):
                if server.process is not None:
                    server.kill()


def texts(data: bytes) -> list[str]:
    return text_of(events(data)).split()


def test_read_elsewhere_whole_and_in_order(pair: Pair) -> None:
    answer = pair.begin("drip 60")
    other = pair.there.events(answer.run_id)
    read, own = other.read(), answer.read()
    assert texts(read) == texts(own) == [str(number) for number in range(1, 61)]
    assert numbers(read) == list(range(1, len(events(read)) + 1))
    again = pair.there.events(answer.run_id, 10).read()
    assert numbers(again)[0] == 11


def test_a_frame_is_there_before_the_database_has_it(pair: Pair) -> None:
    """The rows are written each half second; a reader elsewhere is not so far behind."""
    answer = pair.begin("drip 200")
    other = pair.there.events(answer.run_id)
    other.read_until(b'"20 "')  # it has caught up by then
    behind = []
    for number in range(60, 200, 20):
        answer.read_until(b'"%d "' % number)
        began = time.monotonic()
        other.read_until(b'"%d "' % number)
        behind.append(time.monotonic() - began)
    assert sorted(behind)[len(behind) // 2] < 0.2, behind
    answer.drop()
    other.drop()


def test_a_stop_elsewhere_ends_it(pair: Pair) -> None:
    answer = pair.begin("drip 500")
    assert pair.there.stop_run(answer.run_id).status == 200
    began = time.monotonic()
    said = texts(answer.read())
    assert time.monotonic() - began < 0.4  # the heartbeat alone would take up to half a second
    assert 1 <= len(said) < 400


def test_redis_goes_and_comes_back(pair: Pair) -> None:
    answer = pair.begin("drip 300")
    other = pair.there.events(answer.run_id)
    other.read_until(b'"20 "')
    pair.store.kill()
    other.read_until(b'"60 "')
    pair.store.start()
    read = other.read()
    assert texts(read) == [str(number) for number in range(1, 301)]
    assert numbers(read) == list(range(1, len(events(read)) + 1))
    assert texts(answer.read()) == texts(read)


def test_without_redis_from_the_beginning(pair: Pair) -> None:
    pair.store.kill()
    answer = pair.begin("drip 30")
    assert texts(pair.there.events(answer.run_id).read()) == [str(n) for n in range(1, 31)]
    assert pair.there.call(create("say 3")).status == 200


def test_what_a_killed_process_had_shown_is_kept(pair: Pair) -> None:
    answer = pair.begin("drip 400")
    answer.read_until(b'"90 "')
    pair.here.kill()
    with suppress(http.client.IncompleteRead, ConnectionError):
        answer.data += answer.response.read1(65536)  # what was on its way
    shown = texts(answer.drop())
    thread = thread_of(answer.data)

    def kept() -> str:
        return str(pair.there.items(thread))

    until(lambda: "interrupted" in kept(), seconds=40)
    (said,) = [
        item["content"][0]["text"]
        for item in pair.there.items(thread)
        if item["type"] == "assistant_message"
    ]
    assert said.split()[: len(shown)] == shown


def test_a_process_with_runs_says_that_it_lives(pair: Pair, settings: Any) -> None:
    """Its heartbeat in the database may be old, as after an outage of it."""
    url = pair.store.url.replace("rediscache", "redis")
    settings.CHATKIT = settings.CHATKIT | {"STREAMS": url}
    with client.Redis.from_url(url) as there:
        assert there.keys("chatkit:alive:*") == []
        answer = pair.begin("drip 500")
        (key,) = until(lambda: there.keys("chatkit:alive:*"))
        assert 0 < there.ttl(key) <= redis_streams.ALIVE_SECONDS
        owner = key.decode().removeprefix("chatkit:alive:")
        assert redis_streams.lives(owner)
        there.delete(key)
        until(lambda: redis_streams.lives(owner))  # it says so again and again
        pair.here.kill()
        there.delete(key)
        assert not redis_streams.lives(owner)
    answer.drop()


@pytest.mark.django_db
def test_who_lives_is_not_dead(pair: Pair, settings: Any, user: Any, scripted: str) -> None:
    url = pair.store.url.replace("rediscache", "redis")
    settings.CHATKIT = settings.CHATKIT | {"STREAMS": url}
    thread = Thread.objects.create(id="thr_1", user=user, workflow_id=scripted)
    run = Run.objects.create(
        id="run_1", thread=thread, user=user, live=thread.pk, owner="elsewhere|1|1",
        heartbeat_at=timezone.now() - datetime.timedelta(seconds=60),
    )  # fmt: skip
    with client.Redis.from_url(url) as there:
        there.set("chatkit:alive:elsewhere|1|1", 1)
        assert not recovery.is_dead(run)
        there.delete("chatkit:alive:elsewhere|1|1")
        assert recovery.is_dead(run)
        there.set("chatkit:alive:elsewhere|1|1", 1)
    pair.store.kill()
    assert recovery.is_dead(run)  # nobody says that it lives


def test_a_store_that_hangs_holds_nobody_up(pair: Pair) -> None:
    answer = pair.begin("drip 200")
    answer.read_until(b'"20 "')
    pair.store.signal(signal.SIGSTOP)
    try:
        read = answer.read()
    finally:
        pair.store.signal(signal.SIGCONT)
    assert texts(read) == [str(number) for number in range(1, 201)]
