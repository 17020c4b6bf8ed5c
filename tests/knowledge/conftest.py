"""The sample articles with their vectors, made once for all tests that only ask."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from chatkit.knowledge import Knowledge


@pytest.fixture(scope="session")
def semantic_help() -> Knowledge:
    knowledge = Knowledge(Path(__file__).parents[2] / "mseller" / "help")
    knowledge.search("warm")
    return knowledge


def failing(monkeypatch: pytest.MonkeyPatch, path: Path, fault: int) -> None:
    """This file alone can't be read."""
    plain = Path.read_text

    def read(self: Path, *args: Any, **kwargs: Any) -> str:
        if self == path:
            raise OSError(fault, "It does not work")
        return plain(self, *args, **kwargs)

    monkeypatch.setattr(Path, "read_text", read)
