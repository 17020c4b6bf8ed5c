"""Where the processor time of an answer and of a session call goes, layer by layer.

make bench ARGS="layers"

Times are of the processor, on whichever thread, without what a layer calls of another one. What
is left of the process's own time is uvicorn's, the event loop's, and that of the threads' turns.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import tempfile
import urllib.request
from pathlib import Path

from .load import Call, run_round
from .names import HOSTED
from .processes import Server, serve
from .site import ENDPOINT, accounts, environ, question, secrets, session_call

APPLICATION = "tests.bench.timed:application"
PEOPLE = 20
PIECES = 100
REST = "server, event loop, threads"
# Microseconds that each may take of one answer of 100 pieces in one go, and of one session call.
# With these, an answer would be 1.3 times and a session call 1.2 times as fast as those of the peer
# of `make bench`. docs/explanation/performance.md has what was measured.
ANSWER = {
    "request": 450,
    "who asks": 300,
    "parse": 80,
    "limits": 80,
    "view": 80,
    "SDK and events": 1150,
    "store": 150,
    "frames": 300,
    "reader": 60,
    "writes": 900,
    REST: 650,
}
SESSION = {
    "request": 400,
    "who asks": 300,
    "limits": 80,
    "view": 170,
    "OpenAI's call": 600,
    "record": 350,
    REST: 500,
}


def timed(server: Server) -> dict[str, tuple[float, int]]:
    """Microseconds and calls of each layer since the last time."""
    with urllib.request.urlopen(f"http://127.0.0.1:{server.port}/layers", timeout=10) as answer:
        return {name: (value[0], value[1]) for name, value in json.load(answer).items()}


def table(
    title: str, server: Server, calls: list[Call], seconds: float, may: dict[str, int]
) -> None:
    asyncio.run(run_round(server.port, calls[:5], 1.0))  # connections, imports, caches
    timed(server)
    before = server.processor_seconds()
    count = asyncio.run(run_round(server.port, calls, seconds)).count
    used = (server.processor_seconds() - before) * 1e6 / count
    layers = {name: (value / count, n / count) for name, (value, n) in timed(server).items()}
    layers[REST] = (used - sum(value for value, _n in layers.values()), 0.0)
    print(f"\n{title}, {count} of them, {len(calls)} at once")
    print(f"{'':32}{'µs':>8}{'budget':>8}{'calls':>8}")
    for name, (value, n) in sorted(layers.items(), key=lambda item: -item[1][0]):
        over = "  over" if value > may.get(name, 0) else ""
        print(f"{name:32}{value:8.0f}{may.get(name, 0):8}{n:8.1f}{over}")
    print(f"{'all':32}{used:8.0f}{sum(may.values()):8}", flush=True)


def main(given: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="make bench ARGS=layers", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args(given)
    with contextlib.ExitStack() as servers:
        folder = Path(servers.enter_context(tempfile.TemporaryDirectory(prefix="chatkit-bench-")))
        upstream = servers.enter_context(serve("tests.bench.upstream:app", {}))
        site = environ(f"sqlite:///{folder / 'site.sqlite3'}") | {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{upstream.port}",
            "OPENAI_API_KEY": "sk-bench",
        }
        logins = accounts(PEOPLE, site)
        server = servers.enter_context(serve(APPLICATION, site))
        tokens = asyncio.run(secrets(server.port, logins))
        body = json.dumps(question(PIECES, 0)).encode()
        answers = [Call(ENDPOINT, body, {"Authorization": f"Bearer {one}"}, bool) for one in tokens]
        table(f"Answers of {PIECES} pieces", server, answers, options.seconds, ANSWER)
        sessions = [session_call(login, HOSTED) for login in logins]
        table("Session calls", server, sessions, options.seconds, SESSION)
    return 0
