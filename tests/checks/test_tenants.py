"""The checks of a database with tenants."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps

from chatkit.checks import tenants


class Whole:
    def current(self) -> str:
        return ""

    def entered(self, name: str) -> AbstractContextManager[None]:
        return nullcontext()

    def all(self) -> list[str]:
        return []


class Half:
    def current(self) -> str:
        return ""


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (None, []),
        (f"{__name__}.Whole", []),
        (f"{__name__}.Half", ["chatkit.E061"]),
        (f"{__name__}.Missing", ["chatkit.E061"]),
        (3, []),  # E001 says so
    ],
)
def test_the_class(settings: Any, given: Any, ids: list[str]) -> None:
    settings.CHATKIT = {"CONNECTION_SCOPE": given}
    assert [message.id for message in tenants.check_scope()] == ids


USERS = "django.contrib.auth"
OURS = ["chatkit", "chatkit.contrib.articles", "chatkit.contrib.console"]


@pytest.mark.parametrize(
    ("shared", "own", "ids"),
    [
        ([], [USERS, *OURS], []),
        ([USERS, *OURS], [], []),
        ([USERS], OURS, ["chatkit.E062"] * 3),
        (["chatkit.apps.ChatKitConfig", *OURS[1:]], [USERS], ["chatkit.E062"] * 3),
        ([USERS], [USERS, *OURS], ["chatkit.E062"] * 3),
        (OURS[1:], [USERS, OURS[0]], ["chatkit.E062"] * 2),
    ],
)
def test_django_tenants(
    settings: Any, monkeypatch: pytest.MonkeyPatch, shared: Any, own: Any, ids: list[str]
) -> None:
    there = [*apps.get_app_configs(), SimpleNamespace(name="django_tenants")]
    monkeypatch.setattr(apps, "get_app_configs", lambda: there)
    settings.SHARED_APPS, settings.TENANT_APPS = shared, own
    settings.CHATKIT = {}
    assert [message.id for message in tenants.check_scope()] == ["chatkit.E061"]
    assert [message.id for message in tenants.check_tenant_apps()] == ids


def test_articles_of_all(settings: Any) -> None:
    settings.CHATKIT = {"CONNECTION_SCOPE": f"{__name__}.Whole"}
    assert [message.id for message in tenants.check_articles()] == ["chatkit.W063"]
    settings.CHATKIT = {}
    assert tenants.check_articles() == []


SOUND = {"KEY_FUNCTION": "django_tenants.cache.make_key"}


@pytest.mark.parametrize(
    ("caches", "counts", "told"),
    [
        ({"default": {}}, "default", {"default": "share their limits, and what they found"}),
        ({"default": SOUND}, "default", {}),
        ({"default": SOUND, "calls": {}}, "calls", {"calls": "share their limits."}),
        ({"default": {}, "calls": SOUND}, "calls", {"default": "share what they found"}),
        ({"default": SOUND, "calls": {}}, "default", {}),
        ({"default": SOUND}, "nowhere", {}),  # E041 says so
    ],
)
def test_the_caches(
    settings: Any, monkeypatch: pytest.MonkeyPatch, caches: Any, counts: str, told: dict[str, str]
) -> None:
    settings.CACHES, settings.RATELIMIT_ENABLE = caches, True
    settings.RATELIMIT_USE_CACHE = counts
    assert tenants.check_cache() == []
    there = [*apps.get_app_configs(), SimpleNamespace(name="django_tenants")]
    monkeypatch.setattr(apps, "get_app_configs", lambda: there)
    found = tenants.check_cache()
    assert [message.id for message in found] == ["chatkit.W073"] * len(told)
    for message, (name, words) in zip(found, told.items(), strict=True):
        assert message.msg.startswith(f"CACHES[{name!r}] has no KEY_FUNCTION")
        assert words in message.msg
