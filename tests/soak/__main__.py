"""`make soak MINUTES=60 SHARE=60`: the site under a steady load, with all that goes wrong in a day.

People ask, read, leave, come back, stop and look on from a second device; five of a hundred answers
of the model fail, each in a way of its own; a process of the server is killed every five minutes.
The load is SHARE per cent of what this machine's processors can do, by the time that an answer
takes of them with everything (server, database, Redis, model, readers).

It ends with an error where a record is not what its person saw, something that was shown is not
kept, a question was refused, or a process has grown after the first minutes. SEED repeats a run.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from ..chaos.own_servers import Postgres, Redis, postgres, redis
from .people import Asked, Person
from .records import Records
from .server import Server
from .sizes import Sizes, descendants, processor_seconds

MINUTES = float(os.environ.get("MINUTES", "60"))
SHARE = float(os.environ.get("SHARE", "60")) / 100
SEED = int(os.environ.get("SEED", "1"))
FAULTS = 5  # of a hundred answers of the model
KILL_SECONDS = min(300.0, MINUTES * 60 / 4)
WARM_SECONDS = min(600.0, MINUTES * 60 / 3)
WARMED_SECONDS, MEASURED_SECONDS, MEASURED_RATE = 10.0, 20.0, 3.0  # what an answer takes
SIZES_SECONDS, LOOK_SECONDS, SAID_SECONDS = 5.0, 3.0, 60.0


def say(line: str) -> None:
    print(line, flush=True)


class Soak:
    def __init__(self, server: Server, database: str) -> None:
        self.server = server
        self.records = Records(database)
        self.sizes = Sizes()
        self.idle = [
            Person(server.door, secret, SEED * 1000 + number)
            for number, secret in enumerate(server.people)
        ]
        self.random = random.Random(SEED)
        self.random.shuffle(self.idle)
        self.asked: set[asyncio.Task[None]] = set()
        self.done = self.words = self.missed = self.kills = self.reconnected = 0
        self.first: list[float] = []
        self.faults: list[str] = []

    async def measure(self) -> float:
        """Processor seconds of one answer, with everything."""
        await self._load(WARMED_SECONDS, MEASURED_RATE)  # connections, imports, caches
        await self._all_read()
        before, count, words = self._used(), self.done, self.words
        await self._load(MEASURED_SECONDS, MEASURED_RATE)
        await self._all_read()
        done = max(1, self.done - count)
        used = {name: (value - before[name]) / done for name, value in self._used().items()}
        parts = ", ".join(f"{value * 1000:.1f} ms {name}" for name, value in used.items())
        say(f"An answer of {(self.words - words) / done:.0f} words: {parts}.")
        return sum(used.values())

    def _used(self) -> dict[str, float]:
        """Processor seconds so far."""
        site = processor_seconds(descendants(self.server.server.pid))
        database = processor_seconds(self.server.beside())
        everything = processor_seconds(descendants(os.getpid()))
        return {
            "of the site's processes": site,
            "of PostgreSQL": database,
            "of Redis, the model and its readers": everything - site,
        }

    async def _all_read(self) -> None:
        while self.asked:
            await asyncio.gather(*list(self.asked))

    def _processor(self) -> float:
        return sum(self._used().values())

    async def _load(self, seconds: float, rate: float) -> None:
        """So many questions a second, whoever is free, at irregular times."""
        began = time.monotonic()
        at = began
        while (now := time.monotonic()) < began + seconds:
            if at > now:
                await asyncio.sleep(min(at - now, 0.5))
                continue
            at += self.random.expovariate(rate)
            if not self.idle:
                self.missed += 1  # everybody reads
                continue
            task = asyncio.create_task(self._one(self.idle.pop(0)))
            self.asked.add(task)
            task.add_done_callback(self.asked.discard)

    async def _one(self, person: Person) -> None:
        try:
            asked = await person.ask()
        except Exception as error:
            self.faults.append(f"{type(error).__name__}: {error}")
            say(f"WRONG: {self.faults[-1]}")
            return
        finally:
            self.idle.append(person)
        self._note(asked)

    def _note(self, asked: Asked) -> None:
        self.done += 1
        self.words += asked.words
        self.reconnected += len(asked.reading.broken)
        if asked.reading.first and not asked.reading.broken:
            self.first.append(asked.reading.first)
        self.records.add(asked)

    async def _kill(self) -> None:
        """The youngest process, so that the others show whether they grow."""
        while True:
            await asyncio.sleep(KILL_SECONDS)
            pid = self.server.youngest()
            self.records.killed.add(pid)
            os.kill(pid, signal.SIGKILL)
            self.kills += 1

    async def _note_sizes(self, began: float) -> None:
        while True:
            self.sizes.note(time.monotonic() - began, self.server.processes())
            await asyncio.sleep(SIZES_SECONDS)

    async def _look(self, began: float) -> None:
        said, told = 0.0, 0
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            await asyncio.to_thread(self.records.look)
            # At once: what else happened in that moment tells why.
            for fault in self.records.wrong[told:]:
                say(f"{(time.monotonic() - began) / 60:5.1f} min: WRONG: {fault}")
            told = len(self.records.wrong)
            if (at := time.monotonic() - began) - said >= SAID_SECONDS:
                said = at
                say(f"{at / 60:5.1f} min: {self.state()}")

    def state(self) -> str:
        recent = sorted(self.first[-200:]) or [0.0]
        counts = ", ".join(f"{n} {name}" for name, n in sorted(self.records.statuses.items()))
        wrong = len(self.records.wrong) + len(self.faults)
        return (
            f"{self.done} answers ({counts}), {len(self.asked)} being read, {self.kills} kills, "
            f"first words after {statistics.median(recent):.2f} s, {wrong} faults"
        )

    async def run(self) -> None:
        used = await self.measure()
        rate = SHARE * (os.cpu_count() or 1) / used
        say(f"{SHARE:.0%} of {os.cpu_count()} processors are {rate:.1f} answers a second.")
        began, before = time.monotonic(), self._processor()
        self.first.clear()
        beside = [
            asyncio.create_task(work)
            for work in (self._kill(), self._note_sizes(began), self._look(began))
        ]
        await self._load(MINUTES * 60, rate)
        for task in beside:
            task.cancel()
        failed = await asyncio.gather(*beside, return_exceptions=True)
        self.faults += [str(one) for one in failed if not isinstance(one, asyncio.CancelledError)]
        self.share = (self._processor() - before) / (time.monotonic() - began)
        await self._all_read()
        await self._settle()

    async def _settle(self) -> None:
        """Until each run is over, those whose process was killed too."""
        deadline = time.monotonic() + 60
        while self.records.waiting and time.monotonic() < deadline:
            await asyncio.sleep(1)
            await asyncio.to_thread(self.records.look)
        await asyncio.to_thread(self.records.look, last=True)

    def report(self, model: dict[str, int]) -> list[str]:
        """Says the figures; what is wrong."""
        records, first = self.records, sorted(self.first)
        failing = {name: n for name, n in model.items() if name not in ("well", "left")}
        failed = records.statuses["failed"]
        wrong = [*self.faults, *records.wrong, *self.sizes.grown(WARM_SECONDS)]
        spared = sum(failing.values()) - failed
        lost = records.statuses["stopped"] + records.statuses["interrupted"]
        if not 0 <= spared <= lost:
            wrong.append(f"{failing} of the model, and {failed} answers failed")
        say(f"\n{MINUTES:.0f} minutes: {self.state()}")
        say(f"The model failed: {failing}. {self.reconnected} connections broke and were renewed.")
        say(f"{records.words_shown:,} words shown, {records.words_kept:,} kept.")
        p50, p95 = statistics.median(first), first[int(len(first) * 0.95)]
        say(f"First words after {p50 * 1000:.0f} ms (p50), {p95 * 1000:.0f} ms (p95).")
        say(f"{self.share:.2f} processors used of {os.cpu_count()}; {self.missed} not asked.")
        for line in (*self.sizes.lines(WARM_SECONDS), *records.sizes(self.done)):
            say(line)
        return wrong


def main() -> int:
    for why in (Postgres.missing(), Redis.missing()):
        if why:
            say(f"Left out: {why}.")
            return 0
    with ExitStack() as made:
        folder = Path(made.enter_context(tempfile.TemporaryDirectory(prefix="chatkit-soak-")))
        database = made.enter_context(postgres())
        store = made.enter_context(redis(folder))
        server = made.enter_context(Server(folder, database, store, FAULTS).running())
        soak = Soak(server, database.url)
        asyncio.run(soak.run())
        wrong = soak.report(server.model_counts())
        wrong += server.redis_says()
    for line in wrong[:40]:
        say(f"WRONG: {line}")
    say(f"{len(wrong)} faults." if wrong else "Nothing lost, nothing grown, every record true.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
