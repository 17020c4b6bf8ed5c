"""What a piece, a message and a conversation cost, as there are more and more of them.

DATABASE_URL=postgres://… make bench ARGS="curves --conversations 1000 10000 100000 1000000"

Give it a database of its own, which it fills; without one it takes SQLite. Each line is the median
of several requests, one after the other, and the processor time of one, that of PostgreSQL's
processes included. The bars are processor time, beside the dearest of their kind.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .load import BadAnswer, Client
from .processes import TICKS, Server, serve
from .site import APPLICATION, ENDPOINT, accounts, environ, question, run, secrets

TIMES = 60
BAR = 40


@dataclass(frozen=True)
class Cost:
    """Of one request, or of one piece: milliseconds until it was over, and of the processors."""

    title: str
    took: float
    work: float


class Site:
    """The site, as its first person uses it."""

    def __init__(self, server: Server, database: str, secret: str) -> None:
        self._server = server
        self._database = database
        self._headers = {"Authorization": f"Bearer {secret}"}

    def cost(self, title: str, request: dict[str, Any], times: int = TIMES) -> Cost:
        """What a request costs, after a first one."""
        return asyncio.run(self._cost(title, json.dumps(request).encode(), times))

    async def _cost(self, title: str, body: bytes, times: int) -> Cost:
        client = Client(self._server.port)
        await self._post(client, body)
        before, took = self._worked(), []
        for _time in range(times):
            begun = time.perf_counter()
            await self._post(client, body)
            took.append(1000 * (time.perf_counter() - begun))
        work = 1000 * (self._worked() - before) / times
        await client.close()
        return Cost(title, statistics.median(took), work)

    async def _post(self, client: Client, body: bytes) -> None:
        answer = await client.post(ENDPOINT, body, self._headers)
        if answer.status != 200 or b'"type":"error"' in answer.body:
            raise BadAnswer(f"{answer.status} {answer.body[:400]!r}")

    def _worked(self) -> float:
        """Processor seconds of the site, and of PostgreSQL for it where it is on this machine."""
        spent = self._server.processor_seconds()
        for place in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                if f" {self._database} ".encode() in (place / "cmdline").read_bytes():
                    fields = (place / "stat").read_text().rpartition(")")[2].split()
                    spent += sum(map(int, fields[11:13])) / TICKS
        return spent


def pieces(site: Site, counts: Sequence[int]) -> Iterator[Cost]:
    """A piece, in answers of so many, a millisecond after the other."""
    for count in counts:
        whole = site.cost(f"{count:,} pieces", question(count, 1), times=max(3, 3000 // count))
        yield Cost(whole.title, whole.took / count, whole.work / count)


def items(site: Site, counts: Sequence[int], fill: Callable[..., str]) -> Iterator[Cost]:
    """A question and its answer in a conversation of so many items, and to open that."""
    for count in counts:
        thread = fill("items", count)
        opened = {"type": "threads.get_by_id", "params": {"thread_id": thread}}
        yield site.cost(f"{count:,} items: open it", opened)
        yield site.cost(f"{count:,} items: a question", question(10, 0, thread))


def conversations(site: Site, counts: Sequence[int], fill: Callable[..., str]) -> Iterator[Cost]:
    """A page of somebody's list, and a question that begins a conversation, among so many."""
    for count in counts:
        fill("conversations", count)
        listed = {"type": "threads.list", "params": {"limit": 20, "order": "desc"}}
        yield site.cost(f"{count:,} conversations: list", listed)
        yield site.cost(f"{count:,} conversations: a new one", question(10, 0))


@contextmanager
def served(url: str) -> Iterator[tuple[Site, Callable[..., str]]]:
    """The site on this database, and what fills it: `fill("items", 100)`."""
    told = environ(url)
    logins = accounts(1, told)
    with serve(APPLICATION, told) as server:
        (secret,) = asyncio.run(secrets(server.port, logins))
        site = Site(server, urlsplit(url).path.rpartition("/")[2], secret)
        yield site, lambda *what: run("tests.bench.curve_rows", *map(str, what), environ=told)


def show(title: str, costs: Iterator[Cost]) -> None:
    """A table with a bar for each line."""
    print(f"\n{title:36}{'ms':>9}{'CPU ms':>9}", flush=True)
    found = list(costs)
    # Lines of one kind are compared with each other: a list is not a question.
    kinds = [cost.title.partition(":")[2] for cost in found]
    for kind, cost in zip(kinds, found, strict=True):
        dearest = max(one.work for one, its in zip(found, kinds, strict=True) if its == kind)
        bar = "█" * round(BAR * cost.work / dearest) if dearest else ""
        print(f"{cost.title:36}{cost.took:9.2f}{cost.work:9.2f}  {bar}", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make bench curves", description=__doc__)
    parser.add_argument("--pieces", type=int, nargs="*", default=[100, 1000, 5000])
    parser.add_argument("--items", type=int, nargs="*", default=[10, 100, 1000, 10_000])
    parser.add_argument("--conversations", type=int, nargs="*", default=[100, 1000, 10_000])
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="chatkit-curves-") as folder:
        url = os.environ.get("DATABASE_URL") or f"sqlite:///{folder}/site.sqlite3"
        with served(url) as (site, fill):
            show("One piece of an answer of", pieces(site, options.pieces))
            show("In a conversation of", items(site, options.items, fill))
            show("Among", conversations(site, options.conversations, fill))
    return 0
