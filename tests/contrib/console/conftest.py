from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext


@pytest.fixture
def operator(db: None) -> Any:
    """Staff who may see the console, and nothing else."""
    user = get_user_model().objects.create_user("oona", password="pw-oona", is_staff=True)
    user.user_permissions.add(
        Permission.objects.get(content_type__app_label="chatkit_console", codename="view_console")
    )
    return user


@pytest.fixture
def reader(operator: Any) -> Any:
    """An operator who may read conversations too."""
    operator.user_permissions.add(Permission.objects.get(codename="read_conversation"))
    return operator


@pytest.fixture
def console(operator: Any) -> Client:
    """The operator's browser."""
    client = Client()
    client.force_login(operator)
    return client


@pytest.fixture
def connection_queries() -> Callable[[Callable[[], object]], int]:
    """How many queries a call makes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
