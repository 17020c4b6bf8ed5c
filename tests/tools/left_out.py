"""A pytest plugin: says what ran on which database, and, as the last that a run prints, what was
left out and why."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.databases.scratch import MARIADB, POSTGRES, REDIS, missing

from . import nginx
from .chromium import executable

SCHEMES = {
    POSTGRES: ("TEST_DATABASE_URL", ("postgres", "postgresql", "psql")),
    MARIADB: ("TEST_DATABASE_URL", ("mysql", "mariadb")),
    REDIS: ("TEST_CACHE_URL", ("redis", "rediss", "rediscache")),
}
NARROWING = ("markexpr", "keyword", "deselect", "ignore", "ignore_glob", "lf")


def left_out(environ: dict[str, str], chromium: str | None, proxy: str | None) -> list[str]:
    """One line per suite that this machine cannot run."""
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


def skipped(reports: list[Any]) -> list[str]:
    """One line per reason that tests gave for skipping themselves."""
    reasons = Counter(str(report.longrepr[2]).removeprefix("Skipped: ") for report in reports)
    return [
        f"{count} test{'s'[: count > 1]}: {reason.removesuffix('.')}"
        for reason, count in reasons.items()
    ]


def unasked(session: pytest.Session, exitstatus: int) -> list[str]:
    """What the person at the keyboard left out."""
    option, source = session.config.option, session.config.args_source
    lines = []
    if source is source.ARGS or any(getattr(option, name, None) for name in NARROWING):
        lines.append("what this command did not ask for")
    if session.shouldstop or session.shouldfail or exitstatus > pytest.ExitCode.TESTS_FAILED:
        lines.append("what had not run when the tests were stopped")
    return lines


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Before pytest's own closing line."""
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


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> Iterator[None]:
    """Around everybody else's: pytest's own prints the closing line."""
    yield
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # in a process that tests for another
        return
    lines = left_out(dict(os.environ), executable(), nginx.executable())
    lines = lines or skipped(reporter.stats.get("skipped", []))
    lines += unasked(session, exitstatus)
    for line in lines:
        reporter.write_line(f"Left out: {line}.")
    if not lines:
        reporter.write_line("Nothing was left out.")
