"""Pictures, decoded and written anew by Pillow: what is not the picture itself is left behind.

That is the place where a photo was taken, and whatever a file hides behind or within a picture. An
animation keeps its first frame.
"""

from __future__ import annotations

import importlib.util
import tempfile
import threading
from dataclasses import dataclass
from typing import IO, Any

MAX_PIXELS = 50_000_000  # of a picture; more are not decoded
IN_MEMORY = 1024 * 1024  # bytes; larger pictures wait in a file
WAIT_SECONDS = 30.0
QUALITIES = (90, 75, 50)  # of JPEG and WebP, until a picture is small enough
# By the name that Pillow has for what is read: what is written, its type and its endings.
_WRITTEN = {
    "JPEG": ("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jpe")),
    "WEBP": ("WEBP", "image/webp", (".webp",)),
}
_AS_PNG = ("PNG", "image/png", (".png",))
WRITTEN_TYPES = frozenset(mime_type for _name, mime_type, _endings in (*_WRITTEN.values(), _AS_PNG))
_READ = ["PNG", "JPEG", "GIF", "WEBP", "BMP"]
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
    and then it is scaled down. Raises Refused."""
    if not is_available():
        raise Refused("missing")
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise Refused("busy")
    try:
        return _rewritten(file, largest)
    finally:
        _turns.release()


def _rewritten(file: IO[bytes], largest: int) -> Picture:
    from PIL import Image, ImageOps  # optional, and takes a while

    out = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  (it is returned)
    try:
        file.seek(0)
        with Image.open(file, formats=_READ) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise Refused("too_many_pixels")
            form, mime_type, endings = _WRITTEN.get(opened.format or "", _AS_PNG)
            # As the camera was held: that is in the metadata, which are left out.
            image = ImageOps.exif_transpose(opened)
            image = _plain(_in_srgb(image), form)
            image.info.clear()
            _save(image, out, form, largest)
    except Refused:
        out.close()
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning, MemoryError):
        out.close()
        raise Refused("too_many_pixels") from None
    except Exception as error:  # whatever a broken file brings
        out.close()
        raise Refused("broken") from error
    out.seek(0)
    return Picture(out, mime_type, endings)


def _save(image: Any, out: IO[bytes], form: str, largest: int) -> None:
    """One of a single pixel may still be too large: then nothing else is to be done."""
    options: list[dict[str, int]] = [{}]
    if form != "PNG":
        options = [{"quality": quality} for quality in QUALITIES]
    while True:
        for option in options:
            out.seek(0)
            out.truncate()
            image.save(out, form, **option)
            size = out.seek(0, 2)
            if size <= largest or image.size == (1, 1):
                return
        options = options[-1:]
        factor = min(0.9, 0.95 * (largest / size) ** 0.5)
        image = image.resize([max(1, int(side * factor)) for side in image.size])


def _plain(image: Any, form: str) -> Any:
    """In a mode that every program reads; a picture with a palette gets its colours."""
    if image.mode.startswith("I"):  # grey in 16 bits, of which Pillow would cut off the upper eight
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if image.mode == "L" or (form != "JPEG" and image.mode == "LA"):
        return image.copy()
    transparent = "A" in image.getbands() or "transparency" in image.info
    return image.convert("RGBA" if transparent and form != "JPEG" else "RGB")


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
