"""The sample articles with their vectors, made once for all tests that only ask."""

from __future__ import annotations

from pathlib import Path

import pytest

from chatkit.knowledge import Knowledge


@pytest.fixture(scope="session")
def semantic_help() -> Knowledge:
    knowledge = Knowledge(Path(__file__).parents[2] / "mseller" / "help")
    knowledge.search("warm")
    return knowledge
