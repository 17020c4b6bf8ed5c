"""Finds Chromium for the browser suite; run as a program, installs it where it may.

.venv/bin/python -m tests.tools.chromium

The headless shell is the same engine without the window around it: a page costs a third of the
processor's time. Any other Chromium will do where it is not packaged.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A command that is there, the commands that install; the last of them with the first of these
# packages that it finds.
INSTALLERS: dict[str, tuple[list[list[str]], tuple[str, ...]]] = {
    "apt-get": (
        [
            ["apt-get", "update", "-q"],
            ["apt-get", "install", "-q", "-y", "--no-install-recommends"],
        ],
        (SHELL, "chromium"),
    ),
    "dnf": ([["dnf", "install", "-y"]], ("chromium",)),
    "apk": ([["apk", "add"]], ("chromium",)),
}


def executable() -> str | None:
    """The path of a Chromium on this machine, or None."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Install Chromium with the system's package manager, if this user may."""
    if executable():
        return
    manager = next((name for name in INSTALLERS if shutil.which(name)), None)
    if os.geteuid() or manager is None:
        print("No Chromium here: the browser suite is left out. Install the package chromium.")
        return
    print("Installing Chromium for the browser suite …", flush=True)
    (*before, last), packages = INSTALLERS[manager]
    said = ""
    for commands in ([*before, [*last, package]] for package in packages):
        said = next(filter(None, map(_refused, commands)), "")
        if not said and executable():
            return
    print(said, file=sys.stderr)
    print("Chromium could not be installed: the browser suite is left out.")


def _refused(command: list[str]) -> str:
    """Runs it; the end of what it said if it failed."""
    done = subprocess.run(
        command,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout[-2000:] or "no reason given" if done.returncode else ""


if __name__ == "__main__":
    install()
