"""What the server uses is taken away under readers, and comes back.

Each outage asserts that nothing is kept that was not shown or the other way round, that no question
is lost, that requests stay quick, and gives figures.
"""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..selfhosted.protocol import ask, create, until
from ..selfhosted.realserver import UVICORN, RealServer
from .faulty_model import WORDS, FaultyModel
from .own_servers import redis
from .readers import Readers, health

# Of a request while something is away, in seconds: the promise is one, on a machine that is free.
SOON = 5.0


@dataclass(frozen=True)
class Figures:
    """Deltas are words."""

    readers: int
    told: int  # that something is wrong
    shown: int
    kept: int
    health: str  # its word meanwhile
    slowest: float  # seconds of the slowest request meanwhile
    recovered: float  # seconds until all is well again


def counted(text: str) -> int:
    """The words "1 2 3 …" of an answer; none may be missing."""
    numbers = [int(number) for number in text.split()]
    assert numbers == list(range(1, len(numbers) + 1)), "an answer with a hole"
    return len(numbers)


def figures(readers: Readers, word: str, slowest: float, recovered: float) -> Figures:
    """Compares what each saw with what is kept of it."""
    kept = readers.stored()
    for reader, text in zip(readers.all, kept, strict=True):
        assert reader.shown.strip() == text.strip(), (reader.shown[-60:], text[-60:])
    return Figures(
        readers=len(readers.all),
        told=sum(reader.told for reader in readers.all),
        shown=sum(counted(reader.shown) for reader in readers.all),
        kept=sum(map(counted, kept)),
        health=word,
        slowest=slowest,
        recovered=recovered,
    )


def timed(call: Callable[[], int]) -> tuple[int, float]:
    """The status, and the seconds until it was there."""
    began = time.monotonic()
    return call(), time.monotonic() - began


def listed(server: RealServer) -> int:
    answer = server.call(ask("threads.list"))
    status = answer.status
    answer.drop()
    return status


def asked(server: RealServer) -> int:
    """A new question's status; its answer is read to the end."""
    answer = server.call(create("say 3"))
    if answer.status == 200:
        answer.read()
    return answer.status


def until_well(server: RealServer, seconds: float = 30) -> float:
    """Seconds until health says ok."""
    began = time.monotonic()
    until(lambda: health(server)["status"] == "ok", seconds)
    return time.monotonic() - began


# -- the cache -----------------------------------------------------------------------------


def cache(how: str, streams: int, deltas: int) -> Figures:
    """Redis is "killed" or "hung" while people read: all go on, and calls are not counted."""
    folder = Path(tempfile.mkdtemp(prefix="chatkit-chaos-"))
    with redis(folder) as store:
        server = RealServer(folder, UVICORN, TEST_CACHE_URL=store.url).start()
        try:
            assert health(server)["status"] == "ok"
            readers = Readers(server, f"drip {deltas}", streams).begin('"delta":"5 "')
            store.kill() if how == "killed" else store.signal(signal.SIGSTOP)
            calls = [timed(lambda: listed(server)) for _ in range(5)]
            calls += [timed(lambda: asked(server)) for _ in range(3)]
            word = health(server)
            store.start() if how == "killed" else store.signal(signal.SIGCONT)
            recovered = until_well(server)
            readers.end()
            slowest = max(word["took"], *(took for _status, took in calls))
            assert {status for status, _took in calls} == {200}
            assert (word["status"], word["database"]) == ("degraded", "ok")
            assert slowest < SOON
            found = figures(readers, word["status"], slowest, recovered)
            assert (found.told, found.kept) == (0, streams * deltas)
            return found
        finally:
            server.kill()
            shutil.rmtree(folder, ignore_errors=True)


# -- the model -----------------------------------------------------------------------------


def model(fault: str, streams: int) -> Figures:
    """The model fails: each reader is told, keeps what was said, and the next question is
    answered as soon as it is well. Health does not ask it."""
    folder = Path(tempfile.mkdtemp(prefix="chatkit-chaos-"))
    away = FaultyModel()
    server = RealServer(
        folder, UVICORN, TEST_MODEL_URL=away.url,
        TEST_SERVER="tests.chaos.assistants.HastyServer",
    ).start()  # fmt: skip
    try:
        well = Readers(server, "Count, please.", 1).begin().end()
        assert figures(well, "", 0, 0).kept == WORDS
        away.fail(fault)
        readers = Readers(server, "Count, please.", streams).begin()
        calls = [timed(lambda: listed(server)) for _ in range(5)]
        word = health(server)
        readers.end()
        found = figures(readers, word["status"], max(reader.took for reader in readers.all), 0)
        away.fail("")
        began = time.monotonic()
        again = Readers(server, "Count, please.", streams).begin().end()
        recovered = time.monotonic() - began
        assert {status for status, _took in calls} == {200}
        assert max(took for _status, took in calls) < SOON
        assert (found.health, found.told) == ("ok", streams)
        assert {reader.status for reader in readers.all} == {200}
        assert not [reader.seen[-1] for reader in again.all if reader.told]
        assert figures(again, "", 0, 0).kept == streams * WORDS
        return Figures(**vars(found) | {"recovered": recovered})
    finally:
        server.kill()
        away.close()
        shutil.rmtree(folder, ignore_errors=True)


# -- the disk ------------------------------------------------------------------------------


def no_small_disk() -> str:
    """Why there is none to fill; "" where there is."""
    try:
        with small_disk():
            return ""
    except (OSError, subprocess.CalledProcessError):
        return "no file system can be mounted here, which takes root on Linux"


@contextmanager
def small_disk(mebibytes: int = 24) -> Iterator[Path]:
    """A file system of its own in memory."""
    folder = Path(tempfile.mkdtemp(prefix="chatkit-disk-"))
    try:
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={mebibytes}m", "chatkit-chaos", str(folder)],
            check=True, capture_output=True,
        )  # fmt: skip
        try:
            yield folder
        finally:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
    finally:
        folder.rmdir()


def fill(folder: Path) -> Path:
    """A file that takes all the room that is left."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * 4096)
        except OSError:
            return filler


def emptied(database: Path) -> bool:
    """Whether SQLite's log was cut to nothing: what is free in it takes writes on a full disk."""
    connection = sqlite3.connect(database)
    try:
        busy, _pages, _moved = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        connection.close()
    return not busy


def disk(streams: int, deltas: int) -> Figures:
    """The disk of the SQLite file is full while people read: they are told what is not stored, new
    questions are refused, reading goes on, and all is stored when there is room."""
    with small_disk() as folder:
        server = RealServer(folder, UVICORN).start()
        try:
            readers = Readers(server, f"drip {deltas}", streams).begin('"delta":"5 "')
            until(lambda: emptied(folder / "db.sqlite3"), 10)
            filler = fill(folder)
            until(lambda: health(server)["status"] == "failed", 30)
            word = health(server)
            calls = [timed(lambda: listed(server)) for _ in range(5)]
            refused = [timed(lambda: asked(server)) for _ in range(2)]
            readers.end()
            filler.unlink()
            recovered = until_well(server)
            found = figures(
                readers, word["status"],
                max(took for _status, took in calls + refused), recovered,
            )  # fmt: skip
            assert {status for status, _took in calls} == {200}
            assert all(status >= 500 for status, _took in refused)
            assert found.slowest < SOON
            assert (found.told, found.kept) == (streams, streams * deltas)
            assert asked(server) == 200
            return found
        finally:
            server.kill()
