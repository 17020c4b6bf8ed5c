"""The check of CHATKIT["STREAMS"]."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.checks import streams


@pytest.mark.parametrize("installed", [True, False])
def test_redis_py(settings: Any, monkeypatch: pytest.MonkeyPatch, installed: bool) -> None:
    monkeypatch.setattr(streams, "find_spec", lambda name: object() if installed else None)
    settings.CHATKIT = {}
    assert streams.check_streams() == []
    settings.CHATKIT = {"STREAMS": "redis://localhost"}
    ids = [message.id for message in streams.check_streams()]
    assert ids == ([] if installed else ["chatkit.E065"])
