"""The suites that depend on the database or the cache, run on each that this machine has.

A pytest of its own for each, since a process has one database.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from . import scratch

ROOT = Path(__file__).resolve().parent.parent.parent
CLOSING = re.compile(r"^=* ?(\d+ passed.*?) in ", re.MULTILINE)
# Real servers on the SQLite file they make, and what writes nothing of its own.
ELSEWHERE = {
    "test_server.py",
    "test_told_to_end.py",
    "test_conformance.py",
    "test_helpdesk.py",
    "test_characters.py",
    "test_coalesce.py",
    "test_redis_streams.py",
}
SELFHOSTED = [
    str(path.relative_to(ROOT))
    for folder in ("selfhosted", "selfhosted/runs")
    for path in sorted((ROOT / "tests" / folder).glob("test_*.py"))
    if path.name not in ELSEWHERE
]
RECORDS = [
    # What of the tools depends on the database: the record, and that a card works once.
    "tests/selfhosted/assistant/test_tools.py::TestCall::test_answer_goes_to_the_model_and_on_record",
    "tests/selfhosted/assistant/test_tools.py::TestConfirmation::test_confirm",
    "tests/selfhosted/assistant/test_tools.py::TestConfirmation::test_cancel",
    "tests/selfhosted/assistant/test_tools.py::TestConfirmation::test_in_many_tabs_at_once",
    "tests/selfhosted/assistant/test_outcomes.py::TestStop",
    "tests/selfhosted/assistant/test_outcomes.py::TestLeft",
    "tests/testing/test_inside_transaction.py",
    "tests/databases/test_large.py",
    "tests/databases/test_deadlocks.py",
    "tests/databases/test_exact_ids.py",
    *(
        f"tests/contrib/console/test_daily.py::Test{name}"
        for name in ("KeptDays", "LateChanges", "Deleting", "Buckets")
    ),
    # Of long periods, which take long, what differs: sums, and whom nobody is any more.
    *(
        f"tests/contrib/console/test_daily.py::TestLongPeriods::{name}"
        for name in (
            "test_they_tell_what_the_runs_tell",
            "test_what_is_deleted_stays_of_nobody",
        )
    ),
    "tests/contrib/console/test_conversations.py",
    "tests/contrib/console/test_said.py",
    "tests/contrib/console/test_unanswered.py",
    "tests/models",
    "tests/threads",
    "tests/safety/test_console_texts.py::test_lists_and_their_csv",
    "tests/contrib/articles/test_at_once.py",
    # Of documents, that what is read is kept, and that a thread of its own does so.
    "tests/contrib/articles/test_documents.py::TestKinds::test_pdf",
    "tests/contrib/articles/test_documents.py::TestProgress::test_the_list_shows_it_and_asks_again",
    "tests/contrib/articles/test_documents.py::test_by_itself_it_is_read_on_a_thread",
    "tests/contrib/articles/test_editing.py",
    "tests/contrib/articles/test_exchange.py",
    "tests/contrib/articles/test_source.py",
    "tests/sessions/test_views.py",
    "tests/sessions/test_service.py",
    "tests/visitors",
]
FIRST_OF_EACH = ["-p", "tests.databases.first_of_each"]
ON_DATABASES = [*SELFHOSTED, *RECORDS]
ON_REDIS = [
    "tests/test_limits.py",
    "tests/sessions/test_views.py",
    "tests/selfhosted/test_views.py",
]

pytestmark = pytest.mark.database


def run(paths: list[str], record: Any, name: str, **environ: str) -> None:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "TEST_"))}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider",
         "--create-db", *paths],
        cwd=ROOT, env=inherited | environ, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    closing = CLOSING.findall(done.stdout)
    assert closing, done.stdout[-2000:]
    record("ran_on", f"{name}: {closing[-1]}")


@pytest.mark.parametrize("name", [scratch.MARIADB, scratch.POSTGRES])
def test_database(
    name: str,
    make_database: Callable[[str], str],
    record_property: Callable[[str, object], None],
) -> None:
    url = make_database(name)
    run([*FIRST_OF_EACH, *ON_DATABASES], record_property, name, TEST_DATABASE_URL=url)


def test_any_request(
    make_database: Callable[[str], str], record_property: Callable[[str, object], None]
) -> None:
    """Some here; `make chaos` sends twenty thousand."""
    url = make_database(scratch.POSTGRES)
    paths = ["tests/safety/test_any_request.py"]
    run(paths, record_property, "any request", TEST_DATABASE_URL=url, ANY_REQUESTS="60")


def test_redis(record_property: Callable[[str, object], None]) -> None:
    if reason := scratch.missing(scratch.REDIS):
        pytest.skip(f"Redis: {reason}")
    with scratch.redis_cache() as url:
        run([*FIRST_OF_EACH, *ON_REDIS], record_property, scratch.REDIS, TEST_CACHE_URL=url)
