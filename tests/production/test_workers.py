"""Workers of task queues, as docs/howto/tasks.md sets them up: real processes, told and killed."""

from __future__ import annotations

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from ..databases.scratch import REDIS, missing, redis_cache
from ..selfhosted.protocol import until
from ..tools.shared import made_once
from ..tools.small_site import ROOT, SmallSite

PAGE = (ROOT / "docs" / "howto" / "tasks.md").read_text("utf-8")
SITE = """
import os
exec(os.environ.get("FIRST", ""))
INSTALLED_APPS += [
    "django.contrib.admin",
    "django.contrib.messages",
    "chatkit.contrib.articles",
    "chatkit.contrib.console",
]
MIDDLEWARE += ["django.contrib.messages.middleware.MessageMiddleware"]
TEMPLATES[0]["OPTIONS"] = {
    "context_processors": [
        "django.template.context_processors.request",
        "django.contrib.auth.context_processors.auth",
        "django.contrib.messages.context_processors.messages",
    ],
}
LOGIN_URL = "admin:login"
"""
URLS = """\
from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("chatkit.urls")),
    path("", include("chatkit.contrib.console.urls")),
    path("", include("chatkit.contrib.articles.urls")),
]
"""
# The packages, the heading on the page, and the command of the worker.
BACKENDS = {
    "database": (
        "django_tasks_db",
        "A worker with the database",
        ["django", "db_worker", "--interval", "0.1", "--no-startup-delay"],
    ),
    "rq": (
        "django_tasks_rq",
        "RQ",
        ["django", "rqworker", "default", "--job-class", "django_tasks_rq.Job"],
    ),
    "celery": (
        "django_tasks_fennel",
        "Celery",
        ["celery", "-A", "django_tasks_fennel.app", "worker", "--pool", "solo"],
    ),
}
UPLOAD = """
from chatkit.contrib.articles.documents import reading, tasks
kept = reading.keep("kites.md", b"# Kites\\n\\nLet it fly.", "en", None)
tasks.start(kept.pk)
tasks.start(kept.pk)  # as by a queue that delivers again
"""
SEED = """
from django.core.management import call_command
call_command("chatkit_seed", runs=20, days=5, people=3, verbosity=0)
"""
# What takes long to read: the worker that is killed has begun it, and nothing more.
ENDLESS = """
import time
from chatkit.documents import child

def read(data, name, progress):
    progress(1, 2)
    time.sleep(600)

child.read = read
"""
TIDY = """
from chatkit.contrib.articles.documents import reading
from chatkit.contrib.articles.models import Document
Document.objects.update(updated_at=Document.objects.get().updated_at - reading.SILENT)
reading.tidy()
"""


class WorkedSite(SmallSite):
    """A host's site with a queue, and its worker."""

    command: list[str]
    worker: subprocess.Popen[bytes] | None = None

    def rows(self, sql: str) -> list[Any]:
        with closing(sqlite3.connect(self.folder / "site.sqlite3", timeout=30)) as connection:
            return connection.execute(sql).fetchall()

    def states(self) -> list[Any]:
        return self.rows("SELECT state, reason FROM chatkit_articles_document")

    def start_worker(self, first: str = "") -> None:
        with (self.folder / "worker.log").open("ab") as log:
            self.worker = subprocess.Popen(
                [sys.executable, "-m", *self.command],
                cwd=self.folder,
                env=self._environ({"FIRST": first}),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def end_worker(self, number: signal.Signals) -> int:
        assert self.worker is not None
        with suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.worker.pid, number)
            else:
                self.worker.send_signal(number)
        return self.worker.wait(30)

    def wait(self, seen: Callable[[], object]) -> None:
        try:
            until(seen, seconds=60)
        except AssertionError:
            log = (self.folder / "worker.log").read_text("utf-8", "replace")
            raise AssertionError(f"{self.states()}\n{log}") from None


def settings_of(heading: str) -> str:
    """The settings that the page has under a heading."""
    part = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    (found,) = re.findall(r"^```python\n((?s:.*?))^```$", part, re.M)
    return str(found)


@pytest.fixture(params=list(BACKENDS))
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[WorkedSite]:
    package, heading, command = BACKENDS[request.param]
    if util.find_spec(package) is None:
        pytest.skip(f"{package} is not installed")
    settings = settings_of(heading)
    if "redis" not in settings:
        yield from made(tmp_path, settings, command, request.param)
        return
    if reason := missing(REDIS):
        pytest.skip(f"{REDIS}: {reason}")
    with redis_cache() as url:
        found = re.sub(
            r"redis://127\.0\.0\.1:6379/\d", url.replace("rediscache", "redis"), settings
        )
        yield from made(tmp_path, found, command, request.param)


def made(folder: Path, settings: str, command: list[str], name: str) -> Iterator[WorkedSite]:
    site = WorkedSite(folder, SITE + settings)
    site.write("urls.py", URLS)
    site.command = command
    database = folder / "site.sqlite3"

    def migrate(place: Path) -> None:
        status, said = site.fork("django", "migrate", "--verbosity", "0")
        assert status == 0, said
        shutil.copy(database, place)

    shutil.copy(made_once(f"worked-by-{name}", migrate) / database.name, database)
    yield site
    if site.worker is not None and site.worker.poll() is None:
        site.end_worker(signal.SIGKILL)


def test_a_worker_does_what_a_page_and_a_schedule_have_begun(site: WorkedSite) -> None:
    (block,) = re.findall(r"^```python\n(from chatkit(?s:.*?))^```$", PAGE, re.M)
    site.run(UPLOAD + SEED + block)
    days = "SELECT count(*) FROM chatkit_console_dayfigures"
    assert (site.states(), site.rows(days)) == ([("waiting", "")], [(0,)])
    site.start_worker()
    site.wait(lambda: site.states() == [("done", "")] and site.rows(days) != [(0,)])
    site.end_worker(signal.SIGTERM)
    # Once, though it was begun twice.
    assert site.rows("SELECT title FROM chatkit_articles_articletext") == [("Kites",)]
    assert site.rows("SELECT * FROM chatkit_articles_documentpart") == []
    assert "Traceback" not in (site.folder / "worker.log").read_text("utf-8", "replace")


def test_a_killed_worker_is_told_of(site: WorkedSite) -> None:
    """Not begun again, since what kills one worker may kill the next; its bytes do not stay."""
    site.run(UPLOAD)
    site.start_worker(ENDLESS)
    site.wait(lambda: site.states() == [("reading", "")])
    site.end_worker(signal.SIGKILL)
    site.run(TIDY)  # as the page with the list does, once its patience is over
    assert site.states() == [("refused", "interrupted")]
    assert site.rows("SELECT * FROM chatkit_articles_documentpart") == []
    site.run(UPLOAD)  # the next worker does what is begun again
    site.start_worker()
    site.wait(lambda: site.states() == [("refused", "interrupted"), ("done", "")])
    site.end_worker(signal.SIGTERM)
