"""Pictures, decoded and written anew by Pillow: what is not the picture itself is left behind.

That is the place where a photo was taken, and whatever a file hides behind or within a picture. An
animation keeps its first frame.
"""

from __future__ import annotations

import importlib.util
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

from . import disk

MAX_PIXELS = 50_000_000  # of a picture; more are not decoded
MAX_DECODED = 512 * 1024 * 1024  # bytes that decoding may take
WORKING_PIXELS = 16_000_000  # that are written; a picture of more is scaled down first
IN_MEMORY = 1024 * 1024  # bytes; larger pictures wait in a file
WAIT_SECONDS = 30.0
QUALITIES = (90, 75, 50)  # of JPEG and WebP, until a picture is small enough
FACTOR, HASTE = 0.9, 0.8  # of its sides, at most, and of that factor each time it was not enough


class _Form(NamedTuple):
    """What a picture is written as."""

    name: str  # Pillow's
    mime_type: str
    endings: tuple[str, ...]


_JPEG = _Form("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe"))
_WEBP = _Form("WEBP", "image/webp", (".webp",))
_PNG = _Form("PNG", "image/png", (".png",))
# By the name that Pillow has for what is read. MPO is a JPEG with another behind it, such as the
# preview that phones add.
_WRITTEN = {"JPEG": _JPEG, "MPO": _JPEG, "WEBP": _WEBP}
WRITTEN_TYPES = frozenset(form.mime_type for form in (*_WRITTEN.values(), _PNG))
_READ = ["PNG", "JPEG", "GIF", "WEBP", "BMP"]
# Bytes for a pixel while it is decoded: libwebp draws upon two pictures, and hands out a copy.
_BYTES = {"WEBP": 16}
_BYTES_ELSE = 4
# Each takes up to some hundred megabytes while it is decoded.
_turns = threading.BoundedSemaphore(2)


class Refused(Exception):
    """`code` says why: `missing` (no Pillow), `too_many_pixels`, `broken`, `busy`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Picture:
    file: IO[bytes]
    mime_type: str
    endings: tuple[str, ...]


def is_available() -> bool:
    """Whether Pillow is installed."""
    return importlib.util.find_spec("PIL") is not None


def rewritten(file: IO[bytes], largest: int) -> Picture:
    """The picture in a file of its own, of at most so many bytes: for that its quality is lowered,
    and then it is scaled down. Raises Refused; a fault of the disk is raised as it is."""
    if not is_available():
        raise Refused("missing")
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Refused("busy")
    try:
        return _rewritten(file, largest)
    finally:
        _turns.release()


def _rewritten(file: IO[bytes], largest: int) -> Picture:
    from PIL import Image  # optional, and takes a while

    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (it is returned)
    try:
        # The picture has no name here, so that it is freed once it is scaled down.
        form = _save(*_decoded(file), out, largest)
    except Refused:
        out.close()
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        out.close()
        raise Refused("too_many_pixels") from None
    except Exception as error:  # whatever a broken file brings
        with suppress(OSError):  # what it could not write it tries once more
            out.close()
        if disk.is_fault(error):
            raise
        raise Refused("broken") from error
    out.seek(0)
    return Picture(out, form.mime_type, form.endings)


def _decoded(file: IO[bytes]) -> tuple[Any, _Form]:
    """The picture that is to be written, and as what. What decoding took is freed by then."""
    from PIL import Image, ImageOps

    file.seek(0)
    with Image.open(file, formats=_READ) as opened:
        read_as = opened.format or ""
        pixels = opened.width * opened.height
        if pixels > MAX_PIXELS or pixels * _BYTES.get(read_as, _BYTES_ELSE) > MAX_DECODED:
            raise Refused("too_many_pixels")
        form = _WRITTEN.get(read_as, _PNG)
        image: Any = opened
        if pixels > WORKING_PIXELS:
            image = _scaled(_shaded(opened, form), (WORKING_PIXELS / pixels) ** 0.5)
        # As the camera was held: that is in the metadata, which are left out.
        ImageOps.exif_transpose(image, in_place=True)
        image = _plain(_in_srgb(image), form)
    image.info.clear()
    return image, form


def _save(image: Any, form: _Form, out: IO[bytes], largest: int) -> _Form:
    """One of a single pixel may still be too large: then nothing else is to be done."""
    options: list[dict[str, int]] = [{}]
    if form is not _PNG:
        options = [{"quality": quality} for quality in QUALITIES]
    if form is _WEBP:  # quickly: the slower ways make a file that is hardly smaller
        options = [{**option, "method": 0} for option in options]
    most = FACTOR
    while True:
        for option in options:
            size = _encoded(image, form, out, option) or 4 * largest
            if size <= largest or image.size == (1, 1):
                return form
        options = options[-1:]
        image = _scaled(image, min(most, 0.95 * (largest / size) ** 0.5))
        most *= HASTE


def _encoded(image: Any, form: _Form, out: IO[bytes], option: dict[str, int]) -> int:
    """How many bytes it is; 0 where it is more than the format can hold."""
    out.seek(0)
    out.truncate()
    try:
        image.save(out, form.name, **option)
    except ValueError:
        # A part of WebP that ends at half a megabyte; what is as small as can be has another fault.
        if form is not _WEBP or image.size == (1, 1):
            raise
        return 0
    return out.seek(0, 2)


def _scaled(image: Any, factor: float) -> Any:
    return image.resize([max(1, int(side * factor)) for side in image.size])


def _shaded(image: Any, form: _Form) -> Any:
    """In a mode that has shades between two of its colours: without them a picture that is scaled
    down would lose its fine lines."""
    if image.mode in ("1", "P", "PA"):
        return _plain(image, form)
    return image.convert("I") if image.mode.startswith("I;") else image


def _plain(image: Any, form: _Form) -> Any:
    """In a mode that every program reads; a picture with a palette gets its colours."""
    if image.mode.startswith("I"):  # grey in 16 bits, of which Pillow would cut off the upper eight
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "L" or (form is not _JPEG and image.mode == "LA"):
        return image.copy()
    transparent = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if transparent and form is not _JPEG else "RGB")


def _in_srgb(image: Any) -> Any:
    """The picture in the colours that are meant where no profile comes with it."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK"):
        return image
    import io

    from PIL import ImageCms

    try:
        ours = ImageCms.createProfile("sRGB")
        theirs = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGB" if image.mode == "CMYK" else image.mode
        return ImageCms.profileToProfile(image, theirs, ours, outputMode=mode) or image
    except (ImageCms.PyCMSError, OSError, ValueError):  # a profile that is broken
        return image
