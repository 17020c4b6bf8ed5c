"""What a program prints, in a process of its own: one that never ends fails its test and is ended.

A regular expression that tries all ways there are holds the interpreter's lock, so that no thread
could look at a clock meanwhile.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

SECONDS = 40  # of which the right code takes one or two, to start


def printed(program: str) -> str:
    """The output of `program`, without the last end of a line."""
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.removesuffix("\n")
