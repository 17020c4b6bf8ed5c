"""Uploads while the disk of this machine is full, or fails: no file is broken by that."""

from __future__ import annotations

import asyncio
import errno
import io
import tempfile
from pathlib import Path
from typing import IO, Any

import pytest
from django.core.files.uploadhandler import TemporaryFileUploadHandler

from chatkit import asgi
from chatkit.attachments import images, kinds
from chatkit.models import Attachment
from chatkit.selfhosted.attachments import receiving

from ...attachments import samples
from ..protocol import Caller
from .conftest import URL, kept, put, send
from .test_views import announced, code_of, path_of

pytestmark = pytest.mark.django_db(transaction=True)
FAULTS = [errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EMFILE]


def full(*args: Any, **kwargs: Any) -> IO[bytes]:
    """A temporary file that takes nothing, and says so once more where it is closed."""
    return open("/dev/full", "w+b")


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Nothing is kept in memory, and no file takes it either."""
    monkeypatch.setattr(tempfile, "TemporaryFile", full)
    return monkeypatch


@pytest.fixture
def told(ada: Caller) -> Caller:
    ada.client.raise_request_exception = False
    return ada


@pytest.mark.parametrize("size", [10, 5_000, 200_000])
def test_the_copy_of_the_body(
    told: Caller, folder: Path, full_disk: pytest.MonkeyPatch, size: int
) -> None:
    full_disk.setattr(receiving, "IN_MEMORY", 1)
    refused = send(told, b"x" * size)
    assert (refused.status_code, code_of(refused)) == (503, "files_unavailable")
    assert not kept(folder)


@pytest.mark.parametrize("fault", FAULTS)
def test_the_copy_of_a_part(
    told: Caller, folder: Path, monkeypatch: pytest.MonkeyPatch, fault: int
) -> None:
    def fails(*args: Any) -> None:
        raise OSError(fault, "It does not work")

    monkeypatch.setattr(TemporaryFileUploadHandler, "receive_data_chunk", fails)
    refused = send(told, b"Hello")
    assert (refused.status_code, code_of(refused)) == (503, "files_unavailable")
    monkeypatch.undo()
    assert send(told, b"Hello").status_code == 200


def test_without_a_folder_for_temporary_files(told: Caller, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = tmp_path / "missing"
    refused = send(told, b"Hello")
    assert (refused.status_code, code_of(refused)) == (503, "files_unavailable")


def test_a_picture_is_not_called_broken(
    told: Caller, folder: Path, full_disk: pytest.MonkeyPatch
) -> None:
    full_disk.setattr(images, "IN_MEMORY", 1)
    refused = send(told, samples.picture(), "a.png", "image/png")
    assert (refused.status_code, code_of(refused)) == (503, "files_unavailable")
    assert not kept(folder)


def test_what_was_announced_is_taken_later(
    told: Caller, folder: Path, full_disk: pytest.MonkeyPatch
) -> None:
    full_disk.setattr(images, "IN_MEMORY", 1)
    data = samples.picture()
    answer = announced(told, data, "a.png", "image/png")
    url = path_of(answer["upload_descriptor"]["url"])
    assert code_of(put(told, url, data)) == "files_unavailable"
    full_disk.undo()
    assert put(told, url, data).status_code == 200
    assert Attachment.objects.get().file


@pytest.mark.parametrize("fault", FAULTS)
def test_an_archive_is_not_called_broken(fault: int) -> None:
    class Failing(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            if self.tell():
                raise OSError(fault, "It does not work")
            return super().read(size)

    with pytest.raises(OSError, match="does not work"):
        kinds.kind_of(Failing(samples.archive("a.txt")), "a.zip")


@pytest.mark.parametrize("fault", FAULTS)
def test_the_copy_that_django_keeps_under_asgi(ada: Caller, fault: int) -> None:
    headers = [(b"authorization", f"Bearer {ada.secret}".encode())]
    scope = {"type": "http", "method": "POST", "path": URL, "root_path": "", "headers": headers}
    piece = {"type": "http.request", "body": b"x" * 1000}
    pieces = [piece | {"more_body": True}, piece | {"more_body": True}, piece]
    sent: list[Any] = []

    async def keeping(scope: Any, receive: Any, send: Any) -> None:
        await receive()
        raise OSError(fault, "It does not work")

    async def receive() -> Any:
        return pieces.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    async def serve() -> None:
        await asgi.with_runs(keeping)(scope, receive, send)

    asyncio.run(serve())
    assert sent[0]["status"] == 503
    assert b"files_unavailable" in sent[1]["body"]
    assert pieces == []  # a client that is still sending does not read the answer
