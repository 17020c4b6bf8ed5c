"""The check that demo users are not left behind."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import DEFAULT_DB_ALIAS

pytestmark = pytest.mark.django_db


def said() -> list[str]:
    found = checks.run_checks(tags=["chatkit"], databases=[DEFAULT_DB_ALIAS])
    return [message.msg for message in found if message.id == "chatkit.W053"]


def make(name: str, password: str = "", **fields: Any) -> Any:
    return get_user_model().objects.create_user(name, password=password or name, **fields)


@pytest.mark.parametrize("name", ["demo", "admin"])
def test_known_password(name: str) -> None:
    make(name)
    (message,) = said()
    assert f"these users: {name}." in message


def test_where_debug_is_on_they_belong(settings: Any) -> None:
    make("demo")
    settings.DEBUG = True
    assert said() == []


def test_harmless_users() -> None:
    make("demo", "a password of its own")
    make("admin", is_active=False)
    make("ada", "ada")
    assert said() == []


def test_a_new_password_is_enough() -> None:
    demo = make("demo")
    assert said()
    demo.set_password("a password of its own")
    demo.save()
    assert said() == []


def test_no_query_where_databases_are_not_asked_for() -> None:
    make("demo")
    assert not [m for m in checks.run_checks() if m.id == "chatkit.W053"]
