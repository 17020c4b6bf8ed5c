"""Two thousand session calls while every fifth fails: is every record true, does anything leak?

python -m tests.bench.soak_sessions --calls 2000 --clients 8 --faults 20

The site runs under its own server in a process of its own, the stand-in for OpenAI here. Exits with
1 where a record is not true, or threads, descriptors or memory of the server have grown.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.hosted.openai_standin import KEY, Fault, OpenAI, running

from .load import HOST
from .names import HOSTED
from .processes import ROOT, serve

FAULTS = (
    Fault("status", status=500),
    Fault("status", status=401),
    Fault("status", status=429, headers={"Retry-After": "9"}),
    Fault("html", status=200),
    Fault("truncated"),
    Fault("reset"),
    Fault("silence"),
)
CODES = {
    "status": "openai_error",
    "html": "openai_bad_response",
    "truncated": "openai_bad_response",
    "reset": "openai_unreachable",
    "silence": "openai_timeout",
}
LOG_IN = """
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
for number in range(CLIENTS):
    user = User.objects.create_user(f"user{number}")
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    store.create()
    print(store.session_key)
"""


class Unsteady(OpenAI):
    """Fails a share of the calls, and knows which session each good one got."""

    def __init__(self, share: float, seed: int) -> None:
        super().__init__()
        self.share = share
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()

    def take_fault(self, path: str) -> Fault | None:
        with self.lock:
            self.calls.clear()  # thousands of them would be the only thing that grows here
            failing = self.random.random() < self.share
            fault = self.random.choice(FAULTS) if failing else None
            self.done[fault.kind if fault else "ok"] += 1
            return fault


@dataclass
class Size:
    """The server process: threads, open descriptors, resident memory in KiB."""

    threads: int
    descriptors: int
    memory: int

    @classmethod
    def of(cls, pid: int) -> Size:
        status = dict(
            line.split(":\t", 1)
            for line in Path(f"/proc/{pid}/status").read_text().splitlines()
            if ":\t" in line
        )
        descriptors = len(os.listdir(f"/proc/{pid}/fd"))
        return cls(int(status["Threads"]), descriptors, int(status["VmRSS"].split()[0]))


@dataclass
class Tally:
    """What the clients got: the session ids, and the error codes."""

    session_ids: set[str] = field(default_factory=set)
    codes: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, response: requests.Response) -> None:
        body = response.json()
        with self.lock:
            if response.status_code == 200:
                self.session_ids.add(body["session_id"])
            else:
                self.codes[body["error"]["code"]] += 1


def environment(folder: Path, openai: OpenAI) -> dict[str, str]:
    return {
        "READ_DOT_ENV": "off",
        "DEBUG": "off",
        "HTTPS": "off",
        "SECRET_KEY": "soak" * 13,
        "ALLOWED_HOSTS": HOST,
        "DATABASE_URL": f"sqlite:///{folder / 'site.sqlite3'}",
        "CACHE_URL": "locmemcache://soak",
        "DJANGO_SETTINGS_MODULE": "tests.bench.soak_settings",
        "OPENAI_API_KEY": KEY,
        "OPENAI_BASE_URL": openai.url,
    }


def call_many(url: str, key: str, count: int, tally: Tally) -> None:
    """One client's calls, in turn."""
    token = "t" * 32
    with requests.Session() as client:
        client.cookies.update({"sessionid": key, "csrftoken": token})
        for _ in range(count):
            tally.add(
                client.post(
                    f"{url}/api/chatkit/session",
                    json={"workflowId": HOSTED},
                    headers={"X-CSRFToken": token},
                    timeout=60,
                )
            )


