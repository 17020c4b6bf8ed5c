"""Runs the worker in a process of its own, and hears from it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from typing import Any

from .drafts import Draft, Progress, Refused

SECONDS = 180  # until it is ended
GRACE = 10  # more, for one that has a time of its own: to begin, and to say what it has
ENDING = 5  # that one which says no more has to end
# How a process ends by its own document: it took all its processor time, or a library in C did not
# get the memory that it asked for. Any other end without a word came from outside.
OWN_FAULT = {
    -getattr(signal, name)
    for name in ("SIGXCPU", "SIGSEGV", "SIGABRT", "SIGBUS", "SIGFPE", "SIGILL")
    if hasattr(signal, name)
}
KEPT = ("PATH", "SYSTEMROOT", "TEMP", "TMP", "TMPDIR", "LD_LIBRARY_PATH")


def read(data: bytes, name: str, progress: Progress, seconds: float | None = None) -> Draft:
    """Read a document. Raises Refused, whatever becomes of the process: `interrupted` where
    somebody else ended it, as a system does that is short of memory or shuts down.

    With `seconds` one that takes longer, or is longer than a draft may be, is cut and not refused.
    """
    module = f"{__package__}.worker"
    # Nothing of the site's environment, which holds its secrets.
    environment = {key: os.environ[key] for key in KEPT if key in os.environ}
    environment |= {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "utf-8"}
    process = subprocess.Popen(  # noqa: S603  (no shell, and the name is data)
        [sys.executable, "-P", "-m", module, name, *([] if seconds is None else [str(seconds)])],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(SECONDS if seconds is None else seconds + GRACE, end)
    timer.start()
    try:
        answer = _answer(process, data, progress)
        if answer is None:
            code = _code_of(process)
    finally:
        timer.cancel()
        process.kill()
        process.wait()
    if answer is None:
        if late.is_set():
            raise Refused("too_slow")
        raise Refused("too_complex" if code in OWN_FAULT else "interrupted")
    if "refused" in answer:
        raise Refused(str(answer["refused"]))
    return Draft(str(answer["title"]), str(answer["body"]), bool(answer["cut"]))


def _answer(
    process: subprocess.Popen[bytes], data: bytes, progress: Progress
) -> dict[str, Any] | None:
    """The last line that it writes; None where it ended without one."""
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdout:
        try:
            with process.stdin:
                process.stdin.write(data)  # it reads all of it before it writes
        except BrokenPipeError:
            return None
        for line in process.stdout:
            if not line.endswith(b"\n"):  # ended in the middle of a word
                return None
            said: dict[str, Any] = json.loads(line)
            if "done" not in said:
                return said
            progress(int(said["done"]), int(said["of"]))
    return None


def _code_of(process: subprocess.Popen[bytes]) -> int | None:
    """How it ended, None for one that goes on without a word."""
    try:
        return process.wait(ENDING)
    except subprocess.TimeoutExpired:
        return None
