"""Installs programs that a suite drives with the system's package manager, where it may."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
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
# What they say when another program of theirs is at work. An option of apt-get's makes it wait by
# itself, but for the lists that it fetches there is none.
LOCKED = re.compile(r"Could not get lock|Unable to (acquire|lock)")
WAIT_SECONDS = 300
PAUSE_SECONDS = 1


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
    until = time.monotonic() + WAIT_SECONDS
    said = ""
    for package in (others or {}).get(manager, packages):
        commands = [*before, [*last, package]]
        said = next(filter(None, (_refused(command, until) for command in commands)), "")
        if not said and found():
            return
    print(said, file=sys.stderr)
    print(f"{program} could not be installed: {suite} is left out.")


def _refused(command: list[str], until: float) -> str:
    """Runs it, again while another program holds its lock; the end of what it said if it failed."""
    waiting = False
    while said := _run(command):
        if not LOCKED.search(said) or time.monotonic() > until:
            break
        if not waiting:
            waiting = True
            minutes = WAIT_SECONDS // 60
            print(
                f"Another program is installing: waiting for it, at most {minutes} minutes …",
                flush=True,
            )
        time.sleep(PAUSE_SECONDS)
    return said


def _run(command: list[str]) -> str:
    """The end of what it said if it failed."""
    done = subprocess.run(
        command,
        # In runlevel 1 Debian starts no service that it installs. Its words must be known ones.
        env={
            **os.environ,
            "DEBIAN_FRONTEND": "noninteractive",
            "LC_ALL": "C.UTF-8",
            "RUNLEVEL": "1",
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.stdout[-2000:] or "no reason given" if done.returncode else ""
