"""`make chaos`: servers killed under many readers; a table of what was shown and what was kept.
Then many requests of any kind, on SQLite and on a PostgreSQL of its own.

CHAOS_ROUNDS (3), CHAOS_STREAMS (50) and CHAOS_REQUESTS (20000) say how much. It fails where a
stored answer has a hole, where more of it was lost than a tick writes at once, or where the site
does not serve again.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.chaos.own_servers import Postgres, postgres  # noqa: E402
from tests.selfhosted.protocol import create, events, text_of, until  # noqa: E402
from tests.selfhosted.realserver import UVICORN, Answer, RealServer, thread_of  # noqa: E402

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "3"))
STREAMS = int(os.environ.get("CHAOS_STREAMS", "50"))
REQUESTS = int(os.environ.get("CHAOS_REQUESTS", "20000"))
ANY = "tests/safety/test_any_request.py"
LOST = 100  # deltas: what is written in a tick of 0.5 s, on a machine that is busy


def numbers(text: str) -> list[int]:
    return [int(number) for number in text.split()]


def one_round(server: RealServer, *, kill: bool) -> tuple[int, int, int, float]:
    """Deltas shown, deltas kept, the most that one answer lost, and seconds until it serves."""

    def begin(_number: int) -> tuple[Answer, str]:
        answer = server.call(create("drip 2000"))
        assert answer.status == 200, answer.data
        return answer, thread_of(answer.read_until(b'"delta":"60 "'))

    with ThreadPoolExecutor(STREAMS) as callers:
        streams = list(callers.map(begin, range(STREAMS)))
    server.kill() if kill else server.terminate()
    shown = [numbers(text_of(events(answer.drop()))) for answer, _thread in streams]
    began = time.monotonic()
    server.start()
    took = time.monotonic() - began
    kept = []
    for _answer, thread_id in streams:
        items = until(partial(ended, server, thread_id), seconds=30)
        kept.append(numbers(items[1]["content"][0]["text"]) if len(items) > 2 else [])
    for found in kept:
        assert found == list(range(1, len(found) + 1)), "an answer with a hole"
    lost = max(0, *(len(seen) - len(found) for seen, found in zip(shown, kept, strict=True)))
    assert lost <= LOST, f"{lost} deltas were shown and not kept"
    return sum(map(len, shown)), sum(map(len, kept)), lost, took


def ended(server: RealServer, thread_id: str) -> list[dict[str, object]] | None:
    """The thread's items once its last one says that the answer was cut off."""
    items = server.items(thread_id)
    return items if items[-1]["type"] != "assistant_message" else None


def any_requests(name: str, database_url: str) -> None:
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", ANY],
        env=os.environ | {"ANY_REQUESTS": str(REQUESTS // 2), "TEST_DATABASE_URL": database_url},
    )  # two tests
    assert done.returncode == 0, name
    print(f"{name:10} {REQUESTS:7} requests without a fault, {time.monotonic() - began:.0f} s")


def main() -> None:
    kills()
    any_requests("SQLite", "")
    if reason := Postgres.missing():
        print(f"PostgreSQL: {reason}")
        return
    with postgres() as server:
        any_requests("PostgreSQL", server.url)


def kills() -> None:
    print(f"{'signal':8} {'round':>5} {'shown':>7} {'kept':>7} {'most lost':>9} {'start s':>8}")
    for name, kill in (("SIGKILL", True), ("SIGTERM", False)):
        server = RealServer(Path(tempfile.mkdtemp(prefix="chatkit-chaos-")), UVICORN).start()
        try:
            for number in range(1, ROUNDS + 1):
                shown, kept, lost, took = one_round(server, kill=kill)
                print(f"{name:8} {number:5} {shown:7} {kept:7} {lost:9} {took:8.1f}", flush=True)
        finally:
            server.kill()


if __name__ == "__main__":
    main()
