"""`manage.py chatkit_uninstall`: what the app has put into a site goes, and nothing else."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import connection

from chatkit.contrib.console.models import Spent
from chatkit.management import uninstalling
from chatkit.models import AgentSession, Attachment, Run, Thread
from tests.management.test_commands import files_of, fill

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def run(*args: str) -> str:
    out = io.StringIO()
    call_command("chatkit_uninstall", *args, stdout=out, no_color=True)
    return out.getvalue()


def tables() -> set[str]:
    return {name for name in connection.introspection.table_names() if "chatkit" in name}


def test_all_of_it_goes_and_comes_back(user: Any, settings: Any) -> None:
    fill(user)
    thread = Thread.objects.get()
    AgentSession.objects.create(id="sess_1", thread=thread, agent_id="agent_1")
    settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": ""}
    group = Group.objects.create(name="Support")
    group.permissions.add(Permission.objects.get(codename="read_conversation"))
    kind = ContentType.objects.get_for_model(Run)
    LogEntry.objects.create(
        user=user, content_type=kind, object_id="1", object_repr="x", action_flag=2
    )
    others = Permission.objects.exclude(content_type__app_label__startswith="chatkit").count()
    files = files_of(user)
    try:
        told = run("--dry-run")
        assert "1 conversations" in told
        assert "1 sessions of agents at OpenAI" in told
        assert tables()
        assert all(path.exists() for path in files)

        told = run("--yes")
        assert "sess_1" in told  # there is no key, and so it stays at OpenAI
        assert "pip uninstall mseller-chatkit" in told
        assert tables() == set()
        assert not any(path.exists() for path in files)
        assert not ContentType.objects.filter(app_label__startswith="chatkit").exists()
        assert group.permissions.count() == 0
        assert Permission.objects.count() == others
        assert not LogEntry.objects.exists()
        assert type(user).objects.filter(pk=user.pk).exists()
    finally:
        ContentType.objects.clear_cache()
        call_command("migrate", verbosity=0)
    assert tables()
    assert Permission.objects.filter(codename="read_conversation").exists()


@contextmanager
def made_again() -> Iterator[None]:
    """What was deleted of the tables is there again after this."""
    try:
        yield
    finally:
        ContentType.objects.clear_cache()
        call_command("migrate", verbosity=0)


def test_again_once_all_of_it_is_gone(user: Any) -> None:
    fill(user)
    with made_again():
        run("--yes")
        for way in ("--dry-run", "--yes"):
            told = run(way)
            assert "Nothing of it is left in the database." in told
            assert "pip uninstall mseller-chatkit" in told
    assert tables()


@pytest.mark.parametrize("gone", [[AgentSession], [Attachment, Spent], "chatkit_console"])
def test_again_where_some_tables_are_gone(user: Any, settings: Any, gone: Any) -> None:
    """As where it was broken off, by hand or by a database whose steps each stand at once."""
    thread = fill(user)
    settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": ""}
    AgentSession.objects.create(id="sess_1", thread=thread, agent_id="agent_1")
    files = files_of(user)
    with made_again():
        if isinstance(gone, str):
            call_command("migrate", gone, "zero", verbosity=0)
        else:
            with connection.schema_editor() as editor:
                for model in gone:
                    editor.delete_model(model)
        told = run("--dry-run")
        assert "1 conversations" in told
        assert ("sessions of agents" in told) == (gone != [AgentSession])
        told = run("--yes")
        assert ("sess_1" in told) == (gone != [AgentSession])
        assert tables() == set()
        assert not ContentType.objects.filter(app_label__startswith="chatkit").exists()
        # Nothing tells any more where they are.
        assert not any(path.exists() for path in files) or Attachment in gone
        assert "Nothing of it is left" in run("--yes")
    assert type(user).objects.filter(pk=user.pk).exists()
    assert tables() >= {model._meta.db_table for model in (AgentSession, Attachment, Spent)}
    fill(user)


def test_tables_that_no_migration_has_made() -> None:
    """Those of vectors, which are made when they are first needed."""
    with made_again():
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE chatkit_vector_shelf (id integer PRIMARY KEY)")
            cursor.execute(
                "CREATE TABLE chatkit_vector (shelf integer REFERENCES chatkit_vector_shelf (id))"
            )
        assert "the tables chatkit_vector, chatkit_vector_shelf" in run("--dry-run")
        assert {"chatkit_vector", "chatkit_vector_shelf"} <= tables()
        run("--yes")
        assert tables() == set()


def test_asks_first(monkeypatch: pytest.MonkeyPatch) -> None:
    for answer, words in (("yes", "Nothing was deleted."), (None, "Nobody answered.")):

        def given(_prompt: str, answer: str | None = answer) -> str:
            if answer is None:
                raise EOFError
            return answer

        monkeypatch.setattr("builtins.input", given)
        with pytest.raises(CommandError, match=words):
            run()
    assert tables()


def test_other_apps_that_refer_to_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert uninstalling.apps_that_need_it() == []
    monkeypatch.setattr(uninstalling, "labels", lambda: ["auth"])
    assert "chatkit" in uninstalling.apps_that_need_it()
    with pytest.raises(CommandError, match="Tables of other apps refer to the chat's"):
        run("--yes")


def test_what_python_says_once_the_app_is_gone(tmp_path: Path) -> None:
    """As the page says: the SDK's package of the same name is found in its place."""
    page = (Path(settings.BASE_DIR) / "docs/howto/upgrade.md").read_text()
    for module in ("chatkit.urls", "chatkit.contrib", "chatkit.asgi"):
        said = subprocess.run(
            [sys.executable, "-c", f"import {module}"], cwd=tmp_path, capture_output=True, text=True
        ).stderr
        assert f"No module named '{module}'" in said
        assert f"No module named '{module}'" in page
