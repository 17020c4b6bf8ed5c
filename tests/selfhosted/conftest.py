"""Fixtures of the engine's suites."""

from __future__ import annotations

from typing import Any

import pytest

from .protocol import Caller, secret_of

SCRIPTED = "tests.selfhosted.servers.ScriptedServer"


@pytest.fixture
def scripted(settings: Any, workflow_id: str) -> str:
    """The site's workflow, answered by the scripted server."""
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: SCRIPTED},
        "RATE_LIMITS": {"message": "1000/m"},
    }
    return workflow_id


@pytest.fixture
def ada(transactional_db: None, user: Any, scripted: str) -> Caller:
    """A caller with a session of `user` with the scripted server."""
    return Caller(secret_of(user, scripted))


@pytest.fixture
def bob(transactional_db: None, other: Any, scripted: str) -> Caller:
    """The same for another user."""
    return Caller(secret_of(other, scripted))
