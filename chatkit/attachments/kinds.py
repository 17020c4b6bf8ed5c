"""What a file is, by what it holds: its name and the type that came with it are only claims."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable
from typing import IO

from ..documents import archives
from ..documents.kinds import COMMENT
from . import disk

HEAD = 8192  # bytes that are looked at
TAIL = 65_557  # in which the end of an archive stands
MAX_PARTS = 10_000  # files within an archive
MAX_UNPACKED = 500 * 1024 * 1024  # bytes of all of them
RATIO = 200  # how much smaller packing makes a file

PDF, ZIP, TEXT, HTML, SVG = (
    "application/pdf",
    "application/zip",
    "text/plain",
    "text/html",
    "image/svg+xml",
)
UNKNOWN = "application/octet-stream"
OLE = "application/x-ole-storage"
RTF = "application/rtf"
PROGRAM = "application/x-executable"
OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = OFFICE + "wordprocessingml.document"
MACROS = "application/vnd.ms-office.macroEnabled.12"  # Office documents that hold some
XLSB = "application/vnd.ms-excel.sheet.binary.macroEnabled.12"
PICTURES = {"image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp"}

_BEGINNINGS: tuple[tuple[bytes, str], ...] = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"%PDF-", PDF),
    (b"#!AMR", "audio/amr"),
    (b"PK\x03\x04", ZIP),
    (b"PK\x05\x06", ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", OLE),
    (b"{\\rtf", RTF),
    (b"\x1f\x8b", "application/gzip"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"OggS", "audio/ogg"),
    (b"\xff\xfb", "audio/mpeg"),
    (b"\xff\xf3", "audio/mpeg"),
    (b"fLaC", "audio/flac"),
    (b"\x1aE\xdf\xa3", "video/webm"),
    (b"\x7fELF", PROGRAM),
    (b"\xfe\xed\xfa\xce", PROGRAM),
    (b"\xfe\xed\xfa\xcf", PROGRAM),
    (b"\xce\xfa\xed\xfe", PROGRAM),
    (b"\xcf\xfa\xed\xfe", PROGRAM),
    (b"\xca\xfe\xba\xbe", PROGRAM),
    (b"\0asm", PROGRAM),
    (b"#!", PROGRAM),
)
# Letters with which a text may begin as well: they count where what follows is none.
_LETTERS: tuple[tuple[bytes, str], ...] = (
    (b"BZh", "application/x-bzip2"),
    (b"ID3", "audio/mpeg"),
    (b"MZ", PROGRAM),
)
PDF_WITHIN = 1024  # bytes in which a PDF may begin, behind what a mail or a web server left there
# Source texts that may name their program in the first line, by their endings.
_SOURCES = (".py", ".rb", ".pl", ".php", ".js", ".mjs", ".ts", ".lua", ".r", ".jl", ".tcl")
# Archives that systems run, by their endings and types.
_RUN = (".jar", ".war", ".ear", ".apk", ".aab", ".xpi", ".crx", ".ipa", ".msix", ".appx", ".pyz")
_RUN_TYPES = {
    "application/java-archive",
    "application/x-java-archive",
    "application/vnd.android.package-archive",
    "application/x-xpinstall",
    "application/x-chrome-extension",
    "application/msix",
    "application/appx",
}
_BRANDS = {b"avif": "image/avif", b"avis": "image/avif", b"qt  ": "video/quicktime"}
_BRANDS |= dict.fromkeys((b"heic", b"heix", b"hevc", b"mif1", b"msf1"), "image/heic")
_BRANDS |= dict.fromkeys((b"M4A ", b"M4B "), "audio/mp4")
_RIFF = {b"WEBP": "image/webp", b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}
_PARTS = {
    "word/": DOCX,
    "xl/": OFFICE + "spreadsheetml.sheet",
    "ppt/": OFFICE + "presentationml.presentation",
}
# The programs in the names of types that may hold macros, and what such a document is without any.
_MAY_HOLD_MACROS = dict(
    zip(("ms-word.", "ms-excel.", "ms-powerpoint."), _PARTS.values(), strict=True)
)
# Types that nothing but their ending tells from other text.
_TEXTS = {
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".md": "text/markdown",
    ".json": "application/json",
    ".xml": "application/xml",
}
_MARKUP = re.compile(
    rf"(?:<\?xml[^>]{{0,200}}>|{COMMENT}|<!doctype[^>]{{0,500}}>|\s)*<(?:(svg)\b|"
    r"(?:html|head|body|title|meta|script|h[1-6]|p|div|table|article|iframe|img|a)\b)",
    re.IGNORECASE | re.DOTALL,
)
_CONTROLS = bytes(code for code in range(32) if code not in (9, 10, 12, 13, 27))
_ALIASES = {
    "image/jpg": "image/jpeg",
    "image/pjpeg": "image/jpeg",
    "image/x-ms-bmp": "image/bmp",
    "image/heif": "image/heic",
    "application/x-pdf": PDF,
    "application/x-zip-compressed": ZIP,
    "application/x-zip": ZIP,
    "audio/mp3": "audio/mpeg",
    "audio/x-wav": "audio/wav",
    "text/x-markdown": "text/markdown",
    "text/rtf": RTF,
    "application/msword": OLE,
    "application/vnd.ms-excel": OLE,
    "application/vnd.ms-powerpoint": OLE,
}
# What systems also call texts by their endings: tables for Excel, and TypeScript.
_MAY_BE_TEXT = {"video/mp2t", OLE}


# All kinds of pictures that bytes tell here.
_TOLD_PICTURES = {"image/bmp", "image/webp", SVG, *_BRANDS.values()} | {
    kind for _, kind in _BEGINNINGS
}
# An entry in the list of what an OLE file holds: the document itself, which takes a password.
_PROTECTED = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + b"\x22\0\x02"


class Unsafe(Exception):
    """`code` says why: `bomb`, `polyglot`, `encrypted` or `broken`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def kind_of(file: IO[bytes], name: str) -> str:
    """The MIME type by what the file holds; `name` tells one kind of text from another. Raises
    Unsafe for an archive that would unpack to far more, and for a file that is two at once; a fault
    of the disk is raised as it is."""
    file.seek(0)
    head = file.read(HEAD)
    lowered = name.lower()
    found = _by_beginning(head)
    if found == ZIP:
        found = _archive(file)
        return PROGRAM if lowered.endswith(_RUN) else found
    if _ends_as_archive(file):
        raise Unsafe("polyglot")
    if found == PROGRAM and head.startswith(b"#!") and lowered.endswith(_SOURCES):
        found = ""
    if found:
        return found
    text = _decoded(head)
    markup = _MARKUP.match(text.removeprefix("\ufeff")) if text is not None else None
    if markup:
        return SVG if markup[1] else HTML
    if text is None:
        found = next((kind for letters, kind in _LETTERS if head.startswith(letters)), "")
    if not found and _is_late_pdf(head, lowered):
        return PDF
    if text is None:
        return found or UNKNOWN
    return next((kind for ending, kind in _TEXTS.items() if lowered.endswith(ending)), TEXT)


