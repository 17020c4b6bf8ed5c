"""The checks of what takes people's files."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import checks

from chatkit.attachments import images


def said() -> list[str]:
    found = checks.run_checks(tags=["chatkit"])
    ids = ("chatkit.W056", "chatkit.E057")
    return [f"{message.id} {message.msg}" for message in found if message.id in ids]


def test_without_pillow(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "is_available", lambda: False)
    asked: list[dict[str, Any]] = [{"max_count": 3}, {"accept": {"image/png": []}}]
    for limits in asked:
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": limits}
        assert [message[:12] for message in said()] == ["chatkit.W056"]
    tried: list[dict[str, Any]] = [{"enabled": False}, {"accept": {"text/plain": []}}]
    for limits in tried:
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": limits}
        assert said() == []
    settings.CHATKIT = {k: v for k, v in settings.CHATKIT.items() if k != "ATTACHMENTS"}
    assert said() == []  # a site that says nothing of files


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("tests.selfhosted.attachments.test_views.infected", ""),
        ("tests.checks.nothing_here.scan", "cannot be imported"),
        ("tests.checks.test_attachments.said", "can't be called with (file, name, mime_type)"),
    ],
)
def test_scanner(settings: Any, path: str, fault: str) -> None:
    settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"scanner": path}}
    found = said()
    assert (fault in found[0] and found[0].startswith("chatkit.E057")) if fault else not found
