"""A real server process on a free port, with a database file of its own."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from ..tools.forked import Forked
from ..tools.shared import made_once
from .protocol import events, until

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENT = ["uvicorn", "mseller.asgi:application", "--log-level", "warning"]
UVICORN = [*PATIENT, "--timeout-graceful-shutdown", "1"]
GUNICORN = ["gunicorn", "mseller.wsgi:application", "--worker-class", "gthread",
            "--threads", "8", "--graceful-timeout", "1", "--log-level", "warning"]  # fmt: skip


def set_up(environ: dict[str, str], folder: Path) -> tuple[str, str]:
    """Tables and two people with a session each, in the database of `environ`; their secrets."""
    log = folder / "prepared.log"
    made = Forked(["tests.selfhosted.prepare"], folder=ROOT, env=environ, log=log)
    assert made.wait(120) == 0, log.read_text()
    ada, bob = log.read_text().split()
    return ada, bob


@cache
def prepared() -> tuple[Path, tuple[str, str]]:
    """An SQLite file so set up, made once per run of the tests to be copied, and the secrets."""

    def make(folder: Path) -> None:
        secrets = set_up(environment(folder / "db.sqlite3"), folder)
        (folder / "secrets").write_text(" ".join(secrets))

    folder = made_once("real-server", make)
    ada, bob = (folder / "secrets").read_text().split()
    return folder / "db.sqlite3", (ada, bob)


def environment(database: Path) -> dict[str, str]:
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.selfhosted.site",
        "TEST_DATABASE_URL": f"sqlite:///{database}",
        "PYTHONPATH": str(ROOT),
    }


class Answer:
    """A response that is read as it comes."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection
        self.response = connection.getresponse()
        self.status = self.response.status
        self.headers = self.response.headers
        self.data = b""
        if self.status != 200:
            self.read()

    @property
    def run_id(self) -> str:
        return str(self.headers["X-ChatKit-Run"])

    def read(self) -> bytes:
        self.data += self.response.read()
        self.connection.close()
        return self.data

    def read_until(self, enough: bytes) -> bytes:
        """Read on until the bytes have come."""
        while enough not in self.data:
            chunk = self.response.read1(65536)
            assert chunk, self.data[-500:]
            self.data += chunk
        return self.data

    def drop(self) -> bytes:
        """Close the connection, as a reload does; the whole events that had come."""
        if self.connection.sock is not None:
            self.connection.sock.close()
        self.response.close()
        self.connection.close()
        return self.data[: self.data.rfind(b"\n\n") + 2]

    def json(self) -> Any:
        return json.loads(self.read())


class RealServer:
    """A server on the database that `environ` names; `secrets` of two people who are in it save it
    the tables."""

    def __init__(
        self,
        folder: Path,
        command: list[str],
        secrets: tuple[str, str] | None = None,
        /,
        **environ: str,
    ) -> None:
        self.folder = folder
        self.command = command
        database = folder / "db.sqlite3"
        self.environ = environment(database) | environ
        self.process: subprocess.Popen[bytes] | Forked | None = None
        if self.environ["TEST_DATABASE_URL"] == f"sqlite:///{database}":
            source, (self.ada, self.bob) = prepared()
            shutil.copyfile(source, database)
        else:
            self.ada, self.bob = secrets or set_up(self.environ, folder)

    def start(self) -> RealServer:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        where = (
            ["--bind", f"127.0.0.1:{self.port}"]
            if self.command[0] in ("gunicorn", "hypercorn")
            else ["--port", str(self.port)]
        )
        self.process = self._started([*self.command, *where], self.folder / "server.log")
        until(self._answers, seconds=90)
        return self

    def _started(self, command: list[str], log: Path) -> subprocess.Popen[bytes] | Forked:
        if command[0] == "gunicorn" or (command[0] == "uvicorn" and "--workers" not in command):
            return Forked(command, folder=ROOT, env=self.environ, log=log)
        # The workers of the others are new interpreters in any case.
        with log.open("ab") as written:
            return subprocess.Popen(
                [sys.executable, "-m", *command],
                cwd=ROOT,
                env=self.environ,
                stdout=written,
                stderr=written,
                start_new_session=True,
            )

    def _answers(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.output()
        try:
            answer = self.call({"type": "threads.list", "params": {}})
            answer.read()
            return answer.status == 200
        except OSError:
            return False

    def call(self, request: Any, secret: str | None = None, **headers: str) -> Answer:
        return self.send("POST", "/api/chatkit", json.dumps(request), secret, **headers)

    def send(
        self, method: str, path: str, body: str = "", secret: str | None = None, **headers: str
    ) -> Answer:
        # A connection of its own each time, so that several workers take turns.
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(
            method,
            path,
            body,
            {
                "Authorization": f"Bearer {secret or self.ada}",
                "Content-Type": "application/json",
                "Connection": "close",
                **headers,
            },
        )
        return Answer(connection)

    def events(self, run_id: str, after: int = 0) -> Answer:
        return self.send("GET", f"/api/chatkit/runs/{run_id}/events?after={after}")

    def stop_run(self, run_id: str) -> Answer:
        return self.send("POST", f"/api/chatkit/runs/{run_id}/stop")

    def items(self, thread_id: str) -> list[Any]:
        request = {"type": "threads.get_by_id", "params": {"thread_id": thread_id}}
        return list(self.call(request).json()["items"]["data"])

    def terminate(self, seconds: float = 15) -> None:
        assert self.process is not None
        self.process.terminate()
        self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL to the process and its workers: nobody gets to say anything."""
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def output(self) -> str:
        return (self.folder / "server.log").read_text()[-5000:]


class TwoServers(RealServer):
    """Two processes on one database, which take turns: nobody meets the same one twice.

    As uvicorn's `--workers 2`, without two interpreters that load all anew.
    """

    def __init__(self, *given: Any, **environ: str) -> None:
        super().__init__(*given, **environ)
        self._ports: dict[int, subprocess.Popen[bytes] | Forked] = {}
        self._calls = count()

    def start(self) -> TwoServers:
        """Start those that do not run, such as one that was killed."""
        while len(running := self._running()) < 2:
            self._ports = {}  # who starts is asked whether it answers
            super().start()
            assert self.process is not None
            self._ports = running | {self.port: self.process}
        return self

    def _running(self) -> dict[int, subprocess.Popen[bytes] | Forked]:
        return {port: each for port, each in self._ports.items() if each.poll() is None}

    def send(
        self, method: str, path: str, body: str = "", secret: str | None = None, **headers: str
    ) -> Answer:
        if ports := [*self._running()]:
            self.port = ports[next(self._calls) % len(ports)]
        return super().send(method, path, body, secret, **headers)

    def kill_one(self, pid: int) -> None:
        """SIGKILL to the process of this id; until it is gone, its socket still takes calls."""
        (process,) = (each for each in self._ports.values() if each.pid == pid)
        process.kill()
        process.wait(10)

    def kill(self) -> None:
        for process in self._ports.values():
            self.process = process
            super().kill()


def thread_of(data: bytes) -> str:
    return str(events(data)[0]["thread"]["id"])
