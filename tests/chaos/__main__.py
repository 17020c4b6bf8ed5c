"""`make chaos`: servers killed under many readers, what they use taken away, hostile texts, and
many requests of any kind; tables of all figures at the end.

CHAOS_ROUNDS (20), CHAOS_STREAMS (50) and CHAOS_REQUESTS (20000) say how much, CHAOS_ONLY names
parts: "kills outages texts requests". It ends with an error where a stored answer has a hole,
where a question or more of an answer was lost than a tick writes at once, where a hostile text
holds a page up, where a request is a fault, or where the site does not serve again; all other
steps are done all the same. What is not on this machine is left out, with a word.

Two steps run at a time, one for each of two processors: a step is a process that works, or a
server and its readers.
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
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Lock

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.chaos import outages  # noqa: E402
from tests.chaos.faulty_model import FAULTS  # noqa: E402
from tests.chaos.own_servers import Postgres, Redis, postgres  # noqa: E402
from tests.chaos.report import LeftOut, Report, say  # noqa: E402
from tests.chaos.rounds import one_round  # noqa: E402
from tests.safety import described, hostile, large  # noqa: E402
from tests.selfhosted.realserver import UVICORN, RealServer  # noqa: E402

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "20"))
STREAMS = int(os.environ.get("CHAOS_STREAMS", "50"))
REQUESTS = int(os.environ.get("CHAOS_REQUESTS", "20000"))
ONLY = os.environ.get("CHAOS_ONLY", "kills outages texts requests").split()
AT_ONCE = 2
DESCRIBED = 400  # to each address at most
DELTAS = 500
PATIENCE = 3600  # seconds for one pytest

Step = tuple[str, Callable[[], None]]
Part = Callable[[str, str], None]  # on a database, by its name and URL; "" is SQLite's own file
report = Report()
streaming = Lock()


def on_sqlite(part: Part) -> Callable[[], None]:
    return partial(part, "SQLite", "")


def on_postgresql(part: Part) -> Callable[[], None]:
    """On a PostgreSQL of its own."""

    def step() -> None:
        if reason := Postgres.missing():
            raise LeftOut(reason)
        with postgres() as server:
            part("PostgreSQL", server.url)

    return step


def environ_of(url: str) -> dict[str, str]:
    """What names this database to a server; "" is its own SQLite file."""
    return {"TEST_DATABASE_URL": url} if url else {}


def scratch() -> Path:
    return Path(tempfile.mkdtemp(prefix="chatkit-chaos-"))


def pytest(path: str, **environ: str) -> None:
    """One file of tests, in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider", path],
        env=os.environ | environ, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 0, f"{path} failed\n{done.stdout[-8000:]}{done.stderr[-2000:]}"


def kills(database: str, url: str) -> None:
    server = RealServer(scratch(), UVICORN, **environ_of(url)).start()
    try:
        for signal, kill in (("SIGKILL", True), ("SIGTERM", False)):
            for _ in range(ROUNDS):
                found = one_round(server, STREAMS, kill=kill, alone=streaming)
                report.killed(database, signal, found)
    finally:
        server.kill()


def outage(name: str, missing: str, find: Callable[[], outages.Figures]) -> Step:
    def step() -> None:
        if missing:
            raise LeftOut(missing)
        report.outage(name, find())

    return name, step


def all_outages() -> list[Step]:
    return [
        *(
            outage(f"cache {how}", Redis.missing(), partial(outages.cache, how, STREAMS, DELTAS))
            for how in ("killed", "hung")
        ),
        *(outage(f"model {fault}", "", partial(outages.model, fault, STREAMS)) for fault in FAULTS),
        outage("disk full", outages.no_small_disk(), partial(outages.disk, STREAMS, DELTAS)),
    ]


def hostile_texts(path: str, database: str, url: str) -> None:
    """Every one of them: at once, in pieces, after a reload, in the admin and in the console; and
    in the console's CSV and the articles made of them."""
    began = time.monotonic()
    pytest(path, HOSTILE_TEXTS="all", TEST_DATABASE_URL=url)
    count = len(hostile.TEXTS | large.SHORT | large.LONG)
    report.counted(f"hostile texts, {path}, {database}", count, time.monotonic() - began)


def any_requests(database: str, url: str) -> None:
    began = time.monotonic()
    statuses = scratch() / "statuses"
    pytest(
        "tests/safety/test_any_request.py", TEST_DATABASE_URL=url, ANY_REPORT=str(statuses),
        ANY_REQUESTS=str(REQUESTS // 2),  # two tests
    )  # fmt: skip
    answers: Counter[str] = Counter()
    for line in statuses.read_text().splitlines():
        answers += Counter(json.loads(line))
    words = ", ".join(f"{status}: {count}" for status, count in sorted(answers.items()))
    seconds = time.monotonic() - began
    report.counted(f"requests of any kind, {database}", answers.total(), seconds, f"({words})")


def described_requests(database: str, url: str) -> None:
    if reason := described.missing():
        raise LeftOut(reason)
    began = time.monotonic()
    folder = scratch()
    server = RealServer(folder, UVICORN, **environ_of(url)).start()
    try:
        count = described.send(server, folder, DESCRIBED)
    finally:
        server.kill()
    report.counted(f"requests as described, {database}", count, time.monotonic() - began)


def steps() -> list[Step]:
    """Long ones first, so that both processors are busy to the end."""
    found: list[Step] = []
    if "kills" in ONLY:
        found += [
            ("kills, SQLite", on_sqlite(kills)),
            ("kills, PostgreSQL", on_postgresql(kills)),
        ]
    if "texts" in ONLY:
        page = partial(hostile_texts, "tests/browser/test_hostile_texts.py")
        found.append(("hostile texts on the site's pages", on_sqlite(page)))
    if "requests" in ONLY:
        found += [
            ("requests of any kind, SQLite", on_sqlite(any_requests)),
            ("requests of any kind, PostgreSQL", on_postgresql(any_requests)),
        ]
    if "texts" in ONLY:
        element = partial(hostile_texts, "tests/browser/element/test_hostile_texts.py")
        console = partial(hostile_texts, "tests/safety/test_console_texts.py")
        found += [
            ("hostile texts in the element", on_sqlite(element)),
            ("hostile texts in the console", on_sqlite(console)),
            ("hostile texts in the console, PostgreSQL", on_postgresql(console)),
        ]
    if "requests" in ONLY:
        found += [
            ("requests as described, SQLite", on_sqlite(described_requests)),
            ("requests as described, PostgreSQL", on_postgresql(described_requests)),
        ]
    if "outages" in ONLY:
        found += all_outages()
    return found


def main() -> int:
    """0 where nothing failed."""
    began = time.monotonic()
    with ThreadPoolExecutor(AT_ONCE) as lanes:
        for _ in lanes.map(lambda step: report.step(*step), steps()):
            pass
    say(f"\n{report.tables()}\n\n{(time.monotonic() - began) / 60:.1f} minutes")
    return 1 if report.faults else 0


if __name__ == "__main__":
    sys.exit(main())
