"""Fixtures for what talks to OpenAI: a stand-in, or `responses` where the wire is asserted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chatkit.hosted import transport

from .openai_standin import KEY, OpenAI, running

HOSTED = "wf_hosted"


@pytest.fixture
def openai(settings: Any) -> Iterator[OpenAI]:
    """The stand-in, and the site set up for it with the one workflow `wf_hosted`."""
    with running() as standin:
        settings.CHATKIT = {
            **settings.CHATKIT,
            "WORKFLOWS": {HOSTED: "openai"},
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": standin.url,
            "OPENAI_TIMEOUT": (2.0, 5.0),
        }
        yield standin


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between repeats, which no test waits for."""
    waited: list[float] = []
    monkeypatch.setattr(transport, "_sleep", waited.append)
    return waited


@pytest.fixture
def hosted_settings(settings: Any) -> Any:
    """The one workflow `wf_hosted` at OpenAI's real address: for tests that use `responses`."""
    settings.CHATKIT = {
        **settings.CHATKIT,
        "WORKFLOWS": {HOSTED: "openai"},
        "OPENAI_API_KEY": KEY,
    }
    return settings
