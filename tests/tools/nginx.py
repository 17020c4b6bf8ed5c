"""Finds nginx for the production suite; run as a program, installs it where it may.

.venv/bin/python -m tests.tools.nginx
"""

from __future__ import annotations

import os
import shutil

from . import packages

# Where it is for those whose PATH leaves out what administrators use.
FOLDERS = os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/usr/local/sbin"))


def executable() -> str | None:
    """The path of nginx on this machine, or None."""
    return shutil.which("nginx", path=FOLDERS)


if __name__ == "__main__":
    packages.install("nginx", "the production suite", executable, ("nginx",))
