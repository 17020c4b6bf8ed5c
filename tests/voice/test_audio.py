"""What a recording is, and how long."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress

import pytest

from chatkit.exceptions import ApiError
from chatkit.voice import AUDIO_BYTES, audio

from .recordings import mp4, ogg, webm

KINDS = pytest.mark.parametrize(
    ("make", "media_type"),
    [
        (webm, "audio/webm"),
        (ogg, "audio/ogg"),
        (mp4, "audio/mp4"),
        (lambda length: mp4(length, fragmented=False), "audio/mp4"),
    ],
)


@KINDS
def test_kind_and_length_by_content(make: Callable[[int], bytes], media_type: str) -> None:
    for seconds in (2.5, 299.9):
        found = audio.read(make(int(seconds * 1000)))
        assert (found.media_type, found.extension) == (media_type, media_type[6:])
        assert found.seconds == pytest.approx(seconds, abs=0.01)


@KINDS
def test_five_minutes_at_most(make: Callable[[int], bytes], media_type: str) -> None:
    assert audio.read(make(304_000)).seconds  # browsers stop a little late
    with pytest.raises(ApiError) as caught:
        audio.read(make(306_000))
    assert caught.value.code == "too_large"
    assert "five minutes" in str(caught.value.message)


@KINDS
def test_cut_and_damaged_ones_do_not_fail(make: Callable[[int], bytes], media_type: str) -> None:
    """They are passed on: a player can tell what is in them."""
    whole, chance = make(20_000), random.Random(7)
    for _time in range(200):
        cut = bytearray(whole[: chance.randrange(64, len(whole)) if len(whole) > 64 else None])
        cut[chance.randrange(40, len(cut))] = chance.randrange(256)
        with suppress(ApiError):  # of five minutes, where a time stamp was hit
            assert audio.read(bytes(cut)).media_type == media_type


@pytest.mark.parametrize("element", [b"\x2a\xd7\xb1", b"\xe7"])
def test_a_number_that_claims_to_be_long_is_not_read(element: bytes) -> None:
    """Of hundreds of bytes it has no float, of millions it takes minutes."""
    long = element + (1 << 56 | 200).to_bytes(8) + b"\xff" * 200
    found = audio.read(webm(2_500) + long + b"\xa3\x84\x81\0\1\x80")
    assert (found.media_type, found.seconds) == ("audio/webm", None)


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "invalid_request"),
        (b"\0", "unsupported_media_type"),
        (b"hello", "unsupported_media_type"),
        (b"RIFF\0\0\0\0WAVEfmt ", "unsupported_media_type"),
        (b"\x1aE\xdf\xa3\x42\x82\x88matroska", "unsupported_media_type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "unsupported_media_type"),
        (b"OggS" + bytes(AUDIO_BYTES), "too_large"),
    ],
)
def test_what_is_no_recording(data: bytes, code: str) -> None:
    with pytest.raises(ApiError) as caught:
        audio.read(data)
    assert caught.value.code == code
    assert str(caught.value.message)
