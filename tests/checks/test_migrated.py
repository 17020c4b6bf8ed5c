"""The check of databases from between the migrations that one has replaced."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from .test_checks import _built as _built  # every check's surroundings
from .test_checks import only

pytestmark = pytest.mark.django_db


def found() -> list[Any]:
    messages = checks.run_checks(tags=["chatkit"], databases=["default"])
    return [message for message in messages if message.id == "chatkit.E070"]


@pytest.mark.parametrize(
    ("app", "last"),
    [("chatkit", "0019_share"), ("chatkit_console", "0011_long_periods")],
)
def test_some_are_missing(app: str, last: str) -> None:
    assert found() == []
    MigrationRecorder(connection).record_unapplied(app, last)
    message = only(found(), "chatkit.E070")
    assert message.msg == (
        f"{app}.0001_initial stands for migrations of which the database 'default' has some, "
        f"and not these: {last}."
    )


def test_a_database_of_today_has_all_and_a_new_one_none() -> None:
    recorder = MigrationRecorder(connection)
    recorder.migration_qs.filter(app__startswith="chatkit").delete()
    assert found() == []
    recorder.record_applied("chatkit", "0001_initial")
    assert found() != []  # its tables are there, and not what the later ones have added
