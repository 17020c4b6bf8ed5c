"""The check of the names of icons."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks

from chatkit import navigation
from chatkit.page import sprite


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The drawings that there are: those of this site's own entries, and one more."""
    found = dict.fromkeys(["life-buoy", *(entry.icon for entry in navigation.items())], "")
    monkeypatch.setattr(sprite, "_shapes", lambda: found)
    return found


def found(settings: Any, **chatkit: Any) -> list[checks.CheckMessage]:
    settings.CHATKIT = settings.CHATKIT | chatkit
    every = checks.run_checks(tags=["chatkit"])
    return [message for message in every if message.id == "chatkit.W077"]


@pytest.mark.parametrize("icon", ["life-buoy", "", "/static/us.svg", "https://cdn.example/us.svg"])
def test_an_icon(settings: Any, shapes: Any, icon: str) -> None:
    shapes["message-circle"] = ""
    assert found(settings, LAUNCHER={"icon": icon}) == []


def card(**more: str) -> dict[str, str]:
    return {"title": "Hours", "body": "9 to 17", **more}


@pytest.mark.parametrize(
    ("chatkit", "words"),
    [
        ({"LAUNCHER": {"icon": "lifebuoy"}}, "CHATKIT['LAUNCHER']['icon'] is 'lifebuoy', and"),
        (
            {"INFO_CARDS": [card(), card(icon="lifebuoy")]},
            "CHATKIT['INFO_CARDS'][1]['icon'] is 'lifebuoy', and",
        ),
        (
            {"WORKFLOWS": {"wf": {"server": "openai", "cards": (card(icon="lifebuoy"),)}}},
            "CHATKIT['WORKFLOWS']['wf']['cards'][0]['icon'] is 'lifebuoy', and",
        ),
    ],
)
def test_none_of_this_name(settings: Any, shapes: Any, chatkit: Any, words: str) -> None:
    shapes["message-circle"] = ""
    (message,) = found(settings, **chatkit)
    assert message.msg.startswith(words)
    assert message.hint.startswith("Did you mean 'life-buoy'? Name ")


def test_of_a_menu_entry(settings: Any, shapes: Any) -> None:
    with navigation.register_temporarily("shop", "Shop", "chatkit:page", icon="lifebuoy", order=1):
        (message,) = found(settings)
    assert message.msg.startswith("The icon of the menu entry 'shop' is 'lifebuoy'")


def test_nothing_is_known_before_the_front_end_is_built(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sprite, "_shapes", dict)
    assert found(settings, LAUNCHER={"icon": "lifebuoy"}) == []
