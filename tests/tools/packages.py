"""Installs programs that a suite drives with the system's package manager, where it may."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable

# A command that is there, and the commands that install what is named behind the last.
INSTALLERS: dict[str, list[list[str]]] = {
    "apt-get": [
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-q", "-y", "--no-install-recommends"],
    ],
    "dnf": [["dnf", "install", "-y"]],
    "apk": [["apk", "add"]],
}


def install(
    program: str,
    suite: str,
    found: Callable[[], str | None],
    packages: tuple[str, ...],
    others: dict[str, tuple[str, ...]] | None = None,
) -> None:
    """Install the first of these packages that brings the program, unless it is `found`.

    `others` names the packages of a manager where they differ. Only root may install: anybody
    else is told which package the suite wants.
    """
    if found():
        return
    manager = next((name for name in INSTALLERS if shutil.which(name)), None)
    if os.geteuid() or manager is None:
        print(f"No {program} here: {suite} is left out. Install the package {packages[-1]}.")
        return
    print(f"Installing {program} for {suite} …", flush=True)
    *before, last = INSTALLERS[manager]
    said = ""
    for package in (others or {}).get(manager, packages):
        said = next(filter(None, map(_refused, [*before, [*last, package]])), "")
        if not said and found():
            return
    print(said, file=sys.stderr)
    print(f"{program} could not be installed: {suite} is left out.")


def _refused(command: list[str]) -> str:
    """Runs it; the end of what it said if it failed."""
    done = subprocess.run(
        command,
        # In runlevel 1 Debian starts no service that it installs.
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout[-2000:] or "no reason given" if done.returncode else ""
