"""Kinds of things that can be named: declared, searched and read with the user's rights."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.cache import CacheKeyWarning

from chatkit.entities import (
    Entity,
    EntityContext,
    EntityKind,
    Gone,
    find,
    look_up,
    register,
    registry,
)

pytestmark = pytest.mark.django_db


class Things(EntityKind):
    name = "thing"
    title = "Things"
    asked = 0

    def search(self, ctx: EntityContext, words: str) -> Iterator[Entity]:
        Things.asked += 1
        if words == "fail":
            raise RuntimeError("canary")
        for number in range(100):
            yield Entity(number, f"Thing {number}")

    def get(self, ctx: EntityContext, id: str) -> Entity | None:
        if id == "fail":
            raise RuntimeError("canary")
        if id == "odd":
            facts = {"a\nb": "c\x00d", "none": None, "long": "y" * 9000}
            title = "A\u202ename\n\x1b[31m" + "x" * 500
            return Entity("odd", title, url="//evil.example/x", facts=facts)
        return Entity(int(id), f"Thing {id}") if int(id) < 100 else None


class Secret(Things):
    name = "secret"
    permission = "customers.view_customer"


@pytest.fixture
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_registry", {})
    monkeypatch.setattr(registry, "discover", lambda module: None)
    register(Things)
    register(Secret)
    Things.asked = 0


@pytest.fixture
def ctx(user: Any, kinds: None) -> EntityContext:
    return EntityContext(user, "wf_1", "en")


def fresh(user: Any) -> EntityContext:
    return EntityContext(type(user).objects.get(pk=user.pk), "wf_1", "en")


def test_only_what_the_user_may_see(ctx: EntityContext, user: Any) -> None:
    assert {one.kind for one in find(ctx, "a")} == {"thing"}
    with pytest.raises(Gone):
        look_up(ctx, "secret:1")
    user.user_permissions.add(Permission.objects.get(codename="view_customer"))
    found = find(fresh(user), "b")
    assert [one.kind for one in found] == ["thing"] * 10 + ["secret"] * 10
    named = look_up(fresh(user), "secret:1")
    assert named is not None
    assert named.title == "Thing 1"


def test_a_search_is_kept_for_this_user_alone(ctx: EntityContext, other: Any) -> None:
    assert find(ctx, "x") == find(ctx, " x ")
    assert Things.asked == 1
    find(EntityContext(other, "wf_1", "en"), "x")
    find(EntityContext(ctx.user, "wf_2", "en"), "x")
    assert Things.asked == 3


def test_any_primary_key_will_do(kinds: None, caplog: Any) -> None:
    """Some caches take no blanks in a key, and none that is long."""
    ctx = EntityContext(SimpleNamespace(pk="ada lovelace " * 20), "wf_1", "en")
    with warnings.catch_warnings():
        warnings.simplefilter("error", CacheKeyWarning)
        assert find(ctx, "x") == find(ctx, "x")
    assert Things.asked == 1
    assert "cache" not in caplog.text


def test_what_is_kept_ends_with_the_permission(ctx: EntityContext, user: Any) -> None:
    user.user_permissions.add(Permission.objects.get(codename="view_customer"))
    assert {one.kind for one in find(fresh(user), "x")} == {"thing", "secret"}
    user.user_permissions.clear()
    assert {one.kind for one in find(fresh(user), "x")} == {"thing"}


def test_a_kind_that_fails_takes_nothing_down(ctx: EntityContext, caplog: Any) -> None:
    assert find(ctx, "fail") == []
    with pytest.raises(Gone):
        look_up(ctx, "thing:fail")
    assert "could not be searched" in caplog.text
    assert "could not be asked" in caplog.text


@pytest.mark.parametrize(
    "own", ["", "1e400", "ab", "100", "01", "1\n", "9" * 81, "\u202e1"]
)  # fmt: skip
def test_ids_that_name_nothing(ctx: EntityContext, own: str) -> None:
    with pytest.raises(Gone):
        look_up(ctx, f"thing:{own}")


@pytest.mark.parametrize("tag_id", ["", "thing", "page:1", ":1", "Thing:1"])
def test_ids_of_the_pages_own(ctx: EntityContext, tag_id: str) -> None:
    assert look_up(ctx, tag_id) is None


def test_hostile_names_are_cleaned(ctx: EntityContext) -> None:
    named = look_up(ctx, "thing:odd")
    assert named is not None
    assert named.title.startswith("A name [31mxxx")
    assert len(named.title) == 120
    assert named.url == ""
    assert set(named.facts) == {"a b", "long"}
    assert named.facts["a b"] == "c d"
    assert len(named.facts["long"]) == 500


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"name": "A b"}, "can't be a kind's name"),
        ({"name": "x", "permission": "view"}, "not a permission"),
        ({"name": "thing"}, "Two kinds"),
    ],
)
def test_kinds_that_do_not_fit(kinds: None, fields: dict[str, str], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        register(type("Other", (EntityKind,), fields))
