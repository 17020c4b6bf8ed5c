"""Finds Chromium for the browser suite; run as a program, installs it where it may.

.venv/bin/python -m tests.tools.chromium

The headless shell is the same engine without the window around it: a page costs a third of the
processor's time. Any other Chromium or Chrome will do where it is not packaged. TEST_CHROMIUM is
the path of the one to take where several are installed.
"""

from __future__ import annotations

import os
import shutil

from . import packages

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def executable() -> str | None:
    """The path of the Chromium that is chosen, or of one on this machine, or None."""
    if chosen := os.environ.get("TEST_CHROMIUM"):
        return chosen
    return next((path for name in NAMES if (path := shutil.which(name))), None)


if __name__ == "__main__":
    packages.install(
        "Chromium",
        "the browser suite",
        executable,
        ("chromium",),
        {"apt-get": (SHELL, "chromium")},
    )
