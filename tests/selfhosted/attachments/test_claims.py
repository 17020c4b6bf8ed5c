"""What a file says that it is, and what it is: honest names are taken, lies are not."""

from __future__ import annotations

import bz2
import gzip
import lzma
from pathlib import Path
from typing import Any

import pytest

from chatkit.attachments import kinds
from chatkit.models import Attachment

from ...attachments import samples
from ..protocol import Caller
from .conftest import send

pytestmark = pytest.mark.django_db(transaction=True)

OFFICE = "application/vnd.openxmlformats-officedocument."
WORD = samples.archive("[Content_Types].xml", "word/document.xml")
SLIDES = samples.archive("[Content_Types].xml", "ppt/presentation.xml")
SHEET = samples.archive("[Content_Types].xml", "xl/workbook.xml")
RTF = b"{\\rtf1 hello}"
SCRIPT = b"#!/usr/bin/env python\nprint()\n"
BINARY_SHEET = samples.archive("[Content_Types].xml", "xl/workbook.bin")
MACROS = samples.archive("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin")
OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500)
MS = "application/vnd.ms-"
TABLE = b"a;b\n1;2\n"


@pytest.mark.parametrize(
    ("data", "name", "claimed", "kind"),
    [
        (TABLE, "report.csv", "application/vnd.ms-excel", "text/csv"),
        (TABLE, "report.xls", "application/vnd.ms-excel", "text/plain"),
        (RTF, "letter.rtf", "application/msword", "application/rtf"),
        (RTF, "letter.doc", "application/msword", "application/rtf"),
        (b"export const a = 1\n", "app.ts", "video/mp2t", "text/plain"),
        (SCRIPT, "a.py", "text/x-python", "text/plain"),
        (b"\xff\xf1\x50\x80" + bytes(50), "a.aac", "audio/aac", "application/octet-stream"),
        (b"#!AMR\n" + bytes(50), "a.amr", "audio/amr", "audio/amr"),
        (b"\0\0\1\xba" + bytes(50), "a.mpg", "video/mpeg", "application/octet-stream"),
        (
            samples.archive("doc.kml"),
            *("map.kmz", "application/vnd.google-earth.kmz", "application/zip"),
        ),
        (
            WORD,
            *("a.dotx", f"{OFFICE}wordprocessingml.template", f"{OFFICE}wordprocessingml.document"),
        ),
        (
            SLIDES,
            *("a.ppsx", f"{OFFICE}presentationml.slideshow"),
            f"{OFFICE}presentationml.presentation",
        ),
        (
            SLIDES,
            *("a.potx", f"{OFFICE}presentationml.template"),
            f"{OFFICE}presentationml.presentation",
        ),
        (SHEET, "a.xltx", f"{OFFICE}spreadsheetml.template", f"{OFFICE}spreadsheetml.sheet"),
        (b"\xef\xbb\xbf" + samples.PDF, "a.pdf", "application/pdf", "application/pdf"),
        (b"\r\n" + samples.PDF, "a.pdf", "application/pdf", "application/pdf"),
        (bytes(128) + samples.PDF, "a.pdf", "application/pdf", "application/pdf"),
        (gzip.compress(TABLE, mtime=0), "a.csv.gz", "application/x-gzip", "application/gzip"),
        (gzip.compress(b"{}", mtime=0), "a.json.gz", "application/json", "application/gzip"),
        (gzip.compress(samples.PDF, mtime=0), "a.pdf.gz", "", "application/gzip"),
        (gzip.compress(samples.SVG, mtime=0), "a.svgz", "image/svg+xml", "application/gzip"),
        (bz2.compress(b"words"), "a.txt.bz2", "application/x-bzip", "application/x-bzip2"),
        (lzma.compress(b"words"), "a.txt.xz", "application/x-xz", "application/x-xz"),
        (b"\x1f\x9d\x90", "a.txt.Z", "application/x-compress", "application/octet-stream"),
        (BINARY_SHEET, "a.xlsb", kinds.XLSB, kinds.XLSB),
        (BINARY_SHEET, "a.xlsb", "", kinds.XLSB),
        (WORD, "a.docm", f"{MS}word.document.macroEnabled.12", kinds.DOCX),
        (MACROS, "a.docm", f"{MS}word.document.macroEnabled.12", kinds.MACROS),
        (SHEET, "a.xltm", f"{MS}excel.template.macroEnabled.12", f"{OFFICE}spreadsheetml.sheet"),
        (b"A PDF begins with %PDF-1.4.", "a.txt", "text/plain", "text/plain"),
        (b"MZ is a sign\n", "a.txt", "text/plain", "text/plain"),
        (b"BZh: a sign\n", "a.txt", "text/plain", "text/plain"),
        (b"ID3 is a sign\n", "a.txt", "text/plain", "text/plain"),
    ],
)
def test_honest(ada: Caller, folder: Path, data: bytes, name: str, claimed: str, kind: str) -> None:
    response = send(ada, data, name, claimed)
    assert response.status_code == 200, response.json()
    assert Attachment.objects.get().mime_type == kind


