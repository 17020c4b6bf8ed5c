"""Connections to PostgreSQL: pooled unless the URL says else, and lent for one job."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .scratch import POSTGRES

ROOT = Path(__file__).resolve().parent.parent.parent

# Database threads outnumber the pool: they work only if each job gives its connection back.
JOBS = """
import threading
import django; django.setup()
from django.db import connection
from chatkit.selfhosted.runs.database import DatabaseWorkers

threads = DatabaseWorkers(8)
together = threading.Barrier(8)

def job():
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")

def idle():
    together.wait()

for _ in range(3):
    [future.result() for future in [threads.submit(idle) for _ in range(8)]]
    [future.result() for future in [threads.submit(job) for _ in range(40)]]
with connection.cursor() as cursor:
    cursor.execute("SELECT 1")
assert connection.pool.get_stats()["pool_size"] <= 2
connection.close()
threads.close()
connection.close_pool()
print("done")
"""


def settings_of(url: str) -> Any:
    code = (
        "from tests.settings import DATABASES; import json; "
        "print(json.dumps(DATABASES, default=str))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT, env=os.environ | {"TEST_DATABASE_URL": url},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return json.loads(done.stdout)["default"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("query", "pooled", "kept"),
    [("", True, 0), ("?pool=true", True, 0), ("?pool=false", False, 0),
     ("?CONN_MAX_AGE=60", False, 60)],
)  # fmt: skip
def test_what_the_url_says(query: str, pooled: bool, kept: int) -> None:
    settings = settings_of(f"postgres://u:p@db.example/shop{query}")
    assert ("pool" in settings["OPTIONS"]) is pooled
    assert settings["CONN_MAX_AGE"] == kept
    assert settings["CONN_HEALTH_CHECKS"] is True


@pytest.mark.database
def test_each_job_gives_its_connection_back(make_database: Callable[[str], str]) -> None:
    code = JOBS.replace(
        "import django; django.setup()",
        "import django; django.setup()\nfrom django.conf import settings\n"
        'settings.DATABASES["default"]["OPTIONS"]["pool"] |= {"max_size": 2, "timeout": 5}',
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=ROOT,
        env=os.environ
        | {
            "DJANGO_SETTINGS_MODULE": "tests.settings",
            "TEST_DATABASE_URL": make_database(POSTGRES),
        },
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.stdout == "done\n", done.stderr[-3000:]
