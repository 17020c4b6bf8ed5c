from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.people import browser, permit, staff


@pytest.fixture
def operator(db: None) -> Any:
    """Staff who may see the console, and nothing else."""
    return staff("oona", "chatkit_console.view_console")


@pytest.fixture
def reader(operator: Any) -> Any:
    """An operator who may read conversations too."""
    permit(operator, "chatkit.read_conversation")
    return operator


@pytest.fixture
def console(operator: Any) -> Client:
    """The operator's browser."""
    return browser(operator)


@pytest.fixture
def connection_queries() -> Callable[[Callable[[], object]], int]:
    """How many queries a call makes."""

    def count(call: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as captured:
            call()
        return len(captured)

    return count
