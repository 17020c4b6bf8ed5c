"""Finds the Python interpreters of this machine, pyenv's too."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

VERSIONS = ("3.11", "3.12", "3.13", "3.14")


def find(version: str) -> str | None:
    """The path of a working Python `version` ("3.12") with its venv module, or None."""
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [shutil.which(f"python{version}")]
    candidates += sorted(
        (str(path) for path in pyenv.glob(f"{version}.*/bin/python")), reverse=True
    )
    return next((path for path in candidates if path and _works(path, version)), None)


def _works(path: str, version: str) -> bool:
    probe = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2])"
    done = subprocess.run([path, "-I", "-c", probe], capture_output=True, text=True)
    return done.returncode == 0 and done.stdout.strip() == version


def present() -> dict[str, str]:
    """Every supported version that is here, oldest first, with its path."""
    found = {version: find(version) for version in VERSIONS}
    return {version: path for version, path in found.items() if path}
