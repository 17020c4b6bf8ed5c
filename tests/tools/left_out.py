"""A pytest plugin: says at the end which suites this machine could not run, and why."""

from __future__ import annotations

import os
from typing import Any

from .chromium import executable


def left_out(environ: dict[str, str], chromium: str | None) -> list[str]:
    """One line per suite that is left out."""
    lines = []
    if chromium is None:
        lines.append("the browser suite: there is no Chromium")
    database = environ.get("TEST_DATABASE_URL", "").partition(":")[0]
    for name, schemes in (
        ("PostgreSQL", ("postgres", "postgresql", "psql")),
        ("MariaDB", ("mysql", "mariadb")),
    ):
        if database not in schemes:
            lines.append(f"{name}: TEST_DATABASE_URL does not name one")
    if not environ.get("TEST_CACHE_URL", "").startswith("redis"):
        lines.append("Redis: TEST_CACHE_URL does not name one")
    return lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Before pytest's own closing line, which stays the last."""
    lines = left_out(dict(os.environ), executable())
    if lines:
        terminalreporter.section("left out")
        for line in lines:
            terminalreporter.line(f"Left out: {line}.")
