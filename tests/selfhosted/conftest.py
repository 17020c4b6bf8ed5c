"""Fixtures of the engine's suites."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chatkit.selfhosted.runs import lifecycle, process

from .protocol import Caller, secret_of

SCRIPTED = "tests.selfhosted.servers.ScriptedServer"


@pytest.fixture
def wait_for_all_runs(transactional_db: None) -> Iterator[None]:
    """No run of one test lives into the next, nor its threads and connections."""
    yield
    lifecycle.stop_all()
    process.close()


@pytest.fixture(scope="session", autouse=True)
def _no_threads_left() -> Iterator[None]:
    """Requests without a run use the process's threads, too."""
    yield
    process.close()


@pytest.fixture
def scripted(settings: Any, workflow_id: str) -> str:
    """The site's workflow, answered by the scripted server."""
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: SCRIPTED},
        "RATE_LIMITS": {"message": "1000/m"},
    }
    return workflow_id


@pytest.fixture
def ada(wait_for_all_runs: None, user: Any, scripted: str) -> Caller:
    """A caller with a session of `user` with the scripted server."""
    return Caller(secret_of(user, scripted))


@pytest.fixture
def bob(wait_for_all_runs: None, other: Any, scripted: str) -> Caller:
    """The same for another user."""
    return Caller(secret_of(other, scripted))
