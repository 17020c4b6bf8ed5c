"""ZIP archives, opened only where they have few enough parts.

`zipfile` makes an object of each part before anybody can ask how many there are, and a file of ten
megabytes may name 200,000. What the end of an archive says of their number is only a claim.
"""

from __future__ import annotations

import zipfile
from typing import IO, Any

_PART = b"PK\x01\x02"  # begins what the directory says of one


class TooManyParts(Exception):
    pass


class _Counting:
    """A file whose directory can't be read where it names more parts than that: `zipfile` reads it
    at once. Each part has the mark; within a name it may be once more."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file, self._most = file, most

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(size)
        if data.count(_PART) > self._most:
            raise TooManyParts
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def opened(file: IO[bytes], most: int) -> zipfile.ZipFile:
    """Raises TooManyParts, and whatever `zipfile` raises."""
    counting: Any = _Counting(file, most)
    archive = zipfile.ZipFile(counting)
    if len(archive.infolist()) > most:
        archive.close()
        raise TooManyParts
    return archive
