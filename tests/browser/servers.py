"""The site under a real ASGI server, as a process of its own with a database of its own."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from django.conf import settings

START_SECONDS = 60
_RUNNING = re.compile(r"running on (http://127\.0\.0\.1:\d+)")
# Of the machine's environment, only what a process needs to run at all.
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")


class Server:
    """`with Server(folder, chatkit={…}, settings={…}, env={…}) as server:` – then `server.url`.

    The arguments are laid over CHATKIT, over other settings, and over the environment.
    """

    def __init__(
        self,
        folder: Path,
        *,
        chatkit: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
    ) -> None:
        self.database = folder / "server.sqlite3"
        self.log = folder / "server.log"
        self.url = ""
        self.logins: dict[str, Any] = {}  # the cookies of each user who logged in
        self._env = {name: os.environ[name] for name in KEPT if name in os.environ} | {
            "DJANGO_SETTINGS_MODULE": "tests.browser.server_settings",
            "READ_DOT_ENV": "off",
            "SECRET_KEY": "browser-tests-" + "k" * 50,
            "DEBUG": "off",
            "HTTPS": "off",
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DATABASE_URL": f"sqlite:///{self.database}",
            "MEDIA_ROOT": str(folder / "media"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "BROWSER_CHATKIT": json.dumps(chatkit or {}),
            "BROWSER_SETTINGS": json.dumps(settings or {}),
        }
        self._env |= env or {}
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        with self.log.open("wb") as log:
            run: dict[str, Any] = {
                "cwd": settings.BASE_DIR,
                "env": self._env,
                "stdout": log,
                "stderr": log,
            }
            prepared = subprocess.run([sys.executable, "-m", "tests.browser.prepare"], **run)
            if prepared.returncode:
                raise AssertionError(f"The database could not be made:\n{self.output()}")
            # Port 0: the system picks a free one, and the log says which.
            command = [sys.executable, "-m", "uvicorn", "mseller.asgi:application"]
            options = ["--port", "0", "--timeout-graceful-shutdown", "5", "--no-access-log"]
            self._process = subprocess.Popen(command + options, **run)
        self.url = self._address()
        return self

    def __exit__(self, *args: object) -> None:
        assert self._process
        self._process.terminate()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
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
        self.__exit__()
        raise AssertionError(f"The server did not start:\n{self.output()}")

    def output(self) -> str:
        """What the server has written so far."""
        return self.log.read_text(errors="replace")

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query on the server's database, read from outside."""
        with sqlite3.connect(f"file:{self.database}?mode=ro", uri=True) as connection:
            return connection.execute(sql, parameters).fetchall()
