"""Finds Chromium for the browser suite; run as a program, installs it where it may.

.venv/bin/python -m tests.tools.chromium
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# (a command that is there, the commands that install)
INSTALLERS = {
    "apt-get": (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"],
    ),
    "dnf": (["dnf", "install", "-y", "chromium"],),
    "apk": (["apk", "add", "chromium"],),
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
    for command in INSTALLERS[manager]:
        done = subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            print(done.stdout[-2000:], file=sys.stderr)
            print("Chromium could not be installed: the browser suite is left out.")
            return


if __name__ == "__main__":
    install()
