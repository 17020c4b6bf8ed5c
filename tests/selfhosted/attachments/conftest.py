"""Uploads as a client sends them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ..protocol import Caller

URL = "/api/chatkit/attachments"


@pytest.fixture
def folder(settings: Any, tmp_path: Path) -> Path:
    """Where this test's files are kept."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def send(
    caller: Caller, data: bytes, name: str = "a.txt", kind: str = "text/plain", **more: Any
) -> Any:
    file = SimpleUploadedFile(name, data, kind)
    headers = {"Authorization": f"Bearer {caller.secret}"}
    return caller.client.post(URL, {"file": file, **more}, headers=headers)


def put(caller: Caller, url: str, data: bytes, **headers: str) -> Any:
    return caller.client.put(url, data, "application/octet-stream", headers=headers)
