"""What a model gets of the files of a conversation."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from chatkit.attachments import text
from chatkit.models import Session
from chatkit.selfhosted.attachments import contents

from ...attachments import samples
from ..protocol import Caller
from .conftest import URL, kept, send

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ids(ada: Caller, folder: Path) -> dict[str, str]:
    return {
        "picture": send(ada, samples.picture(), "it.png", "image/png").json()["id"],
        "pdf": send(ada, samples.PDF, "a.pdf", "application/pdf").json()["id"],
        "text": send(ada, "Größe: 1".encode(), 'a"b.txt', "text/plain").json()["id"],
        "other": send(ada, b"\0\1", "a.bin", "application/octet-stream").json()["id"],
    }


def parts(ids: dict[str, str], takes: tuple[str, ...], url: str = "") -> dict[str, Any]:
    for row in contents.unread(Session.objects.get(), list(ids.values()), takes):
        assert row.pk == ids["text"] or "file" not in takes
        text.read_text(row)
    found = contents.load(Session.objects.get(), list(ids.values()), takes, url)
    return {name: found[id] for name, id in ids.items() if id in found}


def test_as_the_model_takes_them(ids: dict[str, str], folder: Path) -> None:
    found = parts(ids, ("image", "file"))
    assert set(found) == {"picture", "pdf", "text"}
    assert found["picture"]["type"] == "input_image"
    head, _, data = found["picture"]["image_url"].partition(",")
    assert head == "data:image/png;base64"
    assert base64.b64decode(data).startswith(b"\x89PNG")
    assert found["pdf"]["filename"] == "a.pdf"
    assert found["pdf"]["file_data"].startswith("data:application/pdf;base64,")
    assert "Größe: 1" in found["text"]["text"]
    assert set(parts({"picture": ids["picture"], "text": ids["text"]}, ())) == {"text"}


def test_by_signed_addresses(ids: dict[str, str]) -> None:
    found = parts(ids, ("image", "file"), URL)
    response: Any = Client().get(found["picture"]["image_url"])
    assert b"".join(response.streaming_content).startswith(b"\x89PNG")
    assert found["pdf"]["file_url"].startswith(f"{URL}/{ids['pdf']}?token=")


def test_a_long_text_is_cut_and_one_that_is_gone_left_out(
    ids: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contents, "TEXT_LENGTH", 3)
    said = parts(ids, ())["text"]["text"]
    assert said.endswith("-----\nGrö\n-----")
    assert "its beginning" in said
    for path in kept(folder):
        path.unlink()
    assert set(parts(ids, ("image",))) == {"text"}  # its words are in the row


def test_nobody_elses(ids: dict[str, str], bob: Caller, other: Any) -> None:
    session = Session.objects.get(user=other)
    assert contents.load(session, list(ids.values()), ("image", "file")) == {}
