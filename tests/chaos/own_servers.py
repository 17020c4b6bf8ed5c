"""A PostgreSQL and a Redis of one's own on free ports, to be killed, hung and started again."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PLACES = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)


def tool(name: str) -> str:
    """Where a program is; "" where it is not."""
    beside = [str(place / name) for place in PLACES if (place / name).exists()]
    return (beside or [shutil.which(name) or ""])[0]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


LOOPBACK = "127.0.0.1"


def wait_for(port: int, seconds: float = 30, address: str = LOOPBACK) -> None:
    deadline = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection((address, port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, f"nothing answers on port {port}"
            time.sleep(0.05)


class Postgres:
    """A cluster in a folder of its own. As root it runs as the user postgres: it refuses root."""

    def __init__(self, folder: Path, address: str = LOOPBACK, *options: str) -> None:
        self.folder = folder
        self.address, self.options = address, options
        self.port = free_port()
        self.url = f"postgres://postgres@{address}:{self.port}/postgres"
        if os.getuid() == 0:
            owner = pwd.getpwnam("postgres")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync",
                  "-D", str(self.data))  # fmt: skip
        if address != LOOPBACK:
            with (self.data / "pg_hba.conf").open("a") as rules:
                rules.write("host all all samenet trust\n")

    @staticmethod
    def missing() -> str:
        if not (tool("initdb") and tool("pg_ctl")):
            return "no programs of PostgreSQL here"
        return ""

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def start(self) -> None:
        options = ["fsync=off", f"listen_addresses={self.address}", *self.options]
        given = " ".join(["-p", str(self.port), "-k", str(self.folder),
                          *(f"-c {option}" for option in options)])  # fmt: skip
        self._run("pg_ctl", "start", "-w", "-D", str(self.data), "-o", given,
                  "-l", str(self.folder / "log"))  # fmt: skip

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "stop", "-w", "-m", mode, "-D", str(self.data))

    def pid(self) -> int:
        return int((self.data / "postmaster.pid").read_text().split()[0])

    def _run(self, name: str, *arguments: str) -> None:
        user = "postgres" if os.getuid() == 0 else None
        done = subprocess.run(
            [tool(name), *arguments],
            cwd=self.folder, user=user, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr.decode()


@contextmanager
def postgres(address: str = LOOPBACK, *options: str) -> Iterator[Postgres]:
    # Not a folder of pytest's: those above it are closed to the user postgres.
    folder = Path(tempfile.mkdtemp(prefix="chatkit-postgres-"))
    server = Postgres(folder, address, *options)
    server.start()
    try:
        yield server
    finally:
        if (server.data / "postmaster.pid").exists():
            server.stop("immediate")
        shutil.rmtree(folder, ignore_errors=True)


class Redis:
    def __init__(self, folder: Path, address: str = LOOPBACK) -> None:
        self.folder, self.address = folder, address
        self.port = free_port()
        self.url = f"rediscache://{address}:{self.port}/0"
        self.process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def missing() -> str:
        return "" if tool("redis-server") else "no redis-server here"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [tool("redis-server"), "--port", str(self.port), "--bind", self.address,
             "--protected-mode", "no", "--save", "", "--appendonly", "no"],
            cwd=self.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        wait_for(self.port, address=self.address)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(10)


@contextmanager
def redis(folder: Path, address: str = LOOPBACK) -> Iterator[Redis]:
    server = Redis(folder, address)
    server.start()
    try:
        yield server
    finally:
        server.kill()
