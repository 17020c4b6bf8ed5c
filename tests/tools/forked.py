"""Python programs in processes of their own that need not load the large packages.

A new interpreter takes three seconds of the processor to load OpenAI's packages. The standard
library's fork server loads them once per process of the tests; each program is a fork of it, with
an environment, a folder and a log of its own. What a program needs of this project it imports
itself, so that its settings count.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from types import ModuleType
from typing import Any

# None of them reads the environment or Django's settings when it is imported.
LOADED = [
    "chatkit.server",
    "agents",
    "openai",
    "uvicorn",
    "django.test",
    "django.contrib.auth",
    "markdown_it",
    "snowballstemmer",
    "whitenoise.middleware",
]


@cache
def _context() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(LOADED)
    return context


class Forked:
    """`python -m *arguments*` in a fork: the part of `subprocess.Popen` that tests use.

    Takes signals alone, as a session of its own; `pid` and `poll()` as of `Popen`. What it says
    goes to `log`, its errors to `errors` where that is named.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        env: Mapping[str, str],
        log: Path,
        errors: Path | None = None,
    ) -> None:
        log.touch()
        written = (str(log), str(errors or log))
        self._process: ForkServerProcess = _context().Process(
            target=_run, args=(list(arguments), str(folder), dict(env), *written)
        )
        with _without_main():
            self._process.start()
        assert self._process.pid is not None
        self.pid: int = self._process.pid
        # Else the standard library would wait for it at the end of a run that was cut.
        atexit.register(self.kill)

    def poll(self) -> int | None:
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        self._process.join(timeout)
        code = self.poll()
        if code is None:
            raise subprocess.TimeoutExpired(str(self._process.name), timeout or 0)
        atexit.unregister(self.kill)
        return code

    def send_signal(self, number: signal.Signals) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


@contextmanager
def _without_main() -> Iterator[None]:
    """A fork would import the module that this process runs by its name, and with it settings that
    are not its own."""
    main = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = main


def _run(arguments: list[str], folder: str, env: dict[str, str], log: str, errors: str) -> None:
    """Be what a new interpreter would be, and run the module as `python -m` does."""
    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(env)
    for place, number in ((log, 1), (errors, 2)):
        written = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        os.dup2(written, number)
        os.close(written)
    _signals_as_at_start()
    sys.path[:] = [folder, *(path for path in sys.path if path not in ("", folder))]
    sys.argv = arguments
    try:
        runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)
    finally:
        # A fork leaves without them.
        _at_exit: Any = atexit
        _at_exit._run_exitfuncs()


def _signals_as_at_start() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
