"""Files in S3, by django-storages: with the settings of the how-to, and a stand-in for S3."""

from __future__ import annotations

import datetime
import importlib.util
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client

from chatkit.attachments import later, orphans
from chatkit.models import Attachment

from ..protocol import Caller, ask, create, thread_id_of, until
from ..realserver import ROOT
from .conftest import URL, send

NEEDED = ("boto3", "flask_cors", "moto", "storages")
MISSING = [name for name in NEEDED if importlib.util.find_spec(name) is None]
pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
]
HOWTO = ROOT / "docs" / "howto" / "files.md"


class S3:
    """The stand-in: an HTTP server on this machine that can be stopped and begun anew, empty."""

    def __init__(self, log: Path) -> None:
        self.log = log
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        with self.log.open("ab") as written:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "moto.server", "-p", str(self.port)],
                cwd=ROOT, stdout=written, stderr=written,
            )  # fmt: skip
        until(self.answers, seconds=60)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)


def documented(**options: Any) -> dict[str, Any]:
    """`STORAGES["chatkit"]` as the how-to has it, but for these options."""
    blocks = re.findall(r"```python\n(.*?)```", HOWTO.read_text("utf-8"), re.DOTALL)
    (block,) = [block for block in blocks if "S3Storage" in block]
    found: dict[str, Any] = {}
    exec(block, found)
    entry: dict[str, Any] = found["STORAGES"]["chatkit"]
    return {**entry, "OPTIONS": entry["OPTIONS"] | options}


@pytest.fixture
def s3(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    server = S3(tmp_path / "s3.log")
    server.start()
    entry = documented(endpoint_url=server.url)
    settings.STORAGES = settings.STORAGES | {"chatkit": entry}
    try:
        make_bucket()
        yield server
    finally:
        server.stop()


def make_bucket() -> None:
    storage: Any = storages["chatkit"]
    where = {"LocationConstraint": storage.region_name}
    storage.connection.create_bucket(Bucket=storage.bucket_name, CreateBucketConfiguration=where)


def kept() -> list[str]:
    storage: Any = storages["chatkit"]
    return [found.key for found in storage.bucket.objects.all()]


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def test_a_file_s_life(
    ada: Caller,
    bob: Caller,
    logged_in: Client,
    other: Any,
    s3: S3,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answer = send(ada, b"Hello", "notes.txt").json()
    url = f"{URL}/{answer['id']}"
    assert len(kept()) == 1
    read = logged_in.get(url)
    assert (body(read), read["Content-Length"]) == (b"Hello", "5")
    assert "notes.txt" in read["Content-Disposition"]
    stranger = Client()
    stranger.force_login(other)
    assert stranger.get(url).status_code == 404
    secret = {"Authorization": f"Bearer {bob.secret}"}
    assert Client().get(url, headers=secret).status_code == 404
    thread_id = thread_id_of(ada.stream(create("say 1", attachments=[answer["id"]])))

    s3.stop()
    refused = send(ada, b"Again")
    assert (refused.status_code, refused.json()["error"]["code"]) == (503, "files_unavailable")
    assert Attachment.objects.get().pk == answer["id"]
    unread = logged_in.get(url)
    assert (unread.status_code, unread.json()["error"]["code"]) == (503, "files_unavailable")

    s3.start()
    make_bucket()  # the stand-in has forgotten all
    assert logged_in.get(url).status_code == 404
    second = send(ada, b"x" * 100_000).json()["id"]
    assert len(kept()) == 1
    assert body(logged_in.get(f"{URL}/{second}")) == b"x" * 100_000
    ada.stream(create("say 1", attachments=[second]))
    # What no row names is found there, too.
    monkeypatch.setattr(orphans, "OLD", datetime.timedelta(0))
    storages["chatkit"].save(f"chatkit/ab/atc_{'0' * 32}-01234567", ContentFile(b"x"))
    assert (orphans.delete_orphans(), len(kept())) == (1, 1)
    for thread in {thread_id, *Attachment.objects.values_list("thread_id", flat=True)}:
        ada.json(ask("threads.delete", thread_id=thread))
    assert later.finish()
    assert not Attachment.objects.exists()
    assert not kept()
