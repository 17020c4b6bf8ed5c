"""Writes constraints.txt: one pin for every package of every group, on each Python present.

Each interpreter resolves on its own; where they differ, a line carries a marker. The newest
versions win, within what pyproject.toml allows and the Django line named here.
"""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from pathlib import Path

from . import install, interpreters
from .console import fail, step

DJANGO = "django~=5.2.0"  # the long-term support line; `make matrix` tries the newest
GROUPS = (
    *("app", "site", "mariadb", "build", "node"),
    *("test", "hosts", "lint", "dist", "bench", "docs"),
)
HEAD = """\
# Written by `make constraints`: what .venv is installed from. The app itself allows more,
# see pyproject.toml.
"""


def resolve(python: str, lines: list[str], folder: Path) -> dict[str, str]:
    """Name to version of everything that `lines` need under the interpreter `python`."""
    venv = folder / "venv"
    subprocess.run([python, "-I", "-m", "venv", "--clear", str(venv)], check=True)
    pip = [str(venv / "bin" / "python"), "-I", "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--upgrade", "pip"], check=True)
    report = folder / "report.json"
    command = [*pip, "install", "--quiet", "--dry-run", "--ignore-installed"]
    # mysqlclient's metadata needs its compiler flags, though nothing is compiled here.
    flags = {"MYSQLCLIENT_CFLAGS": "-I.", "MYSQLCLIENT_LDFLAGS": "-L."}
    done = subprocess.run(
        [*command, "--report", str(report), DJANGO, *lines], env={**os.environ, **flags}
    )
    if done.returncode:
        fail("pip found no versions that work together: see its output above.")
    chosen = [item["metadata"] for item in json.loads(report.read_text("utf-8"))["install"]]
    return {item["name"].lower().replace("_", "-"): item["version"] for item in chosen}


def merge(resolved: dict[str, dict[str, str]]) -> list[str]:
    """The lines of the file, from each Python version's pins."""
    lines = []
    for name in sorted({name for pins in resolved.values() for name in pins}):
        versions = {python: pins[name] for python, pins in resolved.items() if name in pins}
        for version in sorted(set(versions.values())):
            line = f"{name}=={version}"
            if len(set(versions.values())) > 1:
                line += " ; " + " or ".join(
                    f'python_version == "{python}"'
                    for python, chosen in versions.items()
                    if chosen == version
                )
            lines.append(line)
    return lines


def main() -> None:
    """Resolve on every Python present and write the file."""
    lines = sorted({line for group in GROUPS for line in install.requirements(group)})
    resolved = {}
    for version, python in interpreters.present().items():
        step(f"Resolving for Python {version} …")
        with tempfile.TemporaryDirectory() as folder:
            resolved[version] = resolve(python, lines, Path(folder))
    pins = merge(resolved)
    install.CONSTRAINTS.write_text(HEAD + "\n".join(pins) + "\n", "utf-8")
    step(f"constraints.txt: {len(pins)} lines for Python {', '.join(resolved)}.")


if __name__ == "__main__":
    main()
