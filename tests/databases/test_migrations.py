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


@pytest.mark.parametrize("name", [SQLITE, POSTGRES, MARIADB])
def test_forwards_to_zero_and_back(name: str, make_database: Callable[[str], str]) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", SCRIPT],
        cwd=ROOT,
        env=os.environ
        | {"DJANGO_SETTINGS_MODULE": "tests.settings", "TEST_DATABASE_URL": make_database(name)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-3000:]
