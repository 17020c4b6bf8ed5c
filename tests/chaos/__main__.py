"""`make chaos`: servers killed under many readers, what they use taken away, and many requests of
any kind, with tables of figures.

CHAOS_ROUNDS (20), CHAOS_STREAMS (50) and CHAOS_REQUESTS (20000) say how much, CHAOS_ONLY names
parts: "kills outages texts requests". It ends with an error where a stored answer has a hole,
where a question or more of an answer was lost than a tick writes at once, where a hostile text
holds a page up, where a request is a fault, or where the site does not serve again. What is not
on this machine is left out, with a word.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.chaos import outages  # noqa: E402
from tests.chaos.faulty_model import FAULTS  # noqa: E402
from tests.chaos.own_servers import Postgres, Redis, postgres  # noqa: E402
from tests.chaos.rounds import one_round  # noqa: E402
from tests.safety import described, hostile, large  # noqa: E402
from tests.selfhosted.realserver import UVICORN, RealServer  # noqa: E402

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "20"))
STREAMS = int(os.environ.get("CHAOS_STREAMS", "50"))
REQUESTS = int(os.environ.get("CHAOS_REQUESTS", "20000"))
ONLY = os.environ.get("CHAOS_ONLY", "kills outages texts requests").split()
ANY = "tests/safety/test_any_request.py"
TEXTS = (
    "tests/safety/test_console_texts.py",
    "tests/browser/element/test_hostile_texts.py",
    "tests/browser/test_hostile_texts.py",
)
PROCESSES = 2
DESCRIBED = 400  # to each address at most
DELTAS = 500


def say(*cells: object, widths: str) -> None:
    """A line of a table: a width for each cell, negative for text."""
    print("  ".join(
        str(cell).ljust(-width) if width < 0 else str(cell).rjust(width)
        for cell, width in zip(cells, map(int, widths.split()), strict=True)
    ), flush=True)  # fmt: skip


# -- kills -----------------------------------------------------------------------------------

KILLS = "-10 -8 6 8 8 10 9"


def kills(database: str, url: str) -> None:
    folder = Path(tempfile.mkdtemp(prefix="chatkit-chaos-"))
    server = RealServer(folder, UVICORN, **environ_of(url)).start()
    try:
        for name, kill in (("SIGKILL", True), ("SIGTERM", False)):
            for number in range(1, ROUNDS + 1):
                found = one_round(server, STREAMS, kill=kill)
                say(
                    database, name, number, found.shown, found.kept, found.lost,
                    f"{found.start:.1f}", widths=KILLS,
                )  # fmt: skip
    finally:
        server.kill()


def environ_of(url: str) -> dict[str, str]:
    """What names this database to a server; "" is its own SQLite file."""
    return {"TEST_DATABASE_URL": url} if url else {}


# -- outages ---------------------------------------------------------------------------------

OUTAGES = "-26 8 6 8 8 -10 10 12"


def outage(name: str, missing: str, find: Callable[[], outages.Figures]) -> None:
    if missing:
        print(f"{name}: left out: {missing}")
        return
    found = find()
    say(
        name, found.readers, found.told, found.shown, found.kept, found.health,
        f"{found.slowest:.2f}", f"{found.recovered:.2f}", widths=OUTAGES,
    )  # fmt: skip


def all_outages() -> None:
    print()
    say("outage", "readers", "told", "shown", "kept", "health", "slowest s", "recovered s",
        widths=OUTAGES)  # fmt: skip
    for how in ("killed", "hung"):
        outage(
            f"cache {how}", Redis.missing(),
            lambda how=how: outages.cache(how, STREAMS, DELTAS),  # type: ignore[misc]
        )  # fmt: skip
    for fault in FAULTS:
        outage(
            f"model {fault}", "",
            lambda fault=fault: outages.model(fault, STREAMS),  # type: ignore[misc]
        )  # fmt: skip
    outage("disk full", outages.no_small_disk(), lambda: outages.disk(STREAMS, DELTAS))


# -- texts -----------------------------------------------------------------------------------


def hostile_texts() -> None:
    """Every one of them in Chromium: at once, in pieces, after a reload, in the admin and in the
    console; and in the console's CSV and the articles made of them."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", *TEXTS],
        env=os.environ | {"HOSTILE_TEXTS": "all"},
    )
    assert done.returncode == 0, "hostile texts"
    count = len(hostile.TEXTS | large.SHORT | large.LONG)
    print(f"{count} hostile texts drawn, {time.monotonic() - began:.0f} s")


# -- requests --------------------------------------------------------------------------------


def any_requests(database: str, url: str) -> None:
    began = time.monotonic()
    report = Path(tempfile.mkdtemp(prefix="chatkit-chaos-")) / "report"
    environ = {
        "ANY_REQUESTS": str(REQUESTS // 2),  # two tests
        "ANY_PARTS": str(PROCESSES),
        "ANY_REPORT": str(report),
        "TEST_DATABASE_URL": url,
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", str(PROCESSES), "-p", "no:cacheprovider", ANY],
        env=os.environ | environ,
    )
    assert done.returncode == 0, database
    answers: Counter[str] = Counter()
    for line in report.read_text().splitlines():
        answers += Counter(json.loads(line))
    statuses = ", ".join(f"{status}: {count}" for status, count in sorted(answers.items()))
    seconds = time.monotonic() - began
    print(f"{database}: {answers.total()} requests, no fault, {seconds:.0f} s ({statuses})")


def described_requests(database: str, url: str) -> None:
    if reason := described.missing():
        print(f"{database}, described: left out: {reason}")
        return
    began = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="chatkit-chaos-"))
    server = RealServer(folder, UVICORN, **environ_of(url)).start()
    try:
        count = described.send(server, folder, DESCRIBED)
    finally:
        server.kill()
    seconds = time.monotonic() - began
    print(f"{database}: {count} requests from the description, no fault, {seconds:.0f} s")


def databases(part: Callable[[str, str], None]) -> None:
    """On SQLite, and on a PostgreSQL of its own."""
    part("SQLite", "")
    if reason := Postgres.missing():
        print(f"PostgreSQL: left out: {reason}")
        return
    with postgres() as server:
        part("PostgreSQL", server.url)


def main() -> None:
    if "kills" in ONLY:
        say("database", "signal", "round", "shown", "kept", "most lost", "start s", widths=KILLS)
        databases(kills)
    if "outages" in ONLY:
        all_outages()
    if "texts" in ONLY:
        print()
        hostile_texts()
    if "requests" in ONLY:
        print()
        databases(any_requests)
        databases(described_requests)


if __name__ == "__main__":
    main()
