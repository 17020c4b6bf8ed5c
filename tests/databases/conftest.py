"""Scratch databases, and what is left out where a server is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from .scratch import missing, scratch


@pytest.fixture
def make_database(tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """`make_database("PostgreSQL")` gives the URL of an empty database there, or skips."""
    with ExitStack() as made:

        def make(name: str) -> str:
            if reason := missing(name):
                pytest.skip(f"{name}: {reason}")
            return made.enter_context(scratch(name, tmp_path))

        yield make