def _is_late_pdf(head: bytes, name: str) -> bool:
    """Whether a PDF begins later than it should. In a text that is not called so, a mention."""
    before, begins, _rest = head[: PDF_WITHIN + 5].partition(b"%PDF-")
    blank = not before.strip(b"\xef\xbb\xbf\0 \t\r\n\f")
    return bool(begins) and (blank or name.endswith(".pdf"))


def _by_beginning(head: bytes) -> str:
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    if head[:4] == b"RIFF":
        return _RIFF.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12], "video/mp4")
    # Two letters are too few, so what must be zero and small is looked at, too.
    if head[:2] == b"BM" and head[6:10] == b"\0\0\0\0" and head[14:18] in _BMP_HEADERS:
        return "image/bmp"
    return ""


_BMP_HEADERS = {size.to_bytes(4, "little") for size in (12, 40, 52, 56, 64, 108, 124)}


def _archive(file: IO[bytes]) -> str:
    try:
        file.seek(0)
        with archives.opened(file, MAX_PARTS) as archive:
            parts = archive.infolist()
            if is_bomb(parts):
                raise Unsafe("bomb")
            names = {part.filename for part in parts}
            if "mimetype" in names and archive.getinfo("mimetype").file_size <= 100:
                kind = archive.read("mimetype").decode("ascii", "ignore").strip()
                return kind if re.fullmatch(r"application/[\w.+-]{1,80}", kind) else ZIP
            if "[Content_Types].xml" not in names:
                return ZIP
            if any(name.lower().endswith("vbaproject.bin") for name in names):
                return MACROS
            if "xl/workbook.bin" in names:
                return XLSB
            return next(
                (
                    kind
                    for folder, kind in _PARTS.items()
                    if any(name.startswith(folder) for name in names)
                ),
                ZIP,
            )
    except Unsafe:
        raise
    except archives.TooManyParts:
        raise Unsafe("bomb") from None
    except RuntimeError:  # encrypted
        raise Unsafe("encrypted") from None
    except Exception as error:  # BadZipFile, struct.error, zlib.error: what a broken one brings
        # `zipfile` makes a broken archive of an end that can't be read.
        for fault in (error, error.__context__):
            if disk.is_fault(fault):
                raise fault from None
        raise Unsafe("broken") from error


