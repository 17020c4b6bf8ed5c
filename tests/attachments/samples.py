"""Files for tests, some of them hostile."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

from PIL import Image

HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg"><script/></svg>'
EXE = b"MZ\x90\x00\x03\x00\x00\x00" + b"\0" * 100
PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer <<>>\n%%EOF\n"


def picture(form: str = "PNG", size: tuple[int, int] = (4, 3), **options: Any) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 30, 30)).save(out, form, **options)
    return out.getvalue()


def noise(form: str, side: int = 300, **options: Any) -> bytes:
    """A picture that packs badly."""
    out = io.BytesIO()
    Image.effect_noise((side, side), 80).convert("RGB").save(out, form, **options)
    return out.getvalue()


def photo() -> bytes:
    """A JPEG that lies on its side and says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    exif[0x010E] = "secret place"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    return picture("JPEG", (40, 20), exif=exif.tobytes(), comment=b"secret comment")


def archive(*names: str, content: bytes = b"x", **more: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in names:
            made.writestr(name, content)
        for name, data in more.items():
            made.writestr(name, data)
    return out.getvalue()


def bomb() -> bytes:
    return archive("zeros.txt", content=b"\0" * (20 * 1024 * 1024))


def many_parts(count: int, *, claimed: int | None = None, large: bool = False) -> bytes:
    """An archive whose directory names so many parts, which are not there, and whose end claims
    another number of them; `large` in the form for archives with more than 65,535."""
    claimed = count if claimed is None else claimed
    first = struct.pack("<4s2B4HL2L2H", b"PK\x03\x04", 20, *[0] * 8, 1, 0) + b"a"
    part = struct.pack("<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 0, 20, *[0] * 8, 1, *[0] * 6) + b"a"
    directory = part * count
    numbers = (claimed, claimed, len(directory), len(first))
    if large:
        end = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, *numbers)
        end += struct.pack("<4sLQL", b"PK\x06\x07", 0, len(first) + len(directory), 1)
        end += struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *[2**16 - 1] * 2, *[2**32 - 1] * 2, 0)
    else:
        end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, *numbers, 0)
    return first + directory + end


def wide_picture() -> bytes:
    """A small file whose picture has 100 million pixels."""
    out = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(out, "PNG")
    return out.getvalue()
