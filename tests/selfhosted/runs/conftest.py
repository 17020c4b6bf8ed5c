"""What the tests of runs share."""

from __future__ import annotations

import pytest

from chatkit.selfhosted.runs import database


@pytest.fixture(autouse=True)
def _no_outage_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another test's: a process that has seen one takes nobody for dead for a while."""
    monkeypatch.setattr(database, "_failed_at", float("-inf"))
