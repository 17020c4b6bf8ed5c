"""Whose conversation it is: the `user` that OpenAI is told. The rest is in test_import."""

from __future__ import annotations

from typing import Any

from chatkit.hosted.owners import upstream_user


def test_user_told_to_openai(settings: Any) -> None:
    settings.CHATKIT = {}
    assert upstream_user(7) == "user:7"
    settings.CHATKIT = {"USER_PREFIX": "shop"}
    assert upstream_user(7) == "shop:7"
