"""The site under a real ASGI server, as a process of its own with a database of its own."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from ..tools.forked import Forked
from ..tools.served import Served
from ..tools.shared import made_once

# Of the machine's environment, only what a process needs to run at all.
KEPT = ("PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "SYSTEMROOT", "PYTHONPATH", "VIRTUAL_ENV")


def environment(database: Path) -> dict[str, str]:
    """What every server's process is told."""
    return {name: os.environ[name] for name in KEPT if name in os.environ} | {
        "DJANGO_SETTINGS_MODULE": "tests.browser.server_settings",
        "READ_DOT_ENV": "off",
        "SECRET_KEY": "browser-tests-" + "k" * 50,
        "DEBUG": "off",
        "HTTPS": "off",
        "ALLOWED_HOSTS": "127.0.0.1,localhost",
        "DATABASE_URL": f"sqlite:///{database}",
    }


@cache
def prepared() -> Path:
    """A database with tables and people, made once per run of the tests: each server has a copy."""

    def make(folder: Path) -> None:
        log = folder / "prepared.log"
        made = Forked(
            ["tests.browser.prepare"],
            folder=Path(settings.BASE_DIR),
            env=environment(folder / "server.sqlite3"),
            log=log,
        )
        assert made.wait(120) == 0, f"The database could not be made:\n{log.read_text()}"

    return made_once("browser", make) / "server.sqlite3"


class Server(Served):
    """`with Server(folder, chatkit={…}, settings={…}, env={…}) as server:` – then `server.url`.

    The arguments are laid over CHATKIT, over other settings, and over the environment. A
    `semantic` one reads questions by their meaning, too: its models take two seconds to load, and
    a part of each answer.
    """

    def __init__(
        self,
        folder: Path,
        *,
        chatkit: dict[str, Any] | None = None,
        settings: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
        semantic: bool = False,
    ) -> None:
        super().__init__(folder / "server.log")
        self.database = folder / "server.sqlite3"
        self._env = environment(self.database) | {
            "MEDIA_ROOT": str(folder / "media"),
            "BROWSER_CHATKIT": json.dumps(chatkit or {}),
            "BROWSER_SETTINGS": json.dumps(settings or {}),
            "BROWSER_SEMANTIC": "on" if semantic else "off",
        }
        self._env |= env or {}

    def __enter__(self) -> Server:
        shutil.copyfile(prepared(), self.database)
        base = Path(settings.BASE_DIR)
        self.start("mseller.asgi:application", folder=base, env=self._env)
        return self

    def __exit__(self, *args: object) -> None:
        self.stop()

    def command(self, *arguments: str, env: dict[str, str] | None = None) -> str:
        """What a management command of this site writes."""
        with tempfile.NamedTemporaryFile(dir=self.log.parent) as file:
            log = Path(file.name)
            done = Forked(
                ["django", *arguments],
                folder=Path(settings.BASE_DIR),
                env=self._env | (env or {}),
                log=log,
            )
            code, written = done.wait(120), log.read_text()
        assert code == 0, written
        return written

    def rows(self, sql: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """The rows of a query on the server's database, read from outside."""
        with closing(sqlite3.connect(f"file:{self.database}?mode=ro", uri=True)) as connection:
            return connection.execute(sql, parameters).fetchall()

    def write(self, sql: str, *parameters: Any) -> None:
        """Change the server's database from outside, as another process of the site would."""
        with closing(sqlite3.connect(self.database, timeout=20)) as connection, connection:
            connection.execute(sql, parameters)