def is_bomb(parts: list[zipfile.ZipInfo]) -> bool:
    """Whether unpacking would write far more than the archive's own size, as it says itself."""
    whole = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    return whole > MAX_UNPACKED or (whole > 5 * 1024 * 1024 and whole > RATIO * max(packed, 1))


def _ends_as_archive(file: IO[bytes]) -> bool:
    """Whether the last bytes are the end of a ZIP: then programs may take the file for one."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - TAIL))
    tail = file.read(TAIL)
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) - at < 22:
        return False
    return at + 22 + int.from_bytes(tail[at + 20 : at + 22], "little") == len(tail)


def _decoded(head: bytes) -> str | None:
    """The beginning as text, None where it is none."""
    for mark, encoding in ((b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")):
        if head.startswith(mark):
            return head.decode(encoding, "ignore")
    if any(code in head for code in _CONTROLS):
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as error:
        if error.start >= len(head) - 4:  # cut in the middle of a character
            return head[: error.start].decode("utf-8")
        return head.decode("cp1252", "replace")


def known(mime_type: str) -> str:
    """A claimed type by the name that it has here, without its parameters."""
    plain = mime_type.partition(";")[0].strip().lower()
    return _ALIASES.get(plain, plain)


def is_protected(file: IO[bytes], claimed: str) -> bool:
    """Whether an OLE file is the document of today's Office that it was said to be, which takes a
    password: Office keeps such a document within an OLE file."""
    if _family(_document(known(claimed))) != "zip":
        return False
    file.seek(0)
    piece = b""
    while more := file.read(HEAD):
        piece = piece[-len(_PROTECTED) :] + more
        if _PROTECTED in piece:
            return True
    return False


def is_untold_picture(claimed: str) -> bool:
    """Whether this is a kind of pictures that bytes do not tell here, such as icons of Windows."""
    return known(claimed).startswith("image/") and known(claimed) not in _TOLD_PICTURES


def contradicts(claimed: str, found: str) -> bool:
    """Whether a file is something else than it was said to be. A picture of another format than
    its ending says is usual and no lie, and so are names that programs give: a table in text that
    is called one of Excel's, a template of Word, a document that may hold macros and has none, an
    archive by the name of what it holds."""
    may_hold_macros = _without_macros(known(claimed)) != ""
    if known(claimed) == found.lower() or (may_hold_macros and found == MACROS):
        return False
    claimed = _document(known(claimed))
    if not claimed or claimed in (UNKNOWN, found):
        return False
    said, is_ = _family(claimed), _family(found)
    if said == "media" and found == UNKNOWN:
        return False  # far more formats than are told apart here
    if claimed in _MAY_BE_TEXT and (found == RTF or (is_ == "text" and found != HTML)):
        return False
    if not said and found == ZIP:
        return claimed in _RUN_TYPES
    if said == "zip" or is_ == "zip":
        return said != is_ or (claimed != ZIP and claimed != found)
    return said != is_ if said else is_ in ("program", "picture")


def _document(kind: str) -> str:
    """The type of an Office document for that of its template, its slide show, or one that may hold
    macros."""
    if found := _without_macros(kind):
        return found
    if not kind.startswith(OFFICE):
        return kind
    stem, _dot, last = kind.rpartition(".")
    if last not in ("template", "slideshow"):
        return kind
    return next((made for made in _PARTS.values() if made.startswith(f"{stem}.")), kind)


def _without_macros(kind: str) -> str:
    """The type that an Office document has where it holds no macros, "" for what may hold none."""
    rest = kind.removeprefix("application/vnd.")
    found = (made for program, made in _MAY_HOLD_MACROS.items() if rest.startswith(program))
    return next(found, "") if kind.endswith(".macroenabled.12") else ""


def is_text(kind: str) -> bool:
    """Whether it is a kind of text, HTML included."""
    return _family(kind) == "text"


def _family(kind: str) -> str:
    """What kinds a claim may be confused with: "" for those that can't be told by their bytes."""
    if kind == SVG:
        return "svg"
    if kind.startswith("image/"):
        return "picture"
    if kind.startswith(("audio/", "video/")):
        return "media"
    if kind in (PROGRAM, PDF, OLE):
        return {PROGRAM: "program"}.get(kind, kind)
    if kind == ZIP or kind.startswith((OFFICE, "application/vnd.oasis.", "application/epub")):
        return "zip"
    if kind.startswith("text/") or kind in ("application/json", "application/xml"):
        return "text"
    return ""


def matches(kind: str, patterns: Iterable[str]) -> bool:
    """Whether a type is one of these, which may be such as `image/*` and `*/*`."""
    for pattern in patterns:
        wanted = known(pattern)
        if wanted in ("*/*", "*") or wanted == known(kind):
            return True
        if wanted.endswith("/*") and kind.startswith(wanted[:-1]):
            return True
    return False
