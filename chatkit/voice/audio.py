"""What a recording is, by its content: one of the three formats that browsers record.

Nothing is decoded. A container says how long it is in its last time stamps; where it doesn't, its
size alone is limited.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import error as StructError
from struct import unpack_from

from django.utils.translation import gettext as _

from ..exceptions import ApiError
from . import AUDIO_BYTES, AUDIO_SECONDS

GRACE = 5  # seconds that a browser may record past the end of a recording
MOST_PARTS = 200_000  # elements or boxes looked at: more than five minutes have
# Of Matroska, which WebM is a part of: elements that hold others, and those that are read.
SEGMENT, INFO, CLUSTER, GROUP = 0x18538067, 0x1549A966, 0x1F43B675, 0xA0
SCALE, CLUSTER_TIME, SIMPLE_BLOCK, BLOCK = 0x2AD7B1, 0xE7, 0xA3, 0xA1
BOXES = {b"moov", b"trak", b"mdia", b"moof", b"traf"}  # of MP4, that hold others
OPUS_RATE = 48_000


@dataclass(frozen=True)
class Recording:
    """A recording that may be passed on. `seconds` is None where the container doesn't say."""

    data: bytes
    media_type: str
    extension: str
    seconds: float | None


def read(data: bytes) -> Recording:
    """The recording in these bytes.

    ApiError `invalid_request` where there are none, `too_large` for more than five minutes or too
    many bytes, `unsupported_media_type` for anything that is no recording of a browser.
    """
    if not data:
        raise ApiError("invalid_request", _("The recording is empty. Please record it again."))
    if len(data) > AUDIO_BYTES:
        raise ApiError("too_large", _("The recording is too large."))
    if data.startswith(b"\x1aE\xdf\xa3") and b"webm" in data[:64]:
        media_type, extension, measure = "audio/webm", "webm", _webm_seconds
    elif data.startswith(b"OggS"):
        media_type, extension, measure = "audio/ogg", "ogg", _ogg_seconds
    elif data[4:8] == b"ftyp":
        media_type, extension, measure = "audio/mp4", "mp4", _mp4_seconds
    else:
        raise ApiError("unsupported_media_type", _("This kind of recording can’t be used here."))
    try:
        seconds = measure(data)
    except (StructError, IndexError, ZeroDivisionError):  # it was cut off, or is damaged
        seconds = None
    if seconds is not None and seconds > AUDIO_SECONDS + GRACE:
        raise ApiError("too_large", _("A recording may be at most five minutes long."))
    return Recording(data, media_type, extension, seconds)


def _ogg_seconds(data: bytes) -> float | None:
    """The last page says how many samples there were until its end."""
    if b"OpusHead" not in data[:512]:
        return None
    last = data.rindex(b"OggS")
    samples: int = unpack_from("<q", data, last + 6)[0]
    return max(0, samples) / OPUS_RATE


def _webm_seconds(data: bytes) -> float | None:
    """The time of the last block. Browsers write neither sizes nor a duration, since they don't
    know them yet."""
    scale, cluster, last = 1_000_000, 0, None
    for kind, start, size in _elements(data):
        if kind == SCALE:
            scale = _integer(data, start, size)
        elif kind == CLUSTER_TIME:
            cluster = _integer(data, start, size)
        elif kind in (SIMPLE_BLOCK, BLOCK):
            _track, at = _number(data, start, marked=False)
            last = max(last or 0, cluster + unpack_from(">h", data, at)[0])
    return None if last is None else last * scale / 1e9


def _elements(data: bytes) -> Iterator[tuple[int, int, int]]:
    """(id, where its content begins, size) of each element, those inside of others among them."""
    at = 0
    for _count in range(MOST_PARTS):
        if at >= len(data):
            return
        kind, at = _number(data, at, marked=True)
        size, at = _number(data, at, marked=False)
        yield kind, at, size
        if kind not in (SEGMENT, INFO, CLUSTER, GROUP):
            at += size


def _integer(data: bytes, start: int, size: int) -> int:
    """What an element holds: at most eight bytes, whatever the element says. Of a megabyte of them
    the number would be too large for any time, and take long."""
    if size > 8:
        raise IndexError
    return int.from_bytes(data[start : start + size])


def _number(data: bytes, at: int, *, marked: bool) -> tuple[int, int]:
    """A number of Matroska's, with or without the mark of its length; and what follows it."""
    first = data[at]
    length = 9 - first.bit_length()
    if length > 8:
        raise IndexError
    value = int.from_bytes(data[at : at + length])
    return value if marked else value & ((1 << 7 * length) - 1), at + length


def _mp4_seconds(data: bytes) -> float | None:
    """What the header says, or, of a file in fragments, when its last one begins."""
    whole, rate, last = 0.0, 0, 0
    for name, start in _boxes(data):
        wide = name in (b"mvhd", b"mdhd", b"tfdt") and data[start] == 1
        if name in (b"mvhd", b"mdhd"):
            form, skipped = (">IQ", 20) if wide else (">II", 12)
            ticks, length = unpack_from(form, data, start + skipped)
            whole = max(whole, length / ticks if length < 2**32 - 1 else 0)
            rate = ticks if name == b"mdhd" else rate
        elif name == b"tfdt":
            last = max(last, unpack_from(">Q" if wide else ">I", data, start + 4)[0])
    return max(whole, last / rate if rate else 0) or None


def _boxes(data: bytes) -> Iterator[tuple[bytes, int]]:
    """(name, where its content begins) of each box, those inside of others among them."""
    at = 0
    for _count in range(MOST_PARTS):
        if at + 8 > len(data):
            return
        size, name = unpack_from(">I4s", data, at)
        start = at + 8
        if size == 1:
            size = unpack_from(">Q", data, start)[0]
            start += 8
        yield name, start
        at = start if name in BOXES else at + max(size, 8) if size else len(data)
