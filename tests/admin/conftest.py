"""Who comes to the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client


@pytest.fixture
def root(admin: Any) -> Client:
    """A superuser."""
    client = Client()
    client.force_login(admin)
    return client
