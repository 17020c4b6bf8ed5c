"""A site that takes visitors, and people at their browsers."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chatkit.models import Visitor
from chatkit.testing import Chat

from . import people


@pytest.fixture
def open_site(settings: Any, workflow_id: str, db: None) -> str:
    """The workflow, which takes visitors."""
    settings.CHATKIT = settings.CHATKIT | {"VISITORS": True}
    return workflow_id


@pytest.fixture
def visit(open_site: str) -> people.Visit:
    """Somebody who has written."""
    return people.come()


@pytest.fixture
def second(open_site: str) -> people.Visit:
    """Somebody else who has written, at another browser."""
    return people.come()


__all__ = ["Chat", "Client", "Visitor"]
