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
CALLS = """
import sys, threading
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

threads = [threading.Thread(target=call) for _ in range(%d)]
print("ready", flush=True)
sys.stdin.readline()
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(len(allowed))
""" % (ALLOWED, CALLERS, CALLERS)  # noqa: UP031


@pytest.mark.database
def test_fifty_callers_in_each_of_four_processes() -> None:
    if reason := scratch.missing(scratch.REDIS):
        pytest.skip(f"Redis: {reason}")
    with scratch.redis_cache() as url:
        environ = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_CACHE_URL": url,
        }
        processes = [
            subprocess.Popen(
                [sys.executable, "-c", CALLS],
                cwd=ROOT, env=environ, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )
            for _ in range(PROCESSES)
        ]  # fmt: skip
        try:
            for process in processes:
                assert process.stdout.readline() == "ready\n"
            for process in processes:
                process.stdin.write("\n")
                process.stdin.flush()
            counts = [process.communicate(timeout=60)[0].split() for process in processes]
        finally:
            for process in processes:
                process.kill()
                process.wait()
        assert all(len(count) == 1 for count in counts), counts
        assert sum(int(count[0]) for count in counts) == ALLOWED
