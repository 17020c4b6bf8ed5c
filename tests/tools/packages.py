"""Programs that a suite drives and that come with the system's package manager."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

# (a command that is there, the commands that install what is named behind them)
INSTALLERS: dict[str, tuple[list[str], ...]] = {
    "apt-get": (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends"],
    ),
    "dnf": (["dnf", "install", "-y"],),
    "apk": (["apk", "add"],),
}


def install(package: str, suite: str) -> None:
    """Install a package, if this user may; else say that the suite is left out."""
    manager = next((name for name in INSTALLERS if shutil.which(name)), None)
    if os.geteuid() or manager is None:
        print(f"No {package} here: {suite} is left out. Install the package {package}.")
        return
    print(f"Installing {package} for {suite} …", flush=True)
    *before, last = INSTALLERS[manager]
    for command in (*before, [*last, package]):
        done = subprocess.run(
            command,
            # In runlevel 1 Debian starts no service that it installs.
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        if done.returncode:
            print(done.stdout[-2000:], file=sys.stderr)
            print(f"{package} could not be installed: {suite} is left out.")
            return
