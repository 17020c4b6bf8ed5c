"""Writes `.env` once, with a random SECRET_KEY; an existing one is never touched."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from .console import ROOT, fail, step

TEXT = """\
# Written by `make run` for this machine. Every variable is listed in .env.example.
SECRET_KEY={key}
DEBUG=on
"""


def write() -> None:
    """Create `.env` where the settings read it, readable by its owner only."""
    folder = Path(os.environ.get("DOT_ENV_DIR") or ROOT)
    try:
        file = os.open(folder / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        fail(f"{folder / '.env'} could not be written: {error.strerror}.")
    with os.fdopen(file, "w") as env:
        env.write(TEXT.format(key=secrets.token_urlsafe(50)))
    step("Wrote .env with a random SECRET_KEY.")


if __name__ == "__main__":
    write()
