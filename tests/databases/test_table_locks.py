"""A migration of several tables while the site serves, without a deadlock."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import OperationalError, connection, transaction

from chatkit.models import Session, Thread, table_locks
from chatkit.models.table_locks import LockTables

from ..selfhosted.protocol import until

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'AccessExclusiveLock'"


def lock(done: list[str]) -> None:
    """As the migration of the two tables begins."""
    state: Any = SimpleNamespace(apps=apps)
    try:
        with connection.schema_editor(atomic=True) as editor:
            LockTables("session", "chatkit.thread").database_forwards(
                "chatkit", editor, state, state
            )
            with connection.cursor() as cursor:
                cursor.execute("SELECT mode FROM pg_locks WHERE granted AND pid = pg_backend_pid()")
                done += [mode for (mode,) in cursor.fetchall() if mode == "AccessExclusiveLock"]
    finally:
        connection.close()


def waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        return bool(cursor.fetchone()[0])


def test_a_request_that_has_one_of_the_tables_gets_the_other(user: Any) -> None:
    if connection.vendor != "postgresql":
        with connection.execute_wrapper(lambda *_given: pytest.fail("it asks the database")):
            state: Any = SimpleNamespace(apps=apps)
            editor: Any = SimpleNamespace(connection=connection)
            LockTables("session", "thread").database_forwards("chatkit", editor, state, state)
        return
    thread = Thread.objects.create(user=user, workflow_id="wf_1")
    done: list[str] = []
    with ThreadPoolExecutor(1) as migrating:
        with transaction.atomic():
            Thread.objects.filter(pk=thread.pk).update(title="by a request")
            migration = migrating.submit(lock, done)
            until(waits)
            # Were the first table kept meanwhile, both would wait for each other.
            assert not Session.objects.filter(user=user).exists()
            assert not migration.done()
        migration.result(30)
    assert len(done) >= 2
    thread.refresh_from_db()
    assert thread.title == "by a request"


def test_a_table_that_stays_taken_is_told(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL's migrations keep locks")
    monkeypatch.setattr(table_locks, "PATIENCE", 0.0)
    with ThreadPoolExecutor(1) as migrating, transaction.atomic():
        Thread.objects.create(user=user, workflow_id="wf_1")
        with pytest.raises(OperationalError, match="lock timeout"):
            migrating.submit(lock, []).result(30)
