"""What kind of document some bytes are. Told by what they hold: a name says what it likes."""

from __future__ import annotations

import io
import re
import zipfile

from . import archives
from .drafts import Refused

PDF, WORD, HTML, CSV, TEXT = "pdf", "docx", "html", "csv", "txt"

MAX_PARTS = 2_000  # files within a DOCX
MAX_UNPACKED = 100 * 1024 * 1024  # bytes of all of them
MAX_XML = 15 * 1024 * 1024  # bytes of one that is read
RATIO = 200  # how much smaller packing makes a file
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # Word before 2007, and encrypted DOCX
# A comment of markup ends at its first `-->`: were it free to end at a later one, many of them
# could be divided in more ways than there is time to try.
COMMENT = r"<!--(?:(?!-->).)*-->"
_HTML = re.compile(
    rf"\s*(?:{COMMENT}\s*)*(?:<\?xml[^>]*>\s*)?"
    r"<(?:!doctype\s+html|html|head|body|title|meta|h[1-6]|p|div|table|article|section|ul|ol)\b",
    re.IGNORECASE | re.DOTALL,
)
_DTD = re.compile(rb"<\0?!\0?(?:D\0?O\0?C\0?T\0?Y\0?P\0?E|E\0?N\0?T\0?I\0?T\0?Y)", re.IGNORECASE)


def kind_of(data: bytes, name: str) -> str:
    """Raises Refused where it is none that is read. `name` tells CSV from other text alone."""
    if not data.strip():
        raise Refused("empty")
    if b"%PDF-" in data[:1024]:
        return PDF
    if data.startswith(_OLE):
        encrypted = "EncryptedPackage".encode("utf-16-le") in data
        raise Refused("encrypted" if encrypted else "old_word")
    if data.startswith(b"PK"):
        check_word(data)
        return WORD
    text = decoded(data)
    if _HTML.match(text[:20_000]):
        return HTML
    return CSV if name.lower().endswith((".csv", ".tsv")) else TEXT


def check_word(data: bytes) -> None:
    """Raises Refused unless it is a DOCX that can be unpacked safely."""
    try:
        with archives.opened(io.BytesIO(data), MAX_PARTS) as archive:
            parts = {part.filename.lower(): part for part in archive.infolist()}
            if is_bomb(archive.infolist()):
                raise Refused("bomb")
            if any(part.flag_bits & 1 for part in parts.values()):
                raise Refused("encrypted")
            if any("vbaproject" in name or "vbadata" in name for name in parts):
                raise Refused("macro")
            if "[content_types].xml" not in parts:
                raise Refused("unsupported")
            types = archive.read(parts["[content_types].xml"])
            if b"macroenabled" in types.lower():
                raise Refused("macro")
            if "word/document.xml" not in parts:
                raise Refused("unsupported")
            for name, part in parts.items():
                if name.endswith((".xml", ".rels")):
                    if part.file_size > MAX_XML:
                        raise Refused("bomb")
                    if _DTD.search(archive.read(part)):
                        raise Refused("broken")
    except archives.TooManyParts:
        raise Refused("bomb") from None
    except (zipfile.BadZipFile, EOFError, NotImplementedError, ValueError, OSError) as error:
        raise Refused("broken") from error
    except Exception as error:  # zlib.error, struct.error: what a broken archive brings
        if isinstance(error, (Refused, MemoryError)):
            raise
        raise Refused("broken") from error


def is_bomb(parts: list[zipfile.ZipInfo]) -> bool:
    """What unpacking would write, as the archive says; reading stops there."""
    whole = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    return whole > MAX_UNPACKED or (whole > 5 * 1024 * 1024 and whole > RATIO * max(packed, 1))


def decoded(data: bytes) -> str:
    """Text in Unicode or, where it is none, in Western Europe's encoding. Raises Refused where it
    is no text."""
    for mark, encoding in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if data.startswith(mark):
            try:
                return data.decode(encoding)
            except UnicodeDecodeError as error:
                raise Refused("broken") from error
    if sum(data.count(sign) for sign in _BINARY):
        raise Refused("unsupported")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")


_BINARY = [bytes([code]) for code in range(32) if code not in (9, 10, 12, 13, 27)]
