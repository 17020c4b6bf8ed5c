"""The site with its processes, its model, its database and its Redis, on this machine alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis as redis_client

from ..chaos.own_servers import LOOPBACK, Postgres, Redis, free_port
from ..cluster.client import NAME, Address
from ..cluster.network import ROOT

PROCESSES = 3
PEOPLE = 300
STARTED = 300.0
HEALTHCHECK = 60  # seconds
MOST_MIB = 64  # of Redis: frames end two minutes after the last of their run


class Server:
    def __init__(self, folder: Path, database: Postgres, store: Redis, faults: float) -> None:
        self.folder, self.database, self.store, self.faults = folder, database, store, faults
        self.model_port, self.port = free_port(), free_port()
        self.door: Address = (LOOPBACK, self.port)
        self.log = folder / "server.log"
        self.environ = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.cluster.site",
            "READ_DOT_ENV": "off",
            "DEBUG": "off",
            "HTTPS": "off",
            "SECRET_KEY": "soak-" + "s" * 50,
            "ALLOWED_HOSTS": NAME,
            "DATABASE_URL": database.url,
            "CACHE_URL": store.url,
            "CHATKIT_STREAMS": self.streams,
            "CHATKIT_WORKFLOW_SERVER": "",
            "OPENAI_API_KEY": "sk-soak",
            "OPENAI_BASE_URL": f"http://{LOOPBACK}:{self.model_port}/v1",
            "CHATKIT_MODEL": "counting",
            "DJANGO_LOG_LEVEL": "ERROR",
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
            "PYTHONPATH": str(ROOT),
        }
        (folder / "static").mkdir()

    @property
    def streams(self) -> str:
        return self.store.url.replace("rediscache", "redis").replace("/0", "/1")

    @contextmanager
    def running(self) -> Iterator[Server]:
        self._run("manage.py", "migrate", "--verbosity", "0")
        made = self._run("-m", "tests.cluster.people", str(PEOPLE), "0")
        self.people = [one["wf_cluster"] for one in json.loads(made.strip().splitlines()[-1])]
        with self.log.open("ab") as log:
            model = subprocess.Popen(
                [sys.executable, "-m", "tests.cluster.model", LOOPBACK, str(self.model_port),
                 "--faults", str(self.faults)],
                cwd=ROOT, stdout=log, stderr=log,
            )  # fmt: skip
            self.server = subprocess.Popen(
                [sys.executable, "-m", "uvicorn", "mseller.asgi:application",
                 "--host", LOOPBACK, "--port", str(self.port), "--workers", str(PROCESSES),
                 "--no-server-header", "--no-access-log", "--log-level", "info",
                 "--timeout-worker-healthcheck", str(HEALTHCHECK),
                 "--timeout-graceful-shutdown", "8"],
                cwd=ROOT, env=self.environ, stdout=log, stderr=log,
            )  # fmt: skip
        try:
            self._wait()
            yield self
        finally:
            for process in (self.server, model):
                process.terminate()
            # uvicorn waits as long for a process that was killed as it was asked how it is.
            for process in (self.server, model):
                process.wait(HEALTHCHECK + 60)

    def _run(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=ROOT, env=self.environ, text=True, capture_output=True
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def _wait(self) -> None:
        deadline = time.monotonic() + STARTED
        while self.log.read_bytes().count(b"Application startup complete") < PROCESSES:
            assert time.monotonic() < deadline, self.log.read_text()[-4000:]
            time.sleep(0.1)

    def processes(self) -> list[int]:
        """Those that serve, the oldest first."""
        found = []
        for task in Path(f"/proc/{self.server.pid}/task").iterdir():
            for word in (task / "children").read_text().split():
                if b"fork" in Path(f"/proc/{word}/cmdline").read_bytes():
                    found.append(int(word))
        return sorted(found)

    def youngest(self) -> int:
        return self.processes()[-1]

    def beside(self) -> list[int]:
        """The database, which is nobody's child."""
        parent = self.database.pid()
        found = [parent]
        for task in Path(f"/proc/{parent}/task").iterdir():
            found += [int(word) for word in (task / "children").read_text().split()]
        return found

    def model_counts(self) -> dict[str, int]:
        """How many answers the model has begun, by what became of them."""
        url = f"http://{LOOPBACK}:{self.model_port}/counts"
        with urllib.request.urlopen(url, timeout=10) as answer:
            return dict(json.load(answer))

    def redis_says(self) -> list[str]:
        """What is wrong with its memory."""
        with redis_client.Redis.from_url(self.streams) as client:
            used = int(client.info("memory")["used_memory_peak"]) / 2**20
            endless = [key for key in client.scan_iter("chatkit:*") if client.ttl(key) < 0]
        print(f"Redis had {used:.1f} MiB at most.", flush=True)
        found = [f"{key!r} in Redis has no end" for key in endless]
        return [*found, f"Redis had {used:.0f} MiB"] if used > MOST_MIB else found
