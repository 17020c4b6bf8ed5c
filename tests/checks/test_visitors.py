"""W068, W069, W074: what keeps visitors out, or lets them ask without limits."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError

from chatkit.checks.visitors import (
    check_access_of_visitors,
    check_limits_of_visitors,
    check_script_of_visitors,
)

HERE = "tests.checks.test_visitors"


def by_email(user: Any, workflow_id: str) -> bool:
    return bool(user.email.endswith("@example.com"))


def listed(user: Any, workflow_id: str) -> bool:
    return {"ada": True}[user.get_username()]


def denied(user: Any, workflow_id: str) -> bool:
    raise PermissionDenied


def away(user: Any, workflow_id: str) -> bool:
    raise OperationalError


def logged_in(user: Any, workflow_id: str) -> bool:
    return bool(user.is_authenticated)


def ids(found: list[Any]) -> list[str]:
    return [one.id for one in found]


def test_a_rule_that_fails(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"ACCESS": f"{HERE}.by_email"}
    assert check_access_of_visitors() == []
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": True}
    assert ids(check_access_of_visitors()) == ["chatkit.W068"]
    settings.CHATKIT = settings.CHATKIT | {"ACCESS": f"{HERE}.listed"}
    assert ids(check_access_of_visitors()) == ["chatkit.W068"]
    for sound in ("logged_in", "denied", "away"):
        settings.CHATKIT = settings.CHATKIT | {"ACCESS": f"{HERE}.{sound}"}
        assert check_access_of_visitors() == []


def test_openai(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": True}
    assert check_script_of_visitors() == []
    script = "https://cdn.platform.openai.com/deployments/chatkit/chatkit.js"
    settings.CHATKIT = settings.CHATKIT | {"SCRIPT_URL": script}
    assert ids(check_script_of_visitors()) == ["chatkit.W069"]
    settings.CHATKIT = settings.CHATKIT | {"SCRIPT_URL": None, "WORKFLOWS": {"wf": "openai"}}
    assert ids(check_script_of_visitors()) == ["chatkit.W069"]
    closed = {"wf": {"server": "openai", "visitors": False}}
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": closed}
    assert check_script_of_visitors() == []


def test_limits(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": True}
    assert check_limits_of_visitors() == []
    settings.RATELIMIT_ENABLE = False
    assert ids(check_limits_of_visitors()) == ["chatkit.W074"]
    settings.RATELIMIT_ENABLE = True
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
    assert ids(check_limits_of_visitors()) == ["chatkit.W074"]
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": None}
    assert check_limits_of_visitors() == []


def test_a_wrong_value_is_anothers(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": "yes"}
    assert check_access_of_visitors() == []
