"""A pytest plugin: says at the end what ran on which database, and what this machine could not
run, and why."""

from __future__ import annotations

import os
from typing import Any

from tests.databases.scratch import MARIADB, POSTGRES, REDIS, missing

from . import nginx
from .chromium import executable

SCHEMES = {
    POSTGRES: ("TEST_DATABASE_URL", ("postgres", "postgresql", "psql")),
    MARIADB: ("TEST_DATABASE_URL", ("mysql", "mariadb")),
    REDIS: ("TEST_CACHE_URL", ("redis", "rediss", "rediscache")),
}


def left_out(environ: dict[str, str], chromium: str | None, proxy: str | None) -> list[str]:
    """One line per suite that is left out."""
    lines = []
    if chromium is None:
        lines.append("the browser suite and the stories of tests/hosts: there is no Chromium")
    if proxy is None:
        lines.append("the production suite: there is no nginx")
    for name, (variable, schemes) in SCHEMES.items():
        everything_there = environ.get(variable, "").partition(":")[0] in schemes
        if not everything_there and (reason := missing(name)):
            lines.append(f"{name}: {reason}")
    return lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Before pytest's own closing line, which stays the last."""
    ran = [
        value
        for report in terminalreporter.stats.get("passed", [])
        for name, value in getattr(report, "user_properties", [])
        if name == "ran_on"
    ]
    if ran:
        terminalreporter.section("suites of their own")
        for line in sorted(set(ran)):
            terminalreporter.line(f"Ran on {line}.")
    lines = left_out(dict(os.environ), executable(), nginx.executable())
    if lines:
        terminalreporter.section("left out")
        for line in lines:
            terminalreporter.line(f"Left out: {line}.")