@pytest.mark.parametrize(
    ("data", "name", "claimed"),
    [
        (samples.HTML, "a.png", "image/png"),
        (samples.HTML, "a.mp3", "audio/mpeg"),
        (samples.HTML, "a.pdf", "application/pdf"),
        (b"<html>%PDF-1.4", "a.pdf", "application/pdf"),
        (samples.HTML, "a.doc", "application/msword"),
        (samples.HTML, "a.ts", "video/mp2t"),
        (samples.SVG, "a.txt", "text/plain"),
        (samples.SVG, "a.xls", "application/vnd.ms-excel"),
        (samples.EXE, "a.txt", "text/plain"),
        (samples.EXE, "a.doc", "application/msword"),
        (samples.EXE, "a.mp3", "audio/mpeg"),
        (samples.EXE, "a.py", "text/x-python"),
        (samples.EXE + samples.PDF, "a.pdf", "application/pdf"),
        (b"#!/bin/sh\n", "a.txt", "text/plain"),
        (b"#!/bin/sh\n", "a.sh", "application/x-sh"),
        (b"#!/bin/sh\n", "a.amr", "audio/amr"),
        (b"\x7fELF" + bytes(50), "a.kmz", "application/vnd.google-earth.kmz"),
        (b"just words", "a.mp3", "audio/mpeg"),
        (b"just words", "a.png", "image/png"),
        (b"\0\1\2\3", "a.png", "image/png"),
        (b"\0\1\2\3", "a.txt", "text/plain"),
        (samples.PDF, "a.mp4", "video/mp4"),
        (samples.PDF, "a.doc", "application/msword"),
        (WORD, "a.xltx", f"{OFFICE}spreadsheetml.template"),
        (samples.archive("a.txt"), "a.docx", f"{OFFICE}wordprocessingml.document"),
        (samples.archive("a.txt"), "a.txt", "text/plain"),
        (samples.EXE, "a.txt.gz", "application/gzip"),
        (gzip.compress(b"words", mtime=0), "a.txt", "text/plain"),
        (gzip.compress(b"words", mtime=0), "a.csv.gz", "image/png"),
        (MACROS, "a.docx", f"{OFFICE}wordprocessingml.document"),
        (SHEET, "a.docm", f"{MS}word.document.macroEnabled.12"),
        (BINARY_SHEET, "a.xlsx", f"{OFFICE}spreadsheetml.sheet"),
        (OLD, "a.docx", f"{OFFICE}wordprocessingml.document"),
        (samples.archive("META-INF/MANIFEST.MF"), "a.jar", "application/java-archive"),
        (samples.archive("META-INF/MANIFEST.MF"), "a.jar", "application/octet-stream"),
        (samples.archive("classes.dex"), "a.bin", "application/vnd.android.package-archive"),
        (samples.archive("mimetype", "a.class"), "a.JAR", ""),
    ],
)
def test_lies_and_programs(ada: Caller, folder: Path, data: bytes, name: str, claimed: str) -> None:
    response = send(ada, data, name, claimed)
    assert response.json()["error"]["code"] == "file_refused"
    assert not Attachment.objects.exists()


