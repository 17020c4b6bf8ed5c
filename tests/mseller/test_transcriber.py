"""Who writes down what people say, as the environment says it."""

from __future__ import annotations

import pytest

from chatkit import conf
from mseller import transcriber
from mseller.environment import Environment

MODEL = {"CHATKIT_TRANSCRIBER_MODEL": "m"}
URL = {"CHATKIT_TRANSCRIBER_URL": "https://speech.example/v1"}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ({}, None),
        (URL, None),
        (MODEL, {"model": "m"}),
        (MODEL | URL, {"model": "m", "base_url": "https://speech.example/v1"}),
        (MODEL | {"CHATKIT_TRANSCRIBER_KEY": "k"}, {"model": "m", "api_key": "k"}),
    ],
)
def test_each(given: dict[str, str], wanted: dict[str, str] | None) -> None:
    env = Environment()
    env.read(given)
    assert transcriber.of(env) == wanted
    assert conf.BY_NAME["TRANSCRIBER"].accepts(wanted)
