"""A stand-in for the Agents API, and callers of a site whose agent it hosts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chatkit.selfhosted.managed import turn
from tests.selfhosted.protocol import Caller, secret_of

from .stand_in import AGENT, KEY, AgentsApi


@pytest.fixture
def api() -> Iterator[AgentsApi]:
    with AgentsApi().running() as api:
        yield api


@pytest.fixture(autouse=True)
def _in_the_background(transactional_db: None) -> None:
    """Runs write over connections of their own."""


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits to open a stream again."""
    monkeypatch.setattr(turn, "PAUSES", (0.01, 0.02, 0.05))
    monkeypatch.setattr(turn, "COUNT_PAUSES", (0.1, 0.3, 1.0))


@pytest.fixture
def use(settings: Any, workflow_id: str, api: AgentsApi) -> Callable[..., None]:
    def set_up(answerer: str = f"openai-agent:{AGENT}", **chatkit: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {workflow_id: answerer},
            "RATE_LIMITS": {"message": "1000/m"},
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": api.url,
            **chatkit,
        }

    return set_up


@pytest.fixture
def ada(use: Any, user: Any, workflow_id: str) -> Caller:
    """A caller with a session of `user`, answered by the agent."""
    use()
    return Caller(secret_of(user, workflow_id))
