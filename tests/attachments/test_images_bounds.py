"""What a picture may cost: how much of it is decoded, and how much is written how many times."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import Image

from chatkit.attachments import images

from . import samples

# 49 million pixels of one colour, in 38 bytes.
FLAT = bytes.fromhex("524946461e000000574542505650384c110000002f57dbd50607d0842634a1ff8188e87f0000")
LARGE = (5_000, 4_000)  # more than a picture that is written, and less than one that is refused
Written = list[tuple[tuple[int, int], dict[str, Any]]]


@pytest.fixture
def handed(monkeypatch: pytest.MonkeyPatch) -> Written:
    """The size of each picture that the encoder gets, and what it is asked for."""
    found: Written = []
    save = Image.Image.save

    def spy(image: Image.Image, out: Any, form: str, **options: Any) -> None:
        found.append((image.size, options))
        save(image, out, form, **options)

    monkeypatch.setattr(Image.Image, "save", spy)
    return found


def written(data: bytes, largest: int = 10_000_000) -> Image.Image:
    with images.rewritten(io.BytesIO(data), largest).file as file:
        return Image.open(io.BytesIO(file.read()))


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_large_one_is_scaled_down_before_it_is_written(form: str, handed: Written) -> None:
    data = samples.picture(form, LARGE)
    handed.clear()
    found = written(data)
    (((width, height), _options),) = handed
    assert 0.98 * images.WORKING_PIXELS < width * height <= images.WORKING_PIXELS
    assert found.size == (width, height)
    assert abs(width / height - 1.25) < 0.01


def test_one_of_the_usual_size_keeps_it(handed: Written) -> None:
    written(samples.picture("JPEG", (4_000, 4_000)))
    assert handed[-1][0] == (4_000, 4_000)


def test_a_large_photo_stands_upright_as_well() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned
    found = written(samples.picture("JPEG", LARGE, exif=exif.tobytes()))
    assert found.height > found.width
    assert not found.getexif()


@pytest.mark.parametrize("mode", ["1", "P", "I;16"])
def test_lines_of_a_large_one_become_shades(mode: str) -> None:
    """Lines of one pixel, black and white by turns: what is left of them is grey."""
    lines = Image.frombytes("L", (LARGE[0], 1), b"\x00\xff" * (LARGE[0] // 2)).resize(LARGE)
    out = io.BytesIO()
    deep = lines.convert("I").point(lambda value: value * 257) if mode == "I;16" else lines
    deep.convert(mode).save(out, "PNG")
    found = written(out.getvalue()).convert("L")
    middle = {found.getpixel((x, 9)) for x in range(1_000, 1_100)}
    assert middle - {0, 255}


def test_webp_is_refused_by_what_decoding_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image.Image, "load", lambda image: pytest.fail("decoded"))
    assert Image.open(io.BytesIO(FLAT)).size == (7_000, 7_000)
    with pytest.raises(images.Refused, match="too_many_pixels"):
        images.rewritten(io.BytesIO(FLAT), 10_000_000)


def test_webp_is_written_in_its_quick_way(handed: Written) -> None:
    data = samples.picture("WEBP")
    handed.clear()
    written(data)
    assert [options["method"] for _size, options in handed] == [0]


@pytest.mark.parametrize("form", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("largest", [1, 300, 20_000])
def test_few_tries(form: str, largest: int, handed: Written) -> None:
    data = samples.noise(form, 600)
    handed.clear()
    written(data, largest)
    pixels = [width * height for (width, height), _options in handed]
    assert len(pixels) <= 12
    assert pixels == sorted(pixels, reverse=True)
    assert pixels.count(pixels[0]) <= len(images.QUALITIES)


def test_webp_that_can_not_be_written_as_rich_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """libwebp gives up at noise of many pixels."""
    save, tried = Image.Image.save, list[int]()

    def gives_up(image: Image.Image, out: Any, form: str, **options: Any) -> None:
        tried.append(options["quality"])
        if options["quality"] > 75:
            raise ValueError("encoding error 6")
        save(image, out, form, **options)

    data = samples.noise("WEBP")
    monkeypatch.setattr(Image.Image, "save", gives_up)
    assert written(data).size == (300, 300)
    assert tried == [90, 75]
