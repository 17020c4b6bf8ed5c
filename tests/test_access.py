"""Who may chat."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser

from chatkit import access


def everyone(user: Any, workflow_id: str) -> bool:
    return True


def sellers_of_one(user: Any, workflow_id: str) -> bool:
    return bool(user.username == "ada" and workflow_id == "wf_1")


def test_default_is_active_users(user: Any) -> None:
    assert access.allowed(user, "wf_1")


def test_default_refuses_strangers_and_the_deactivated(user: Any) -> None:
    user.is_active = False
    assert not access.allowed(user, "wf_1")
    assert not access.allowed(AnonymousUser(), "wf_1")


def test_rule_by_dotted_path(user: Any, other: Any, settings: Any) -> None:
    settings.CHATKIT = {"ACCESS": "tests.test_access.sellers_of_one"}
    assert access.allowed(user, "wf_1")
    assert not access.allowed(user, "wf_2")
    assert not access.allowed(other, "wf_1")


def test_no_rule_opens_for_strangers_or_the_deactivated(user: Any, settings: Any) -> None:
    settings.CHATKIT = {"ACCESS": "tests.test_access.everyone"}
    user.is_active = False
    assert not access.allowed(AnonymousUser(), "wf_1")
    assert not access.allowed(user, "wf_1")


def test_rule_that_is_not_there(user: Any, settings: Any) -> None:
    settings.CHATKIT = {"ACCESS": "tests.test_access.nobody"}
    with pytest.raises(ImportError):
        access.allowed(user, "wf_1")
