"""Writes constraints.txt: one pin for every package of every group, on each Python present, with
the hashes of its files.

Each interpreter resolves on its own; where they differ, a line carries a marker. The newest
versions win, within what pyproject.toml allows and the Django line named here; with `--keep` those
that are pinned already, so that only what is new in pyproject.toml comes in.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from . import install, interpreters, pins
from .console import fail, step

DJANGO = "django~=5.2.0"  # the long-term support line; `make matrix` tries the newest
GROUPS = (
    *("app", "site", "mariadb", "build", "node"),
    *("test", "hosts", "lint", "dist", "bench", "docs"),
)
HEAD = """\
# Written by `make constraints`: what .venv is installed from, with the hashes of every file of
# each version. The app itself allows more, see pyproject.toml. Above each pin stand the groups
# that need it.

"""
# Name to version and groups, under one Python.
Resolved = dict[str, tuple[str, list[str]]]


def ask_pip(python: Path, question: str, **given: Any) -> Any:
    """An answer of in_pip.py from the pip of that environment."""
    script = Path(__file__).with_name("in_pip.py")
    done = subprocess.run(
        [str(python), "-I", str(script), question],
        input=json.dumps(given), stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    if done.returncode:
        fail(f"pip could not be asked for the {question}: see its output above.")
    return json.loads(done.stdout)


def environment(python: str, folder: Path) -> Path:
    """The Python of a new environment with the newest pip."""
    subprocess.run([python, "-I", "-m", "venv", "--clear", str(folder)], check=True)
    own = folder / "bin" / "python"
    pip = [str(own), "-I", "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--upgrade", "pip"], check=True)
    return own


def resolve(python: Path, groups: dict[str, list[str]], kept: list[str]) -> Resolved:
    """Name to version and groups of everything that the groups need under this Python."""
    lines = sorted({line for group in groups.values() for line in group})
    limits = python.parent.parent / "kept.txt"
    limits.write_text("\n".join(kept) + "\n", "utf-8")
    report = python.parent.parent / "report.json"
    command = [str(python), "-I", "-m", "pip", "--disable-pip-version-check", "install"]
    command += ["--quiet", "--dry-run", "--ignore-installed", "--report", str(report)]
    command += ["--only-binary", ":all:"]  # nothing is compiled, see install.py
    done = subprocess.run([*command, "-c", str(limits), DJANGO, *lines])
    if done.returncode:
        fail("pip found no versions that work together: see its output above.")
    chosen = json.loads(report.read_text("utf-8"))["install"]
    answer = ask_pip(python, "closure", report=chosen, groups=groups)
    if elsewhere := answer["elsewhere"]:
        fail(f"On macOS or ARM more is needed: add {', '.join(elsewhere)} to pyproject.toml.")
    return {name: (version, of) for name, (version, of) in answer["pins"].items()}


def merge(resolved: dict[str, Resolved]) -> list[pins.Pin]:
    """The pins of the file without their hashes, from what each Python needs."""
    newest = list(resolved)[-1]
    merged = []
    for name in sorted({name for found in resolved.values() for name in found}):
        needs = {python: found[name] for python, found in resolved.items() if name in found}
        groups = {group for _version, of in needs.values() for group in of}
        for version in sorted({version for version, _groups in needs.values()}):
            line = f"{name}=={version}"
            pythons = [python for python, (chosen, _groups) in needs.items() if chosen == version]
            if pythons != list(resolved):
                # A Python newer than all here takes what the newest here does.
                line += " ; " + " or ".join(
                    f'python_version {">=" if python == newest else "=="} "{python}"'
                    for python in pythons
                )
            merged.append(pins.Pin(line, tuple(sorted(groups, key=GROUPS.index)), ()))
    return merged


def hashed(found: list[pins.Pin], python: Path) -> list[pins.Pin]:
    """The pins with the hashes that the index tells."""
    versions = [pin.requirement.partition(" ")[0].split("==") for pin in found]
    answer = ask_pip(python, "hashes", versions=versions)
    for pin, hashes in zip(found, answer, strict=True):
        if not hashes:
            fail(f"The index tells no hash for {pin.requirement}.")
    return [
        pins.Pin(pin.requirement, pin.groups, tuple(hashes))
        for pin, hashes in zip(found, answer, strict=True)
    ]


def main(arguments: list[str]) -> None:
    """Resolve on every Python present, ask for the hashes, and write the file."""
    groups = {group: install.requirements(group) for group in GROUPS}
    kept = [pin.requirement for pin in pins.read()] if "--keep" in arguments else []
    resolved: dict[str, Resolved] = {}
    with tempfile.TemporaryDirectory() as folder:
        for version, path in interpreters.present().items():
            step(f"Resolving for Python {version} …")
            python = environment(path, Path(folder) / version)
            resolved[version] = resolve(python, groups, kept)
        step("Asking for the hashes …")
        found = hashed(merge(resolved), python)
    pins.FILE.write_text(HEAD + pins.text(found), "utf-8")
    step(f"constraints.txt: {len(found)} pins for Python {', '.join(resolved)}.")


if __name__ == "__main__":
    main(sys.argv[1:])
