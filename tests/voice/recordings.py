"""Recordings as browsers make them, without a sound in them."""

from __future__ import annotations

from struct import pack

OPUS = b"\x40" * 20


def webm(milliseconds: int) -> bytes:
    """Of Chromium: neither segment nor clusters say how long they are."""
    unknown = b"\x01" + b"\xff" * 7
    head = b"\x1aE\xdf\xa3" + b"\x87" + b"\x42\x82\x84webm"
    info = b"\x15\x49\xa9\x66" + b"\x87" + b"\x2a\xd7\xb1\x83" + (1_000_000).to_bytes(3)
    clusters = b""
    for begin in range(0, milliseconds + 1, 10_000):
        time = b"\xe7\x84" + begin.to_bytes(4)
        last = min(9_999, milliseconds - begin)
        blocks = b"".join(_block(at) for at in (0, last))
        clusters += b"\x1f\x43\xb6\x75" + unknown + time + blocks
    return head + b"\x18\x53\x80\x67" + unknown + info + clusters


def _block(at: int) -> bytes:
    content = b"\x81" + pack(">h", at) + b"\x80" + OPUS
    return b"\xa3" + bytes([0x80 | len(content)]) + content


def ogg(milliseconds: int) -> bytes:
    """Of Firefox."""

    def page(samples: int, content: bytes) -> bytes:
        return b"OggS\0\0" + pack("<q", samples) + bytes(12) + bytes([1, len(content)]) + content

    head = page(0, b"OpusHead" + bytes(11))
    return head + page(48 * milliseconds // 2, OPUS) + page(48 * milliseconds, OPUS)


def mp4(milliseconds: int, *, fragmented: bool = True) -> bytes:
    """Of Safari: in fragments, whose header does not say how long all is."""

    def box(name: bytes, content: bytes) -> bytes:
        return pack(">I4s", 8 + len(content), name) + content

    whole = 0 if fragmented else milliseconds
    header = box(b"mvhd", bytes(12) + pack(">II", 1000, whole))
    media = box(b"mdia", box(b"mdhd", bytes(12) + pack(">II", 44_100, 0)))
    start = box(b"ftyp", b"iso5") + box(b"moov", header + box(b"trak", media))
    if not fragmented:
        return start + box(b"mdat", OPUS)
    time = pack(">IQ", 1 << 24, 44_100 * milliseconds // 1000)
    fragment = box(b"moof", box(b"traf", box(b"tfdt", time)))
    return start + fragment + box(b"mdat", OPUS)
