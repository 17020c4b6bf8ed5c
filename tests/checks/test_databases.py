"""The check of the database's characters, where no server is needed; the rest is tested with
the databases."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core import checks
from django.db import DEFAULT_DB_ALIAS, connections

from .test_checks import _built as _built  # every check's surroundings
from .test_checks import only, ours


@pytest.fixture
def options(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The OPTIONS of a MySQL database that is never connected to."""
    found: dict[str, Any] = {}
    connection = connections[DEFAULT_DB_ALIAS]
    monkeypatch.setattr(connection, "vendor", "mysql")
    monkeypatch.setitem(connection.settings_dict, "OPTIONS", found)
    return found


@pytest.mark.parametrize("charset", ["utf8", "utf8mb3", "latin1"])
def test_three_bytes(options: dict[str, Any], charset: str) -> None:
    options["charset"] = charset
    message = only(ours(), "chatkit.W051")
    assert f"DATABASES['default']['OPTIONS'] says '{charset}'" in message.msg


def test_four_bytes(options: dict[str, Any]) -> None:
    assert ours() == []
    options["charset"] = "UTF8MB4"
    assert ours() == []


class Elsewhere:
    """A router that keeps the app in a database of its own."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "chats" if model._meta.app_label == "chatkit" else None

    db_for_write = db_for_read


class Replica(Elsewhere):
    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return None


def test_a_database_of_its_own(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [f"{__name__}.Elsewhere"]
    assert "'chats'" in only(ours(), "chatkit.E071").msg


class ArticlesElsewhere(Elsewhere):
    """A router that knows nothing of an optional app."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "rest" if model._meta.app_label == "chatkit_articles" else None

    db_for_write = db_for_read


class ArticlesReplica(ArticlesElsewhere):
    def db_for_write(self, model: Any, **hints: Any) -> str | None:
        return None


class PeopleElsewhere:
    """A router that keeps the accounts in a database of their own."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return "people" if model._meta.app_label == "auth" else None

    db_for_write = db_for_read


def test_an_optional_app_in_a_database_of_its_own(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [f"{__name__}.ArticlesElsewhere"]
    assert "sends 'chatkit_articles' to the database 'rest'" in only(ours(), "chatkit.E071").msg


def test_people_in_a_database_of_their_own(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [f"{__name__}.PeopleElsewhere"]
    assert "sends 'auth.User' to the database 'people'" in only(ours(), "chatkit.E071").msg


def test_a_replica_of_an_optional_app(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [f"{__name__}.ArticlesReplica"]
    assert "reads 'chatkit_articles' from 'rest'" in only(ours(), "chatkit.W072").msg


def test_a_replica_that_may_be_behind(settings: Any) -> None:
    settings.DATABASE_ROUTERS = [f"{__name__}.Replica"]
    assert "reads 'chatkit' from 'chats'" in only(ours(), "chatkit.W072").msg


def test_the_guides_router_keeps_it_where_it_is_written(settings: Any) -> None:
    page = Path(settings.BASE_DIR, "docs/howto/tenants.md").read_text("utf-8")
    (code,) = re.findall(r"```python\n# shop/routers\.py\n((?s:.*?))```", page)
    found: dict[str, Any] = {}
    exec(code, found)
    settings.DATABASE_ROUTERS = [found["Replicas"]()]
    assert ours() == []


@pytest.mark.django_db
def test_another_database_is_left_alone() -> None:
    found = checks.run_checks(tags=["chatkit"], databases=[DEFAULT_DB_ALIAS])
    assert [message.id for message in found if message.id == "chatkit.W051"] == []
