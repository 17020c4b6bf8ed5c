"""Pictures are written anew."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from chatkit.attachments import images

from . import samples

LARGEST = 10_000_000


def written(data: bytes) -> tuple[images.Picture, bytes]:
    found = images.rewritten(io.BytesIO(data), LARGEST)
    with found.file:
        return found, found.file.read()


def test_a_photo_loses_its_place_and_stands_upright() -> None:
    found, data = written(samples.photo())
    assert found.mime_type == "image/jpeg"
    assert b"secret" not in data
    image = Image.open(io.BytesIO(data))
    assert image.size == (20, 40)
    assert not image.getexif()
    assert "comment" not in image.info


@pytest.mark.parametrize(
    ("form", "mime_type"),
    [("PNG", "image/png"), ("WEBP", "image/webp"), ("GIF", "image/png"), ("BMP", "image/png")],
)
def test_formats(form: str, mime_type: str) -> None:
    found, data = written(samples.picture(form))
    assert found.mime_type == mime_type
    assert Image.open(io.BytesIO(data)).size == (4, 3)


@pytest.mark.parametrize("mode", ["1", "P", "LA", "RGBA", "I;16", "CMYK"])
def test_modes(mode: str) -> None:
    out = io.BytesIO()
    form = "JPEG" if mode == "CMYK" else "PNG"
    Image.new(mode, (3, 3)).save(out, form)
    assert Image.open(io.BytesIO(written(out.getvalue())[1])).size == (3, 3)


@pytest.mark.parametrize(("deep", "grey"), [(0, 0), (300, 1), (32_768, 128), (65_535, 255)])
def test_sixteen_bits_of_grey_keep_how_bright_they_are(deep: int, grey: int) -> None:
    out = io.BytesIO()
    Image.new("I;16", (1, 1), deep).save(out, "PNG")
    found = Image.open(io.BytesIO(written(out.getvalue())[1]))
    assert found.convert("L").getpixel((0, 0)) == grey


def test_a_photo_with_another_behind_it_stays_a_jpeg() -> None:
    out = io.BytesIO()
    photo, preview = (Image.new("RGB", size, (200, 30, 30)) for size in ((40, 20), (4, 2)))
    photo.save(out, "MPO", save_all=True, append_images=[preview])
    assert Image.open(out).format == "MPO"
    found, data = written(out.getvalue())
    assert (found.mime_type, Image.open(io.BytesIO(data)).format) == ("image/jpeg", "JPEG")
    assert Image.open(io.BytesIO(data)).size == (40, 20)


def test_what_is_hidden_behind_a_picture_is_gone() -> None:
    assert b"<script>" not in written(samples.picture() + samples.HTML)[1]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (samples.wide_picture(), "too_many_pixels"),
        (samples.picture()[:40], "broken"),
        (b"\x89PNG\r\n\x1a\n" + samples.HTML, "broken"),
    ],
)
def test_refused(data: bytes, code: str) -> None:
    with pytest.raises(images.Refused) as raised:
        images.rewritten(io.BytesIO(data), LARGEST)
    assert raised.value.code == code


def test_without_pillow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "is_available", lambda: False)
    with pytest.raises(images.Refused, match="missing"):
        images.rewritten(io.BytesIO(samples.picture()), LARGEST)
