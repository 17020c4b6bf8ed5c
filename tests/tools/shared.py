"""What one process of the tests makes for all of them, such as a database to be copied."""

from __future__ import annotations

import atexit
import fcntl
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

VARIABLE = "TESTS_FOLDER"


def folder() -> Path:
    """The folder of this run: made and removed by the first process that asks, which starts the
    others with its environment."""
    if VARIABLE not in os.environ:
        made = tempfile.mkdtemp(prefix="chatkit-tests-")
        os.environ[VARIABLE] = made
        atexit.register(shutil.rmtree, made, ignore_errors=True)
    return Path(os.environ[VARIABLE])


def made_once(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` has filled: by whoever comes first, while the others wait."""
    place = folder() / name
    place.mkdir(parents=True, exist_ok=True)
    done = folder() / f"{name}.made"
    with (folder() / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make(place)
            done.touch()
    return place
