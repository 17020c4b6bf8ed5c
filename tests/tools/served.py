"""A real ASGI server as a process of its own."""

from __future__ import annotations

import re
import subprocess
import time
from pathlib import Path
from typing import Any

from .forked import Forked

START_SECONDS = 60
_RUNNING = re.compile(r"running on (http://127\.0\.0\.1:\d+)")


class Served:
    """An ASGI application under uvicorn, on a free port: `url` once it runs.

    Whatever the process writes stands in the file `log`; `folder` (where it runs) and `env` (its
    whole environment) are the process's own. `python` is the interpreter of another environment.
    """

    def __init__(self, log: Path) -> None:
        self.log = log
        self.url = ""
        self.logins: dict[str, Any] = {}  # the cookies of each user who logged in
        self._process: subprocess.Popen[bytes] | Forked | None = None

    def start(
        self, application: str, *, folder: Path, env: dict[str, str], python: Path | None = None
    ) -> None:
        """Serve `module:name`; returns once the server answers."""
        # Port 0: the system picks a free one, and the log says which.
        command = ["uvicorn", application, "--port", "0"]
        command += ["--timeout-graceful-shutdown", "5", "--no-access-log"]
        if python is None:
            self._process = Forked(command, folder=folder, env=env, log=self.log)
        else:
            with self.log.open("ab") as log:
                self._process = subprocess.Popen(
                    [str(python), "-m", *command], cwd=folder, env=env, stdout=log, stderr=log
                )
        self.url = self._address()

    def stop(self) -> None:
        assert self._process
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def kill(self) -> None:
        """End it at once, as a machine that dies."""
        assert self._process
        self._process.kill()
        self._process.wait()

    def _address(self) -> str:
        assert self._process
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self._process.poll() is None:
            found = _RUNNING.search(self.output())
            if found:
                return found[1]
            time.sleep(0.05)
        self.stop()
        raise AssertionError(f"The server did not start:\n{self.output()}")

    def output(self) -> str:
        """What the server has written so far."""
        return self.log.read_text(errors="replace")