@pytest.mark.parametrize(
    ("data", "name", "claimed"),
    [
        (b"\0\0\1\0\1\0" + bytes(50), "a.ico", "image/x-icon"),
        (b"\0\0\1\0\1\0" + bytes(50), "a.ico", ""),
        (b"8BPS\0\1" + bytes(50), "a.psd", "image/vnd.adobe.photoshop"),
        (b"P1\n1 1\n0\n", "a.pbm", "image/x-portable-bitmap"),
    ],
)
def test_pictures_of_other_kinds(
    ada: Caller, folder: Path, data: bytes, name: str, claimed: str
) -> None:
    told = send(ada, data, name, claimed).json()["error"]
    assert told["code"] == "file_refused"
    assert told["message"].startswith("Pictures of this kind can’t be read here.")


@pytest.mark.parametrize(
    ("name", "claimed"),
    [
        ("a.docx", f"{OFFICE}wordprocessingml.document"),
        ("a.xlsx", f"{OFFICE}spreadsheetml.sheet"),
        ("a.pptx", f"{OFFICE}presentationml.presentation"),
        ("a.xlsm", f"{MS}excel.sheet.macroEnabled.12"),
    ],
)
def test_documents_with_a_password(ada: Caller, folder: Path, name: str, claimed: str) -> None:
    entry = "EncryptedPackage".encode("utf-16-le").ljust(64, b"\0") + b"\x22\0\2\1"
    # Over the edge of what is read at once.
    data = OLD + bytes(kinds.HEAD - len(OLD) - 40) + entry + bytes(60_000)
    told = send(ada, data, name, claimed).json()["error"]
    assert told["message"] == "This file is protected by a password. Send one that is not."
    assert send(ada, data, "a.doc", "application/msword").status_code == 200


class TestEndings:
    ACCEPT = {"image/*": [".png"], "application/pdf": [".pdf"], "text/*": [".txt", ".CSV", ".md"]}

    @pytest.fixture(autouse=True)
    def accepting(self, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"accept": self.ACCEPT}}

    @pytest.mark.parametrize(
        ("data", "name", "claimed"),
        [
            (samples.HTML, "evil.html", "text/html"),
            (samples.HTML, "evil.html", ""),
            (b"@echo off\n", "x.bat", "text/plain"),
            (b"@echo off\n", "x.bat", "application/x-bat"),
            (b"alert(1)\n", "x.js", "text/javascript"),
            (SCRIPT, "x.py", "text/x-python"),
            (b"words", "x", "text/plain"),
            (b"{}", "x.json", "application/json"),
        ],
    )
    def test_others_are_refused(
        self, ada: Caller, folder: Path, data: bytes, name: str, claimed: str
    ) -> None:
        response = send(ada, data, name, claimed)
        assert response.status_code == 415, response.content
        assert not Attachment.objects.exists()

    @pytest.mark.parametrize(
        ("data", "name", "claimed"),
        [
            (b"words", "a.TXT", "text/plain"),
            (TABLE, "a.csv", "text/csv"),
            (b"# Words", "a.md", "text/markdown"),
            (b"# Words", "a.md", "application/octet-stream"),
            (samples.PDF, "paper", "application/pdf"),
            (samples.picture("JPEG"), "a.jpg", "image/jpeg"),
        ],
    )
    def test_these_are_taken(
        self, ada: Caller, folder: Path, data: bytes, name: str, claimed: str
    ) -> None:
        assert send(ada, data, name, claimed).status_code == 200
