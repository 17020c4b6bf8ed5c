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
        ({"model": "gpt-transcribe", "api_key": "sk"}, []),
        ({"model": "whisper-1", "api_key": "sk"}, ["chatkit.W058"]),
        ({"model": "gpt-4o-mini-transcribe", "api_key": "sk"}, ["chatkit.W058"]),
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


OPENAI = "https://api.openai.com/v1"


@pytest.mark.parametrize(
    ("given", "site", "words"),
    [
        ({}, {}, "OpenAI is asked, but OPENAI_API_KEY is empty."),
        ({}, {"OPENAI_API_KEY": " "}, "OpenAI is asked, but OPENAI_API_KEY is empty."),
        ({}, {"OPENAI_API_KEY": "“sk”"}, "OPENAI_API_KEY holds characters that no key has."),
        ({}, {"OPENAI_API_KEY": "sk"}, ""),
        ({}, {"OPENAI_BASE_URL": URL}, ""),  # it may need none
        ({"api_key": ""}, {"OPENAI_API_KEY": "sk"}, "OpenAI is asked, but its api_key is empty."),
        # OpenAI's key goes to no address but OPENAI_BASE_URL.
        ({"base_url": OPENAI}, {"OPENAI_API_KEY": "sk"}, "but its api_key is empty."),
        ({"base_url": OPENAI, "api_key": "sk"}, {}, ""),
    ],
)
def test_the_key(settings: Any, given: Any, site: Any, words: str) -> None:
    settings.CHATKIT = site | {"TRANSCRIBER": given | {"model": "gpt-transcribe"}}
    found = [message.msg for message in voice.check_transcriber()]
    assert len(found) == bool(words)
    assert all(words in sentence for sentence in found)


def test_where_the_key_is_set(settings: Any) -> None:
    """In the setting: the app reads no environment."""
    settings.CHATKIT = {"TRANSCRIBER": {"model": "gpt-transcribe"}}
    (message,) = voice.check_transcriber()
    assert str(message.hint).startswith("Set CHATKIT['OPENAI_API_KEY'].")
