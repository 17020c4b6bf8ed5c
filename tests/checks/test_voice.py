"""The checks of CHATKIT["TRANSCRIBER"]."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.checks import voice

URL = "https://speech.example/v1"


def write(audio: bytes, mime_type: str, context: Any) -> str:
    return ""


def odd(audio: bytes) -> str:
    return ""


@pytest.mark.parametrize(
    ("given", "ids"),
    [
        (None, []),
        ("", []),
        (5, []),  # E001 says so
        (f"{__name__}.write", []),
        (f"{__name__}.odd", ["chatkit.E054"]),
        (f"{__name__}.missing", ["chatkit.E054"]),
        ({"model": "m", "api_key": "“sk”"}, ["chatkit.E054"]),
        ({"model": "m", "base_url": URL}, []),
        ({"model": "m", "base_url": "http://localhost:8000/v1"}, []),
        ({"model": "m", "base_url": "http://speech.example/v1"}, ["chatkit.W055"]),
        ({"model": "gpt-transcribe"}, []),
        ({"model": "whisper-1"}, ["chatkit.W058"]),
        ({"model": "gpt-4o-mini-transcribe"}, ["chatkit.W058"]),
        ({"model": "whisper-1", "base_url": URL}, []),  # it is another's name for its own
    ],
)
def test_each(settings: Any, given: Any, ids: list[str]) -> None:
    settings.CHATKIT = {"TRANSCRIBER": given}
    found = [
        *voice.check_transcriber(),
        *voice.check_transcriber_address(),
        *voice.check_transcriber_model(),
    ]
    assert [message.id for message in found] == ids
    assert all(message.hint for message in found)
