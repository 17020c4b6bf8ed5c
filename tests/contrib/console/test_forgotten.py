"""Whom a change was about is in the log until they are erased, or their account is gone."""

from __future__ import annotations

import json
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from chatkit import personal_data
from chatkit.contrib.console.models import Budget, Change
from tests.people import browser

from .test_audit import CONSOLE, log, page_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(admin: Any) -> Client:
    return browser(admin)


def test_whom_a_budget_is_about_until_they_are_erased_or_gone(
    console: Client, root: Client, user: Any, other: Any
) -> None:
    base = "/admin/chatkit_console/budget/"
    given = {"amount": "5", "unit": "messages", "span": "day", "active": "on"}
    root.post(f"{base}add/", given | {"user": user.pk})
    pk = Budget.objects.get().pk
    root.post(f"{base}{pk}/change/", given | {"user": user.pk, "amount": "6"})
    five, six = (f"Person: {amount} messages a day Budgets" for amount in (5, 6))
    found = [
        ["root", "Changed", f"{six} · amount: 5.00 → 6.00", user.username],
        ["root", "Added", five, user.username],
    ]
    assert log(console) == found
    assert log(console, person=user.username) == found
    assert user.username in page_of(root, f"{CONSOLE}usage/").partition("Latest changes")[2]
    exported = json.loads("".join(personal_data.export(user)))["changes"]
    assert [row["action"] for row in exported] == ["added", "changed"]
    root.post(f"{base}{pk}/change/", given | {"user": other.pk, "amount": "6"})
    root.post(f"{base}{pk}/delete/", {"post": "yes"})
    assert log(console)[:2] == [
        ["root", "Deleted", six, other.username],
        ["root", "Changed", f"{six} · person: … → …", other.username],
    ]
    assert personal_data.erase(user)["changes"] == 2
    other.delete()
    assert {line[3] for line in log(console)} == {"–"}
    nothing_names(user, other)
    assert not json.loads("".join(personal_data.export(user)))["changes"]


def nothing_names(*people: Any) -> None:
    kept = list(Change.objects.values("person", "name", "before", "after"))
    assert kept
    assert not [one for one in people if one.username in json.dumps(kept)]
    assert {row["person"] for row in kept} == {None}
    assert not [side for row in kept for side in (row["before"], row["after"])
                if side.get("user") not in (None, "…")]  # fmt: skip


def test_changes_of_before_say_whom_they_are_about_in_one_place(user: Any, other: Any) -> None:
    """Those that an earlier release has kept, by the migration."""
    budget = Budget.objects.create(user=user, amount=5)
    everybodys = Budget.objects.create(amount=6)
    for row, name, before, after in (
        (budget.pk, "ada: 5 messages a day", {}, {"user": user.pk, "amount": "5.00"}),
        (budget.pk, "ada: 6 messages a day", {"amount": "5.00"}, {"amount": "6.00"}),
        (10**6, "bob: 6 messages a day", {"amount": "5.00"}, {"amount": "6.00"}),
        (10**6, "bob: 6 messages a day", {"user": other.pk}, {}),
        (everybodys.pk, "Everybody: 6 messages a day", {}, {"amount": "6.00"}),
        (10**6 + 1, "ada: 6 messages a day", {}, {"amount": "6.00"}),
        (10**6 + 2, "cy: 6 messages a day", {"user": 10**8}, {}),
    ):
        Change.objects.create(
            kind="budget", object_id=str(row), name=name, before=before, after=after
        )
    migration = import_module("chatkit.contrib.console.migrations.0004_change_person")
    for _again in range(2):  # once more after it was taken back
        migration.forget_names(apps, SimpleNamespace(connection=connection))
    people = [user.pk, user.pk, other.pk, other.pk, None, None, None]
    assert list(Change.objects.order_by("pk").values_list("person", flat=True)) == people
    names = Change.objects.order_by("pk").values_list("name", flat=True)
    one, two, three, four = (f"#{pk}" for pk in (budget.pk, 10**6, 10**6 + 1, 10**6 + 2))
    assert list(names) == [one, one, two, two, "Everybody: 6 messages a day", three, four]
    user.delete(), other.delete()
    nothing_names(user, other)
