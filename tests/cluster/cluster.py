"""The site on two hosts: four processes on each; nginx, PostgreSQL, Redis and S3 beside them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import psycopg

from ..chaos.own_servers import Postgres, Redis, postgres, redis
from .client import NAME, Address
from .network import FRONT, ROOT, Host, children, process_of, until
from .services import Counting, Files, Pooler, Proxy

PORT = 8000
PROCESSES = int(os.environ.get("CLUSTER_PROCESSES", "4"))
PEOPLE, BUDGET = 40, 25
# Else PostgreSQL waits for two hours for a host that lost its power, and holds its locks till then.
DATABASE = (
    "tcp_keepalives_idle=3", "tcp_keepalives_interval=1", "tcp_keepalives_count=3",
    "tcp_user_timeout=6000", "idle_in_transaction_session_timeout=10000", "max_connections=150",
)  # fmt: skip
STARTED = 300.0  # seconds at most


class Node:
    """A host and the processes of the site there."""

    def __init__(self, cluster: Cluster, name: str, address: str) -> None:
        self.cluster = cluster
        self.host = Host(name, address)
        self.door: Address = (address, PORT)
        self.entered: subprocess.Popen[bytes] | None = None
        self.log = cluster.folder / f"{name}.log"
        self.read_from = 0  # of the log: what was there before the last start

    def start(self, code: Path = ROOT, **environ: str) -> None:
        """The site of the code in this folder, as deploy/systemd/mseller.service starts it."""
        if self.host.holder is None:
            self.host.start()
        command = [
            sys.executable, "-m", "uvicorn", "mseller.asgi:application", "--host", "0.0.0.0",
            "--port", str(PORT), "--workers", str(PROCESSES), "--proxy-headers",
            "--no-server-header", "--no-access-log", "--log-level", "info",
            "--timeout-worker-healthcheck", "60", "--timeout-graceful-shutdown", "8",
        ]  # fmt: skip
        env = self.cluster.environ | {"PYTHONPATH": str(code), "FORWARDED_ALLOW_IPS": FRONT}
        self.read_from = self.log.stat().st_size if self.log.exists() else 0
        self.entered = self.host.run(command, env | environ, code, self.log)

    def serves(self) -> None:
        """Wait until each process has said that it serves."""
        until(lambda: self._said() >= PROCESSES, STARTED, self.host.name)

    def _said(self) -> int:
        return self.log.read_bytes()[self.read_from :].count(b"Application startup complete")

    def processes(self) -> list[int]:
        """Those that serve, by their numbers here."""
        assert self.entered is not None
        found = children(process_of(self.entered))
        return [pid for pid in found if b"fork" in Path(f"/proc/{pid}/cmdline").read_bytes()]

    def stop(self) -> None:
        """As systemd does; returns when all have ended."""
        if self.entered is not None:
            os.kill(process_of(self.entered), signal.SIGTERM)
            self.entered.wait(30)
            self.entered = None

    def kill(self) -> None:
        """A power cut."""
        self.host.kill()
        if self.entered is not None:
            self.entered.wait(10)
            self.entered = None

    def is_asked(self) -> bool:
        """Whether nginx has an open connection to it: somebody reads an answer there."""
        ours = f"{_hex(self.door[0])}:{PORT:04X}"
        lines = Path("/proc/net/tcp").read_text().splitlines()[1:]
        return any(line.split()[2] == ours and line.split()[3] == "01" for line in lines)


def _hex(address: str) -> str:
    return "".join(f"{int(part):02X}" for part in reversed(address.split(".")))


class Cluster:
    def __init__(self, folder: Path, database: Postgres, store: Redis) -> None:
        self.folder, self.database, self.store = folder, database, store
        self.proxy = Proxy(folder)
        self.files = Files(folder)
        self.model = Counting(folder)
        self.a = Node(self, "host-a", "10.77.0.11")
        self.b = Node(self, "host-b", "10.77.0.12")
        self.front: Address = (FRONT, self.proxy.port)
        self._doors = cycle([self.a.door, self.b.door])
        (folder / "static").mkdir()
        self.environ = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            "DJANGO_SETTINGS_MODULE": "tests.cluster.site",
            "READ_DOT_ENV": "off",
            "DEBUG": "off",
            "HTTPS": "off",
            "SECRET_KEY": "cluster-" + "c" * 50,
            "ALLOWED_HOSTS": NAME,
            "DATABASE_URL": database.url,
            "CACHE_URL": store.url,
            "CHATKIT_STREAMS": store.url.replace("rediscache", "redis").replace("/0", "/1"),
            "OPENAI_API_KEY": "sk-cluster",
            "OPENAI_BASE_URL": self.model.url,
            "CHATKIT_MODEL": "counting",
            "CLUSTER_S3": self.files.url if not Files.missing() else "",
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
            "PYTHONDONTWRITEBYTECODE": "",
        }

    @property
    def nodes(self) -> tuple[Node, Node]:
        return self.a, self.b

    def next_door(self) -> Address:
        """Each host's own address, in turn."""
        return next(self._doors)

    def manage(self, *words: str, code: Path = ROOT, module: str = "", **environ: str) -> str:
        """A command of the site, or a module, on the front."""
        command = ["-m", module] if module else ["manage.py"]
        done = subprocess.run(
            [sys.executable, *command, *words], cwd=code, text=True, capture_output=True,
            env=self.environ | {"PYTHONPATH": str(code)} | environ, timeout=300,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def prepare(self, code: Path) -> None:
        """Tables and people, by this code."""
        self.manage("migrate", "--verbosity", "0", code=code)
        made = self.manage(str(PEOPLE), str(BUDGET), code=code, module="tests.cluster.people")
        people = json.loads(made.strip().splitlines()[-1])
        self.people = [one["wf_cluster"] for one in people[:-2]]
        self.limited = people[-2]["wf_limited"]
        self.on_budget = people[-1]["wf_cluster"]

    def serve(self, code: Path = ROOT, **environ: str) -> None:
        for node in self.nodes:
            node.start(code, **environ)
        for node in self.nodes:
            node.serves()

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database.url) as connection:
            return connection.execute(query, values).fetchall()

    def replace(self, node: Node, code: Path = ROOT, **environ: str) -> None:
        """New code on one host, as it is rolled out: no new requests, wait for those that read,
        end, start, and in again."""
        others = [other.door[0] for other in self.nodes if other is not node]
        self.proxy.serve_by(others)
        time.sleep(0.5)  # nginx has read it
        until(lambda: not node.is_asked(), 60, "the last reader")
        node.stop()
        node.start(code, **environ)
        node.serves()
        self.proxy.serve_by([each.door[0] for each in self.nodes])

    def output(self) -> str:
        found = ""
        for node in self.nodes:
            if node.log.exists():
                found += f"-- {node.host.name}\n{node.log.read_text('utf-8', 'replace')[-4000:]}\n"
        return found


@contextmanager
def running(folder: Path, code: Path = ROOT) -> Iterator[Cluster]:
    """All of it up and answering, with the code of this folder."""
    with ExitStack() as made:
        database = made.enter_context(postgres(FRONT, *DATABASE))
        cluster = Cluster(folder, database, made.enter_context(redis(folder, FRONT)))
        for node in cluster.nodes:
            made.callback(node.kill)
        for service in (cluster.model, cluster.files, cluster.proxy):
            made.callback(service.stop)
        cluster.model.start()
        if not Files.missing():
            cluster.files.start()
        cluster.prepare(code)
        cluster.serve(code)
        cluster.proxy.start([node.door[0] for node in cluster.nodes])
        yield cluster


def pooled(folder: Path, cluster: Cluster) -> tuple[Pooler, str]:
    """PgBouncer before the cluster's database, and the URL by which the site uses it."""
    pooler = Pooler(folder)
    pooler.start(cluster.database.port)
    options = "pool=false&DISABLE_SERVER_SIDE_CURSORS=true&CONN_MAX_AGE=0"
    return pooler, f"postgres://postgres@{FRONT}:{pooler.port}/postgres?{options}"
