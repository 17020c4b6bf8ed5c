"""Vectors that are computed once for a text, and kept in files.

A file holds those of one article and is named by what they were made from: the model and the
texts. So it never is out of date, whatever source an article comes from, processes may share the
folder, and it may be deleted at any time. Files and not a table: what can be made again at any
time needs no migration and no backup, and this package works without a database.
"""

from __future__ import annotations

import logging
import os
import random
import tempfile
import time
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from . import encoder

if TYPE_CHECKING:
    import numpy as np

    from .encoder import Array

    Half = np.ndarray[Any, np.dtype[np.float16]]


class Model(Protocol):
    """What makes vectors: the modules `encoder` and `second`."""

    @property
    def WIDTH(self) -> int: ...

    def version(self) -> str: ...

    def encode(self, texts: Sequence[str]) -> Array: ...


logger = logging.getLogger("chatkit.knowledge")

UNUSED_DAYS = 60  # after which a file is deleted


class Vectors:
    """The vectors of texts, from memory, a file of `folder`, or made anew.

    A folder that can't be written to only costs time at the next start.
    """

    def __init__(self, folder: Path, model: Model = encoder) -> None:
        self.folder = folder
        self._model = model
        self._known: dict[str, Half] = {}
        self._writes = True

    def missing(self, shelves: Sequence[Sequence[str]]) -> int:
        """How many texts of these articles would have to be read by the model."""
        return sum(
            len(texts)
            for texts in shelves
            if (key := self.key(texts)) not in self._known and not self._file(key).exists()
        )

    def fill(self, shelves: Sequence[Sequence[str]]) -> None:
        """Have those of all these articles. In any order, so that processes which begin with the
        same empty folder share the work: each takes from it what another has made."""
        for texts in random.sample(shelves, len(shelves)):
            self.of(texts)

    def of(self, texts: Sequence[str]) -> Array:
        """The vectors of one article's texts, a row for each."""
        import numpy as np

        key = self.key(texts)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._made(key, texts)
        return found.astype(np.float32)

    def passing(self, texts: Sequence[str]) -> Array:
        """The same, not kept in memory."""
        import numpy as np

        return self._made(self.key(texts), texts).astype(np.float32)

    def _made(self, key: str, texts: Sequence[str]) -> Half:
        import numpy as np

        found = self._read(key, len(texts))
        if found is None:
            found = self._model.encode(texts).astype(np.float16)
            self._write(key, found)
        return found

    def keep(self, shelves: Sequence[Sequence[str]]) -> None:
        """Forget all others, and delete files that no process has used for long."""
        keys = set(map(self.key, shelves))
        self._known = {key: rows for key, rows in self._known.items() if key in keys}
        oldest = time.time() - UNUSED_DAYS * 86_400
        try:
            for file in (*self.folder.glob("*.npy"), *self.folder.glob("*.table")):
                if file.stem not in keys and file.stat().st_mtime < oldest:
                    file.unlink(missing_ok=True)
        except OSError:
            pass

    def key(self, texts: Sequence[str]) -> str:
        """What the vectors of these texts are known by."""
        digest = sha256(self._model.version().encode())
        for text in texts:
            part = text.encode("utf-8", "replace")
            digest.update(b"%d:" % len(part) + part)
        return digest.hexdigest()

    def _file(self, key: str) -> Path:
        return self.folder / f"{key}.npy"

    def _read(self, key: str, rows: int) -> Half | None:
        import numpy as np

        try:
            found = np.load(self._file(key), allow_pickle=False)
            os.utime(self._file(key))
        except (OSError, ValueError, EOFError):
            return None
        if found.shape != (rows, self._model.WIDTH) or found.dtype != np.float16:
            return None
        vectors: Half = found
        return vectors

    def _write(self, key: str, rows: Half) -> None:
        """Written beside and renamed, so that no process reads half of it."""
        import numpy as np

        if not self._writes:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self.folder, delete=False) as file:
                np.save(file, rows)
            os.replace(file.name, self._file(key))
        except OSError as error:
            self._writes = False
            logger.info("Vectors of help articles are not kept in %s: %s", self.folder, error)


def default_folder() -> Path:
    """The user's folder for what can be made again."""
    cache = os.environ.get("XDG_CACHE_HOME", "")
    try:
        home = Path(cache) if os.path.isabs(cache) else Path.home() / ".cache"
    except RuntimeError:  # this user has no home
        home = Path(tempfile.gettempdir()) / f"chatkit-{os.getuid()}"
    return home / "chatkit" / "vectors"