def untrue(database: Path, tally: Tally, openai: Unsteady) -> list[str]:
    """What the records say that did not happen, or don't say that did."""
    with contextlib.closing(sqlite3.connect(database)) as connection:
        rows = connection.execute(
            "select status, session_id, error_code from chatkit_session"
        ).fetchall()
    active = {session_id for status, session_id, _ in rows if status == "active"}
    failed = Counter(code for status, _, code in rows if status == "failed")
    caused: Counter[str] = Counter()
    for kind, count in openai.done.items():
        if kind != "ok":
            caused[CODES[kind]] += count
    # On a busy machine a good answer may come too late: made there, a timeout here.
    late = failed["openai_timeout"] - caused["openai_timeout"]
    caused["openai_timeout"] += late
    found = []
    if active != tally.session_ids or len(openai.sessions) - len(active) != late or late < 0:
        found.append(
            f"sessions: {len(active)} recorded, {len(tally.session_ids)} answered, "
            f"{len(openai.sessions)} made at OpenAI, of which {late} came too late"
        )
    if not failed == tally.codes == caused:
        found.append(
            f"failures: {dict(failed)} recorded, {dict(tally.codes)} answered, {dict(caused)} made"
        )
    if len(rows) != len(active) + failed.total():
        found.append(f"{len(rows)} rows for {len(active)} sessions and {failed.total()} failures")
    return found


def leaks(before: Size, after: Size) -> list[str]:
    """What has grown more than breathing explains."""
    found = []
    if after.threads > before.threads + 2:
        found.append(f"threads: {before.threads} -> {after.threads}")
    if after.descriptors > before.descriptors + 10:
        found.append(f"descriptors: {before.descriptors} -> {after.descriptors}")
    if after.memory > before.memory * 1.1:
        found.append(f"memory: {before.memory} -> {after.memory} KiB")
    return found


def log_in(clients: int, environ: dict[str, str]) -> list[str]:
    """The session keys of new users."""
    made = subprocess.run(
        [sys.executable, "manage.py", "shell", "-c", LOG_IN.replace("CLIENTS", str(clients))],
        cwd=ROOT,
        env=os.environ | environ,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    return [line for line in made.stdout.split("\n") if len(line) == 32]


def call_all(url: str, keys: list[str], calls: int, tally: Tally) -> None:
    """The calls of all clients, at the same time."""
    share = calls // len(keys)
    threads = [threading.Thread(target=call_many, args=(url, key, share, tally)) for key in keys]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--faults", type=int, default=20, help="per cent")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    tally, unsteady = Tally(), Unsteady(options.faults / 100, options.seed)
    with (
        tempfile.TemporaryDirectory(prefix="chatkit-soak-") as name,
        running(unsteady) as openai,
    ):
        folder = Path(name)
        environ = environment(folder, openai)
        migrate = [sys.executable, "manage.py", "migrate", "-v0", "--skip-checks"]
        subprocess.run(migrate, cwd=ROOT, env=os.environ | environ, check=True)
        keys = log_in(options.clients, environ)
        with serve("mseller.asgi:application", environ) as server:
            url, pid = f"http://{HOST}:{server.port}", server.process.pid
            call_all(url, keys, options.calls // 4, tally)  # pools and caches fill
            before, start = Size.of(pid), time.monotonic()
            call_all(url, keys, options.calls // 2, tally)
            middle = Size.of(pid)
            call_all(url, keys, options.calls // 2, tally)
            took, after = time.monotonic() - start, Size.of(pid)
        wrong = untrue(folder / "site.sqlite3", tally, unsteady) + leaks(before, after)
    print(
        json.dumps(
            {
                "answered": len(tally.session_ids),
                "failed": dict(tally.codes),
                "upstream": dict(unsteady.done),
                "seconds": round(took, 1),
                "before": vars(before),
                "middle": vars(middle),
                "after": vars(after),
            },
            indent=2,
        )
    )
    for line in wrong:
        print(f"WRONG: {line}")
    print("Every record is true, nothing has grown." if not wrong else "")
    return 1 if wrong else 0


if __name__ == "__main__":
    raise SystemExit(main())
