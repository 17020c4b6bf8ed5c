"""The tests that depend on the database or the cache, run on each that this machine has.

A pytest of its own for each, since a process has one database. `chosen.py` says which tests.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..tools.forked import Forked
from . import scratch
from .chosen import ANY_REQUEST, ON_DATABASES, ON_REDIS

ROOT = Path(__file__).resolve().parent.parent.parent
CLOSING = re.compile(r"^=* ?(\d+ passed.*?) in ", re.MULTILINE)

pytestmark = pytest.mark.database


@pytest.fixture
def run(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> Callable[[str, list[str], dict[str, str]], None]:
    """`run(name, paths, variables)`: of a test with many parameters, the first ones."""

    def start(name: str, paths: list[str], variables: dict[str, str]) -> None:
        options = ["-q", "-n", "0", "-p", "no:cacheprovider", "--create-db"]
        options += ["-p", "tests.databases.first_of_each"]
        # The fork has plugins already that came with OpenAI's packages.
        options += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
        inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TEST_"))}
        log = tmp_path / "pytest.log"
        done = Forked(
            ["pytest", *options, *paths], folder=ROOT, env=inherited | variables, log=log
        ).wait()
        said = log.read_text("utf-8", "replace")
        assert done == 0, said[-6000:]
        closing = CLOSING.findall(said)
        assert closing, said[-2000:]
        record_property("ran_on", f"{name}: {closing[-1]}")

    return start


def test_mariadb(
    make_database: Callable[[str], str],
    run: Callable[[str, list[str], dict[str, str]], None],
) -> None:
    variables = {"TEST_DATABASE_URL": make_database(scratch.MARIADB)}
    run(scratch.MARIADB, ON_DATABASES, variables)


def test_postgresql_and_redis(
    make_database: Callable[[str], str],
    run: Callable[[str, list[str], dict[str, str]], None],
) -> None:
    """Both at once, as a site in production has them; or the one that is there."""
    without = {name: scratch.missing(name) for name in (scratch.POSTGRES, scratch.REDIS)}
    there = [name for name, reason in without.items() if not reason]
    if not there:
        pytest.skip("; ".join(f"{name}: {reason}" for name, reason in without.items()))
    paths: list[str] = []
    variables = {}
    with ExitStack() as made:
        if scratch.POSTGRES in there:
            paths += [*ON_DATABASES, *ANY_REQUEST]
            variables["TEST_DATABASE_URL"] = make_database(scratch.POSTGRES)
        if scratch.REDIS in there:
            paths += ON_REDIS
            variables["TEST_CACHE_URL"] = made.enter_context(scratch.redis_cache())
        run(" and ".join(there), paths, variables)
