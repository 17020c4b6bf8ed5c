"""Runs the tests on the oldest Python with the oldest Django, and on the newest of both.

    .venv/bin/python -m mseller.tools.matrix [pytest arguments]

Each pair has its own environment under .build/matrix, made once and brought up to date.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from . import install, interpreters
from .console import ROOT, SCRATCH, fail, step

GROUPS = ("app", "site", "build", "test", "hosts")
FREE = re.compile(r"^(django|asgiref)==", re.IGNORECASE)


def pairs() -> list[tuple[str, str, str]]:
    """(Python version, its path, Django requirement), oldest first."""
    present = interpreters.present()
    if "3.11" not in present:
        fail("make matrix needs Python 3.11, the oldest that is supported: it is not here.")
    newest = max(present, key=lambda version: int(version.partition(".")[2]))
    return [("3.11", present["3.11"], "django~=5.2.0"), (newest, present[newest], "django>=6.0")]


def prepare(version: str, python: str, django: str) -> Path:
    """The interpreter of the pair's own environment, with everything installed."""
    folder = SCRATCH / "matrix" / f"python{version}"
    venv = folder / "venv"
    own = venv / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-I", "-m", "venv", str(venv)], check=True)
    pins = folder / "constraints.txt"
    kept = install.CONSTRAINTS.read_text("utf-8").splitlines()
    pins.write_text("\n".join(line for line in kept if not FREE.match(line)) + "\n", "utf-8")
    lines = [line for group in GROUPS for line in install.requirements(group)]
    pip = [str(own), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--upgrade", "-c", str(pins), django, *lines],
        env=install.pip_environment(dict(os.environ)),
    )
    if done.returncode:
        fail(f"The packages for Python {version} could not be installed: pip's words stand above.")
    return own


def main(arguments: list[str]) -> int:
    """Run every pair, also after one failed; the exit status is 0 if all passed."""
    failed = []
    for version, python, django in pairs():
        step(f"\nPython {version} with {django}: installing …")
        own = prepare(version, python, django)
        tests = [str(own), "-m", "pytest", "-p", "tests.tools.left_out", "-n", "2", *arguments]
        if subprocess.run(tests, cwd=ROOT).returncode:
            failed.append(f"Python {version} with {django}")
    if failed:
        fail(f"Failed: {', '.join(failed)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
