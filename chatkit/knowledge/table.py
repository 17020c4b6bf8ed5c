"""The first model's table of words, 64 MB, kept in a file instead of in memory: a question needs
some twenty rows of it."""

from __future__ import annotations

import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Numbers = np.ndarray[Any, np.dtype[Any]]

logger = logging.getLogger("chatkit.knowledge")


class Table:
    """Rows of bytes, read from a file when they are asked for. Safe in several threads and after
    a fork, since no position in the file is shared."""

    def __init__(self, file: Path, width: int) -> None:
        self._file = os.open(file, os.O_RDONLY)
        self._width = width

    def __del__(self) -> None:
        os.close(self._file)

    def __getitem__(self, numbers: Numbers) -> Numbers:
        import numpy as np

        rows = np.empty((len(numbers), self._width), dtype=np.uint8)
        for row, number in zip(rows, numbers.tolist(), strict=True):
            os.preadv(self._file, [row.data], number * self._width)
        return rows


def lighten(backend: Any, folder: Path, name: str) -> None:
    """Put the table of a loaded model into a file of the folder, which processes share. Where that
    can't be done, it stays in memory."""
    import numpy as np

    table = getattr(backend, "table", None)
    if not isinstance(table, np.ndarray) or not hasattr(os, "preadv"):
        return
    if table.ndim != 2 or table.dtype != np.uint8:
        return
    file = folder / f"{name}.table"
    try:
        if not file.exists() or file.stat().st_size != table.nbytes:
            _write(file, table)
        os.utime(file)
        backend.table = Table(file, table.shape[1])
    except OSError as error:
        logger.info("The model's table is not kept in %s: %s", folder, error)


def _write(file: Path, table: Numbers) -> None:
    """Written beside and renamed, so that no process reads half of it."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as made:
        table.tofile(made)
    os.replace(made.name, file)
