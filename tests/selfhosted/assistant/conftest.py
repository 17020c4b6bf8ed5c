"""A model server on a real socket, and callers of a site whose assistant asks it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from llmock.testing import LLMockServer

from chatkit import toolbox
from tests.selfhosted.protocol import Caller, secret_of

from .model_server import Model

ASSISTANT = "tests.selfhosted.assistant.servers.QuickServer"
APIS = ("responses", "chat_completions")


@pytest.fixture(scope="session")
def model_server() -> Iterator[LLMockServer]:
    with LLMockServer() as server:
        yield server


@pytest.fixture
def model(model_server: LLMockServer) -> Iterator[LLMockServer]:
    """The model server, with nothing scripted."""
    model_server.state.scenarios.clear()
    model_server.state.journal.clear()
    yield model_server
    model_server.state.scenarios.clear()


@pytest.fixture(autouse=True)
def _in_the_background(transactional_db: None) -> None:
    """Runs write over connections of their own."""


@pytest.fixture
def own_registry(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test declares is gone after it; the assistant is built anew with it."""
    from chatkit.selfhosted import engine

    monkeypatch.setattr(toolbox, "_registry", toolbox.all_tools())
    engine._servers.clear()
    yield
    engine._servers.clear()


@pytest.fixture(params=APIS)
def api(request: pytest.FixtureRequest) -> str:
    """Both ways to ask a model."""
    return str(request.param)


@pytest.fixture
def use(settings: Any, workflow_id: str) -> Callable[..., None]:
    """Set who answers, and by which model server."""

    def set_up(answerer: str = ASSISTANT, **chatkit: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {workflow_id: answerer},
            "RATE_LIMITS": {"message": "1000/m"},
            "OPENAI_API_KEY": "sk-canary",
            "MODEL": "mock-1",
            **chatkit,
        }

    return set_up


@pytest.fixture
def ada(use: Any, model: LLMockServer, api: str, user: Any, workflow_id: str) -> Caller:
    """A caller with a session of `user`, whose assistant asks the model server."""
    use(OPENAI_BASE_URL=model.base_url("openai"), MODEL_API=api)
    return Caller(secret_of(user, workflow_id))


@pytest.fixture
def scripted_model() -> Iterator[Model]:
    """A model that says what a test has written down."""
    with Model().running() as model:
        yield model


@pytest.fixture
def chat_ada(use: Any, scripted_model: Model, user: Any, workflow_id: str) -> Caller:
    """A caller whose assistant asks the scripted model by Chat Completions."""
    use(OPENAI_BASE_URL=scripted_model.url)
    return Caller(secret_of(user, workflow_id))
