"""The body of an upload: read to its end or refused, and never taken when it is too large."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.http import HttpRequest
from django.http.multipartparser import MultiPartParser, MultiPartParserError
from django.utils.translation import gettext as _

from ... import conf
from ...api import KIB
from ...attachments import disk, intake
from ...exceptions import ApiError

PIECE = 64 * KIB
IN_MEMORY = 1024 * KIB  # bytes; larger files wait in a file
AROUND = 64 * KIB  # bytes of a form that are not its file


@dataclass(frozen=True)
class Sent:
    """A file as it came: `name` and `mime_type` are claims."""

    file: IO[bytes]
    name: str
    mime_type: str


@contextmanager
def body(request: HttpRequest) -> Iterator[IO[bytes]]:
    """The whole body as a file, for this block; ApiError where it is too large or was cut."""
    limit = conf.get("ATTACHMENTS")["max_size"] + AROUND
    declared = request.META.get("CONTENT_LENGTH") or ""
    length = int(declared) if declared.isdigit() else None
    if length is not None and length > limit:
        intake.check_size(length)
    # The whole block: what is still to be written fails once more where the file is closed.
    with disk.told(), tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as held:
        size = 0
        while piece := _read(request):
            size += len(piece)
            if size > limit:
                intake.check_size(size)
            held.write(piece)
        if length is not None and size < length:
            raise _cut()
        held.seek(0)
        yield held


def _read(request: HttpRequest) -> bytes:
    try:
        return request.read(PIECE)
    except OSError as error:
        if disk.is_fault(error):  # of the file that the server keeps it in
            raise
        raise _cut() from None  # the client went away


@contextmanager
def form(request: HttpRequest) -> Iterator[Sent]:
    """The part `file` of a form, for this block."""
    if request.content_type != "multipart/form-data":
        raise ApiError("unsupported_media_type", _("Send the file as a form, in its part “file”."))
    with body(request) as held:
        size = held.seek(0, 2)
        if size and not _is_ended(held, (request.content_params or {}).get("boundary", "")):
            raise _cut()
        held.seek(0)
        meta = {**request.META, "CONTENT_LENGTH": str(size)}
        source: Any = held
        try:
            handlers = [TemporaryFileUploadHandler(request)]
            _fields, files = MultiPartParser(meta, source, handlers, request.encoding).parse()
        except (MultiPartParserError, SuspiciousOperation):
            raise ApiError("invalid_request") from None
        found = files.getlist("file")
        try:
            if len(found) != 1:
                words = _("Send the file as a form, in its part “file”.")
                raise ApiError("invalid_request", words)
            sent = found[0]
            yield Sent(sent.file, sent.name or "", sent.content_type or "")
        finally:
            for each in (entry for _name, group in files.lists() for entry in group):
                each.close()


def _is_ended(held: IO[bytes], boundary: str) -> bool:
    """Whether the form's last line is there: without a length, a cut body looks whole."""
    end = f"--{boundary}--".encode("latin-1", "replace")
    held.seek(max(0, held.seek(0, 2) - len(end) - 512))
    return end in held.read()


def _cut() -> ApiError:
    return ApiError("invalid_request", _("The file did not arrive whole. Please send it again."))
