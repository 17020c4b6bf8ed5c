"""Pictures that become larger when they are written anew."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from chatkit.models import Attachment

from ...attachments import samples
from ..protocol import Caller
from .conftest import kept, send

pytestmark = pytest.mark.django_db(transaction=True)
# Each is smaller than the limit, and was to become larger.
GROWING = {
    "JPEG": samples.noise("JPEG", quality=5),
    "WEBP": samples.noise("WEBP", quality=5),
    "GIF": samples.noise("GIF"),
}


@pytest.mark.parametrize("form", GROWING)
def test_one_stays_within_the_limit(ada: Caller, folder: Path, settings: Any, form: str) -> None:
    data = GROWING[form]
    limit = len(data) + 100
    settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"max_size": limit}}
    assert send(ada, data, "a", "").status_code == 200
    (file,) = kept(folder)
    assert Attachment.objects.get().size == file.stat().st_size <= limit
    width, height = Image.open(io.BytesIO(file.read_bytes())).size
    assert 100 < width == height <= 300


def test_one_that_fits_loses_nothing(ada: Caller, folder: Path) -> None:
    send(ada, GROWING["GIF"], "a.gif", "image/gif")
    (file,) = kept(folder)
    assert Image.open(io.BytesIO(file.read_bytes())).size == (300, 300)


def test_where_nothing_helps_it_is_too_large(ada: Caller, folder: Path, settings: Any) -> None:
    data = samples.picture("GIF", (1, 1))
    settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"max_size": len(data)}}
    refused = send(ada, data, "a.gif", "image/gif")
    assert refused.json()["error"]["code"] == "too_large"
    assert not kept(folder)


def test_a_day_counts_what_is_kept(ada: Caller, folder: Path, settings: Any) -> None:
    data = GROWING["JPEG"]
    day = {"max_per_day": len(data) + 100}
    settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": day}
    refused = send(ada, data, "a.jpg", "image/jpeg")
    assert refused.json()["error"]["code"] == "rate_limited"
    assert not kept(folder)
