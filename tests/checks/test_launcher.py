"""The check of the launcher's icon."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks

from chatkit.page import sprite

NAMES = {"life-buoy": "", "message-circle": "", "bot": ""}


def found(settings: Any, icon: str) -> list[checks.CheckMessage]:
    settings.CHATKIT = settings.CHATKIT | {"LAUNCHER": {"icon": icon}}
    every = checks.run_checks(tags=["chatkit"])
    return [message for message in every if message.id == "chatkit.W077"]


@pytest.mark.parametrize("icon", ["life-buoy", "", "/static/us.svg", "https://cdn.example/us.svg"])
def test_an_icon(settings: Any, monkeypatch: pytest.MonkeyPatch, icon: str) -> None:
    monkeypatch.setattr(sprite, "_shapes", lambda: NAMES)
    assert found(settings, icon) == []


def test_none_of_this_name(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sprite, "_shapes", lambda: NAMES)
    (message,) = found(settings, "lifebuoy")
    assert "'lifebuoy', which is no icon" in message.msg
    assert message.hint.startswith("Did you mean 'life-buoy'? Name ")


def test_nothing_is_known_before_the_front_end_is_built(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sprite, "_shapes", dict)
    assert found(settings, "lifebuoy") == []
