"""Writes `.env` once, with a random SECRET_KEY; an existing one is never touched."""

from __future__ import annotations

import os
import secrets

from .console import ROOT, step

TEXT = """\
# Written by `make run` for this machine. Every variable is listed in .env.example.
SECRET_KEY={key}
DEBUG=on
"""


def write() -> None:
    """Create `.env`, readable by its owner alone."""
    try:
        file = os.open(ROOT / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(file, "w") as env:
        env.write(TEXT.format(key=secrets.token_urlsafe(50)))
    step("Wrote .env with a random SECRET_KEY.")


if __name__ == "__main__":
    write()
