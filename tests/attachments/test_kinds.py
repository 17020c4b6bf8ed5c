"""What a file is, and its name."""

from __future__ import annotations

import io
import zipfile

import pytest

from chatkit.attachments import kinds
from chatkit.attachments.names import LENGTH, clean_name, with_ending
from chatkit.documents import kinds as documents
from chatkit.documents.drafts import Refused
from tests.tools.promptly import printed

from . import samples


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (samples.picture("PNG"), "a.txt", "image/png"),
        (samples.picture("JPEG"), "", "image/jpeg"),
        (samples.picture("GIF"), "", "image/gif"),
        (samples.picture("WEBP"), "", "image/webp"),
        (samples.picture("BMP"), "", "image/bmp"),
        (samples.PDF, "", kinds.PDF),
        (samples.EXE, "nice.png", kinds.PROGRAM),
        (b"#!/bin/sh\n", "a.txt", kinds.PROGRAM),
        (samples.HTML, "a.txt", kinds.HTML),
        (samples.SVG, "a.png", kinds.SVG),
        (b"\xef\xbb\xbf <svg>", "", kinds.SVG),
        (b'\n<?xml version="1.0"?> <!-- <a> --\n> --><!----><!DOCTYPE svg>\n<svg>', "", kinds.SVG),
        ("Größe".encode(), "", kinds.TEXT),
        ("Größe".encode("cp1252"), "", kinds.TEXT),
        ("\ufeffhi".encode("utf-16-le"), "", kinds.TEXT),
        (("x" * (kinds.HEAD - 1) + "ß").encode(), "", kinds.TEXT),
        (b"a;b\n1;2", "list.CSV", "text/csv"),
        (b"# Title", "a.md", "text/markdown"),
        (b"BMW drives", "a.txt", kinds.TEXT),
        (b"\0\1\2\3", "", kinds.UNKNOWN),
        (samples.archive("a.txt"), "", kinds.ZIP),
        (samples.archive("[Content_Types].xml", "word/document.xml"), "", kinds.DOCX),
        (samples.archive("[Content_Types].xml", "word/vbaProject.bin"), "", "macro"),
        (
            samples.archive(mimetype=b"application/vnd.oasis.opendocument.text"),
            "",
            "application/vnd.oasis.opendocument.text",
        ),
        (b"\0\0\0\x18ftypheic", "", "image/heic"),
        (b"RIFF\0\0\0\0WAVE", "", "audio/wav"),
    ],
)
def test_by_what_it_holds(data: bytes, name: str, kind: str) -> None:
    found = kinds.kind_of(io.BytesIO(data), name)
    assert found == kind or (kind == "macro" and "macroEnabled" in found)


@pytest.mark.slow
def test_many_comments_take_no_time() -> None:
    """A few hundred bytes of an upload must not hold the process for ever."""
    program = """
import io
from chatkit.attachments import kinds
for many in (b"<!---->" * 40 + b"x", b"<!---->" * 1100 + b"x", b"<!--" * 2000, b" " * 8000):
    print(kinds.kind_of(io.BytesIO(many), "a.txt"))
"""
    assert printed(program).split() == [kinds.TEXT] * 4


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (samples.bomb(), "bomb"),
        (samples.picture("GIF") + samples.archive("a.txt"), "polyglot"),
        (samples.PDF + samples.archive("a.txt"), "polyglot"),
        (b"PK\x03\x04 and nothing more", "broken"),
    ],
)
def test_what_is_not_safe(data: bytes, code: str) -> None:
    with pytest.raises(kinds.Unsafe) as raised:
        kinds.kind_of(io.BytesIO(data), "")
    assert raised.value.code == code


@pytest.fixture
def parts_made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the parts that `zipfile` has made objects of."""
    found: list[str] = []

    class Spy(zipfile.ZipInfo):
        def __init__(self, name: str) -> None:
            found.append(name)
            super().__init__(name)

    monkeypatch.setattr(zipfile, "ZipInfo", Spy)
    return found


@pytest.mark.parametrize(
    "data",
    [
        samples.many_parts(60_000),
        samples.many_parts(100_000, claimed=1),
        samples.many_parts(100_000, large=True),
        samples.many_parts(100_000, claimed=1, large=True),
    ],
    ids=["many", "lies", "large", "large lies"],
)
def test_an_archive_of_too_many_parts_is_not_read(data: bytes, parts_made: list[str]) -> None:
    with pytest.raises(kinds.Unsafe, match="bomb"):
        kinds.kind_of(io.BytesIO(data), "")
    with pytest.raises(Refused, match="bomb"):
        documents.check_word(data)
    assert parts_made == []


def test_an_archive_of_many_parts_is_one() -> None:
    data = samples.many_parts(kinds.MAX_PARTS)
    assert kinds.kind_of(io.BytesIO(data), "") == kinds.ZIP
    assert kinds.kind_of(io.BytesIO(samples.many_parts(100, large=True)), "") == kinds.ZIP


def test_a_text_about_archives_is_none() -> None:
    assert kinds.kind_of(io.BytesIO(b"An archive begins its end by PK\x05\x06, as"), "") != "zip"


@pytest.mark.parametrize(
    ("claimed", "found", "lie"),
    [
        ("image/png", "text/html", True),
        ("image/jpg", "image/png", False),
        ("image/png", kinds.PROGRAM, True),
        ("application/pdf", "text/plain", True),
        (kinds.DOCX, kinds.ZIP, True),
        (kinds.ZIP, kinds.DOCX, False),
        ("application/msword", kinds.OLE, False),
        ("text/plain; charset=utf-8", "text/html", False),
        ("application/x-own", kinds.UNKNOWN, False),
        ("application/x-own", kinds.PROGRAM, True),
        ("audio/webm", "video/webm", False),
        ("", kinds.PROGRAM, False),
    ],
)
def test_lies(claimed: str, found: str, lie: bool) -> None:
    assert kinds.contradicts(claimed, found) is lie


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\0b\r\nSet-Cookie: x.txt", "ab Set-Cookie x.txt"),
        ("  résumé .pdf", "résumé .pdf"),
        ("فاتورة.pdf", "فاتورة.pdf"),
        ("<b>.txt", "b.txt"),
        ("...", "file"),
        ("", "file"),
        ("\ud800.txt", "txt"),
    ],
)
def test_names(name: str, kept: str) -> None:
    assert clean_name(name) == kept


def test_a_name_of_a_thousand_characters_keeps_its_ending() -> None:
    kept = clean_name("a" * 1000 + ".pdf")
    assert len(kept) == LENGTH
    assert kept.endswith("a.pdf")
    assert len(clean_name("b" * 1000)) == LENGTH


def test_the_ending_fits_what_was_written() -> None:
    assert with_ending("a.gif", (".png",)) == "a.png"
    assert with_ending("a.JPEG", (".jpg", ".jpeg")) == "a.JPEG"
    assert with_ending("photo", (".jpg",)) == "photo.jpg"
