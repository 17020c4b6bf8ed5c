"""The rounds: ours and the peer's in turn, one table.

make bench ARGS="--seconds 5 --clients 20 100 --only answers"
make bench ARGS="--only streams --open 10 100 1000 3000"
make bench ARGS="console --seed"    the console's pages with a million runs: tests/bench/console.py
make bench ARGS="curves"            costs as there is more and more: tests/bench/curves.py
make bench ARGS="layers"            where the processor's time goes: tests/bench/layers.py
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from . import console, curves, layers, streams
from .load import Call, Round, run_round
from .names import HOSTED
from .peer_login import login_key
from .processes import Server, serve
from .site import (
    APPLICATION,
    ENDPOINT,
    accounts,
    environ,
    question,
    secrets,
    session_call,
    session_made,
)

DELTAS = 100
PAUSES = (0, 20)  # milliseconds between deltas
KEY = "sk-bench"
LONGEST_ROUND = 60.0
MOST_CLIENTS = 500
MOST_STREAMS = 3000
HEAD = (
    f"{'':34}{'per second':>11}{'p50 ms':>8}{'p95 ms':>8}{'CPU ms':>8}{'MiB':>6}"
    f"{'count':>7}{'ratio':>7}"
)
Calls = Callable[[int], list[Call]]


def message(pause: int, pieces: int = DELTAS) -> bytes:
    """A request that starts a thread with the question for the scripted answer."""
    return json.dumps(question(pieces, pause)).encode()


def whole_answer(body: bytes) -> bool:
    """Whether the stream holds the finished answer and no error."""
    done = body.rpartition(b'"thread.item.done"')[2]
    return f"word{DELTAS - 1} ".encode() in done and b'"type":"error"' not in body


def measure(server: Server, calls: list[Call], seconds: float) -> tuple[Round, float, float]:
    """The round, processor milliseconds per answer, and peak MiB."""
    asyncio.run(run_round(server.port, calls[:5], 0.2))  # connections, imports, caches
    server.forget_peak()
    before = server.processor_seconds()
    result = asyncio.run(run_round(server.port, calls, seconds))
    used = 1000 * (server.processor_seconds() - before) / max(1, result.count)
    return result, used, server.peak_mib()


def compare(
    title: str, sides: dict[str, tuple[Server, Calls]], clients: int, seconds: float
) -> None:
    """One row for each side; the last side is what the others are compared with."""
    rows = {}
    for name, (server, calls) in sides.items():
        rows[name] = measure(server, calls(clients), seconds)
    base = list(rows.values())[-1][0].per_second
    for name, (result, used, peak) in rows.items():
        print(
            f"{title + ', ' + name:34}{result.per_second:11.1f}{result.first_byte(0.5):8.0f}"
            f"{result.first_byte(0.95):8.0f}{used:8.1f}{peak:6.0f}{result.count:7}"
            f"{result.per_second / base:7.2f}",
            flush=True,
        )


def peer_session_call(number: int) -> Call:
    """The same of the peer, by one of its people."""
    headers = {"Cookie": f"sessionid={login_key(number)}; csrftoken=t", "X-CSRFToken": "t"}
    body = json.dumps({"workflowId": HOSTED}).encode()
    return Call("/session", body, headers, session_made)


def rounds(options: argparse.Namespace, folder: Path) -> None:
    """Start the servers and measure."""
    with contextlib.ExitStack() as servers:
        upstream = servers.enter_context(serve("tests.bench.upstream:app", {}))
        openai = {
            "OPENAI_BASE_URL": f"http://127.0.0.1:{upstream.port}",
            "OPENAI_API_KEY": KEY,
        }
        site_environ = openai | environ(f"sqlite:///{folder / 'site.sqlite3'}")
        logins = accounts(max(options.clients + options.open), site_environ)
        peer_environ = openai | {
            "PEER_DATABASE": str(folder / "peer.sqlite3"),
            "PEER_PEOPLE": str(max(options.clients)),
        }
        if options.only == "streams":
            stream_rounds(options, site_environ, peer_environ, logins)
            return
        count = options.processes
        site = servers.enter_context(serve(APPLICATION, site_environ, count))
        peer = servers.enter_context(serve("tests.bench.peer:app", peer_environ, count))
        print(HEAD)
        if options.only != "answers":
            session_rounds(options, site, peer, logins)
        if options.only != "sessions":
            answer_rounds(options, site, peer, asyncio.run(secrets(site.port, logins)))


def stream_rounds(
    options: argparse.Namespace,
    site_environ: dict[str, str],
    peer_environ: dict[str, str],
    logins: list[dict[str, str]],
) -> None:
    """Streams of 20 pieces a second, all open at once."""
    streams.allow_files()
    print(streams.HEAD)
    for count in options.open:
        seconds = count / streams.OPENED_PER_SECOND + streams.PATIENCE
        body = message(1000 // streams.PACE, int(seconds * streams.PACE))
        with serve(APPLICATION, site_environ) as site:
            tokens = asyncio.run(secrets(site.port, logins[:count]))
            bearer = [{"Authorization": f"Bearer {token}"} for token in tokens]
            ours = [Call(ENDPOINT, body, headers, bool) for headers in bearer]
            _one_row(f"{count} streams, ours", site, ours)
        database = {"PEER_DATABASE": f"{peer_environ['PEER_DATABASE']}-{count}"}
        with serve("tests.bench.peer:app", peer_environ | database) as peer:
            _one_row(f"{count} streams, peer", peer, [Call("/chatkit", body, {}, bool)] * count)


def _one_row(title: str, server: Server, calls: list[Call]) -> None:
    short = Call(calls[0].path, message(0), calls[0].headers, whole_answer)
    asyncio.run(run_round(server.port, [short] * 5, 0.2))  # imports, caches
    idle = server.resident_kib()
    print(asyncio.run(streams.measure(server, calls, idle)).line(title), flush=True)
    server.process.kill()  # the answers would go on for their readers to come back


def session_rounds(
    options: argparse.Namespace, site: Server, peer: Server, logins: list[dict[str, str]]
) -> None:
    """Session calls, with an upstream that takes 50 ms."""
    sides: dict[str, tuple[Server, Calls]] = {
        "ours": (site, lambda count: [session_call(login, HOSTED) for login in logins[:count]]),
        "peer": (peer, lambda count: [peer_session_call(one) for one in range(1, count + 1)]),
    }
    for clients in options.clients:
        compare(f"sessions, {clients} clients", sides, clients, options.seconds)


def answer_rounds(
    options: argparse.Namespace, site: Server, peer: Server, tokens: list[str]
) -> None:
    """Answers of 100 deltas, each in a new thread."""
    for pause in PAUSES:
        body = message(pause)

        def ours(count: int, body: bytes = body) -> list[Call]:
            return [
                Call(ENDPOINT, body, {"Authorization": f"Bearer {token}"}, whole_answer)
                for token in tokens[:count]
            ]

        def theirs(count: int, body: bytes = body) -> list[Call]:
            return [Call("/chatkit", body, {}, whole_answer)] * count

        for clients in options.clients:
            title = f"answers {pause} ms, {clients} clients"
            compare(title, {"ours": (site, ours), "peer": (peer, theirs)}, clients, options.seconds)


def arguments() -> argparse.Namespace:
    """The command line, kept within bounds."""
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--seconds", type=float, default=8.0, help="length of a round")
    parser.add_argument("--clients", type=int, nargs="+", default=[20, 100, 300])
    parser.add_argument("--open", type=int, nargs="+", default=[10, 100], help="open streams")
    parser.add_argument("--processes", type=int, default=1, help="of each side")
    parser.add_argument("--only", choices=["sessions", "answers", "streams"])
    options = parser.parse_args()
    options.open = [min(count, MOST_STREAMS) for count in options.open]
    options.seconds = min(options.seconds, LONGEST_ROUND)
    options.clients = [min(clients, MOST_CLIENTS) for clients in options.clients]
    return options


def main() -> None:
    """Measure, and say on what."""
    import django

    options = arguments()
    print(
        f"Python {platform.python_version()}, Django {django.get_version()}, "
        f"{os.cpu_count()} cores, {options.processes} server process(es) each, "
        f"{DELTAS} deltas an answer, rounds of {options.seconds:g} s"
    )
    with tempfile.TemporaryDirectory(prefix="chatkit-bench-") as folder:
        rounds(options, Path(folder))


if __name__ == "__main__":
    if sys.argv[1:2] == ["console"]:
        sys.exit(console.main(sys.argv[2:]))
    if sys.argv[1:2] == ["curves"]:
        sys.exit(curves.main(sys.argv[2:]))
    if sys.argv[1:2] == ["layers"]:
        sys.exit(layers.main(sys.argv[2:]))
    main()
