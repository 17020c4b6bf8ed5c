"""Migrations, forwards and backwards, on every database, and those that one has replaced."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from .scratch import MARIADB, POSTGRES, SQLITE

ROOT = Path(__file__).resolve().parent.parent.parent
pytestmark = pytest.mark.database

# With rows that the tables of before can't hold: of visitors, and two votes where there was one.
BACK = """
import django; django.setup()
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from chatkit.contrib.articles.models import Vote
from chatkit.contrib.console.models import Budget, Question
from chatkit.models import (
    Attachment, Feedback, Run, Session, Thread, ThreadItem, ToolCall, Visitor
)

call_command("migrate", verbosity=0)
user = get_user_model().objects.create_user("ada", "ada@example.com", "pw")
gone = Visitor.objects.create(key_hash="a", merged_into=user)
visitor = Visitor.objects.create(key_hash="b")
for owner in ({"user": user}, {"visitor": visitor}):
    session = Session.objects.create(workflow_id="wf_1", **owner)
    thread = Thread.objects.create(workflow_id="wf_1", session=session, **owner)
    item = ThreadItem.objects.create(thread=thread, item_id="i", type="user_message", payload={})
    run = Run.objects.create(thread=thread, **owner)
    Question.objects.create(run=run, user=owner.get("user"), asked_at=run.created_at)
    Feedback.objects.create(thread=thread, item_id="i", kind="positive", **owner)
    Attachment.objects.create(workflow_id="wf_1", name="a", mime_type="text/plain", **owner)
    ToolCall.objects.create(tool="x", status="done", thread=thread, **owner)
    Budget.objects.create(amount=1, visitors="visitor" in owner)
for workflow_id in ("", "wf_1"):
    Vote.objects.create(
        slug="orders", language="en", workflow_id=workflow_id, user=user, helpful=not workflow_id
    )
OURS = (Session, Thread, ThreadItem, Run, Question, Feedback, Attachment, ToolCall, Budget)
assert [model.objects.count() for model in OURS] == [2] * len(OURS)

for app in ORDER:
    call_command("migrate", app, "0001", verbosity=0)
call_command("migrate", verbosity=0)
call_command("migrate", check_unapplied=True, verbosity=0)
connection.check_constraints()
for model in OURS:
    assert model.objects.count() == 1, model
    assert getattr(model.objects.get(), "user", user) in (user, None), model
assert Question.objects.get().user == user
assert not Visitor.objects.exists()
assert [vote.helpful for vote in Vote.objects.all()] == [False]
"""
ORDERS = [
    ("chatkit", "chatkit_console", "chatkit_articles"),
    ("chatkit_articles", "chatkit_console", "chatkit"),
]

SCRIPT = """
import django; django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

def ours():
    with connection.cursor() as cursor:
        return {name for name in connection.introspection.table_names(cursor)
                if name.startswith("chatkit_")}

call_command("migrate", verbosity=0)
made = ours()
assert {"chatkit_session", "chatkit_thread", "chatkit_threaditem", "chatkit_run"} <= made, made
for app in sorted(MigrationLoader(connection).migrated_apps):
    if app.startswith("chatkit"):
        call_command("migrate", app, "zero", verbosity=0)
assert ours() == set(), ours()
call_command("migrate", verbosity=0)
assert ours() == made
call_command("makemigrations", check=True, dry_run=True, verbosity=0)
# What is recorded is what the migrations of before have left: a database of theirs goes on.
recorded = MigrationRecorder(connection).applied_migrations()
for app, count in {"chatkit": 19, "chatkit_articles": 3, "chatkit_console": 11}.items():
    numbers = {name[:4] for label, name in recorded if label == app}
    assert numbers >= {f"{number:04}" for number in range(1, count + 1)}, numbers
MigrationRecorder(connection).migration_qs.filter(name="0001_initial", app="chatkit").delete()
call_command("migrate", verbosity=0)
call_command("migrate", check_unapplied=True, verbosity=0)
assert ours() == made
call_command("check", databases=["default"], fail_level="WARNING")
"""


def run(script: str, database_url: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", script],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": database_url},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]


@pytest.mark.parametrize("name", [SQLITE, POSTGRES, MARIADB])
def test_forwards_to_zero_and_back(name: str, make_database: Callable[[str], str]) -> None:
    run(SCRIPT, make_database(name))


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("name", [SQLITE, POSTGRES, MARIADB])
def test_back_to_the_first_with_rows(
    name: str, order: tuple[str, ...], make_database: Callable[[str], str]
) -> None:
    run(f"ORDER = {order}\n{BACK}", make_database(name))
