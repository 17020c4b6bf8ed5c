"""A caller of each sample, with a model that says what a test has written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ..selfhosted.assistant.model_server import Model
from ..selfhosted.protocol import Caller, secret_of


@pytest.fixture
def scripted_model() -> Iterator[Model]:
    with Model().running() as model:
        yield model


@pytest.fixture
def caller_of(
    transactional_db: None, scripted_model: Model, settings: Any, user: Any, workflow_id: str
) -> Callable[..., Caller]:
    """`caller_of("cat_lounge.CatServer")`: Ada, with a session with this server."""

    def make(server: str, **chatkit: Any) -> Caller:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {workflow_id: f"tests.samples.{server}"},
            "RATE_LIMITS": {"message": "1000/m"},
            "OPENAI_BASE_URL": scripted_model.url,
            "OPENAI_API_KEY": "sk-test",
            **chatkit,
        }
        return Caller(secret_of(user, workflow_id))

    return make
