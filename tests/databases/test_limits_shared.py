"""Limits that several processes share in Redis: exact, whoever calls when."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from . import scratch

ROOT = Path(__file__).resolve().parent.parent.parent
PROCESSES = 4
CALLERS = 50
ALLOWED = 100
# Each caller of the 50 in each process calls twice, all at once: 400 calls, 100 of them allowed.
# The processes part before any of them is connected, and begin once all of them are there.
CALLS = """
import os, threading
import django; django.setup()
from django.conf import settings
from django.test import RequestFactory
from chatkit import limits
from chatkit.exceptions import ApiError

settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"session": "%d/d"}}
limits._warn = lambda cause: print("warned", cause)
together = threading.Barrier(%d)
allowed = []

def call():
    together.wait()
    for _ in range(2):
        try:
            limits.check(RequestFactory().post("/"), "session", 1)
        except ApiError as error:
            assert error.code == "rate_limited"
        else:
            allowed.append(1)

began, begin = os.pipe()
children = []
for _ in range(%d):
    children.append(os.fork())
    if not children[-1]:
        os.close(begin)
        os.read(began, 1)
        threads = [threading.Thread(target=call) for _ in range(together.parties)]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(len(allowed), flush=True)
        os._exit(0)
os.close(begin)
assert [os.waitpid(child, 0)[1] for child in children] == [0] * len(children)
""" % (ALLOWED, CALLERS, PROCESSES)  # noqa: UP031


@pytest.mark.database
def test_fifty_callers_in_each_of_four_processes() -> None:
    if reason := scratch.missing(scratch.REDIS):
        pytest.skip(f"Redis: {reason}")
    with scratch.redis_cache() as url:
        environ = {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_CACHE_URL": url}
        done = subprocess.run(
            [sys.executable, "-c", CALLS],
            cwd=ROOT, env=os.environ | environ, capture_output=True, text=True, timeout=90,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        counts = [int(line) for line in done.stdout.splitlines()]
        assert len(counts) == PROCESSES
        assert sum(counts) == ALLOWED
