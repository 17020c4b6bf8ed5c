"""Which files an export has written: what the next one writes no more is removed from its folder,
and nothing that somebody else has put there or changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

LIST = ".exported.json"  # {path: SHA-256 of what was written}


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def written(directory: Path) -> dict[str, str]:
    """What earlier exports have written and is still as they left it; nothing where there is no
    list, or one that is not as `note` writes it."""
    try:
        listed = json.loads((directory / LIST).read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(listed, dict):
        return {}
    return {path: sum_ for path, sum_ in listed.items() if _is_same(directory, path, sum_)}


def _is_same(directory: Path, path: str, sum_: object) -> bool:
    parts = PurePosixPath(path)
    if parts.is_absolute() or ".." in parts.parts:
        return False  # a list that somebody else has made
    try:
        return digest((directory / path).read_bytes()) == sum_
    except (OSError, ValueError):
        return False


def note(files: Mapping[str, str]) -> str:
    """The list as it is kept."""
    return json.dumps(files, indent=1, sort_keys=True) + "\n"
