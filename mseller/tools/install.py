"""Makes `.venv` and installs dependency groups of pyproject.toml into it, pinned.

    python3 -m mseller.tools.install site build

pip takes only files whose hashes stand in constraints.txt, and builds none: what a package is
built with has no pin. A group that is installed already costs
nothing: its stamp in `.venv` tells from what it was installed. Standard library only.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import pins
from .console import ROOT, SCRATCH, fail, log_file, step

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UNREACHABLE = re.compile(
    r"connection broken by|NewConnectionError|ConnectTimeout|ReadTimeout|"
    r"Max retries exceeded|ProxyError|Name or service not known|Temporary failure in name"
)
NOT_BUILT = re.compile(r"No matching distribution found for (\S+)")
MISMATCH = re.compile(r"DO NOT MATCH THE HASHES.*?\n\s+(\S+?)(?: from| \(|:)", re.DOTALL)
NAME = re.compile(r"[\w.-]+")
DATABASE_GROUPS = {"mysql": "mariadb", "mariadb": "mariadb"}


def requirements(group: str) -> list[str]:
    """The requirement lines of a group; `app` is what the app itself depends on."""
    data = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    lines = data["project"]["dependencies"] if group == "app" else data["dependency-groups"][group]
    return [str(line) for line in lines]


def groups_for(environ: dict[str, str]) -> list[str]:
    """The groups that the environment asks for beyond those named."""
    names = ("DATABASE_URL", "TEST_DATABASE_URL")
    schemes = (environ.get(name, "").partition(":")[0] for name in names)
    return sorted({DATABASE_GROUPS[scheme] for scheme in schemes if scheme in DATABASE_GROUPS})


def pinned(groups: list[str]) -> list[pins.Pin]:
    """What constraints.txt has for these groups: all that they name, and all that those need."""
    return [pin for pin in pins.read() if not set(groups).isdisjoint(pin.groups)]


def check_pinned(groups: list[str]) -> None:
    """Each group's own lines are in constraints.txt: pip would take the others as they come."""
    names = {_name(pin.name) for pin in pinned(groups)}
    for group in groups:
        for line in requirements(group):
            if _name(line) not in names:
                fail(
                    f"constraints.txt has no pin for {line} of the group {group}: "
                    "run `make constraints ARGS=--keep`."
                )


def _name(requirement: str) -> str:
    """The package's name as the index spells it."""
    found = NAME.match(requirement)
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else ""


def ensure(groups: list[str]) -> None:
    """Make what is missing: the environment, and each group's packages in it."""
    with _alone():
        if not _works():
            _make()
        wanted = {group: _stamp(group) for group in ("app", *groups)}
        missing = [group for group, stamp in wanted.items() if _installed(group) != stamp]
        if missing:
            _install(missing)
        for group in missing:
            (VENV / f".stamp-{group}").write_text(wanted[group], "utf-8")


@contextmanager
def _alone() -> Iterator[None]:
    """One installation at a time, also from two terminals."""
    SCRATCH.mkdir(exist_ok=True)
    with (SCRATCH / "install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _works() -> bool:
    """Whether `.venv` has a Python new enough, with pip."""
    probe = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return not subprocess.run([PYTHON, "-I", "-c", probe], capture_output=True).returncode
    except OSError:
        return False


def _make() -> None:
    version = ".".join(map(str, sys.version_info[:3]))
    step(f"Making .venv with Python {version} …")
    made = subprocess.run(
        [sys.executable, "-I", "-m", "venv", "--clear", str(VENV)], capture_output=True, text=True
    )
    if made.returncode:
        log_file("venv").write_text(made.stdout + made.stderr, "utf-8")
        fail(
            f"Python {version} ({sys.executable}) could not make a virtual environment; "
            "the reason stands in .build/venv.log."
        )


def _stamp(group: str) -> str:
    source = "\n".join([*requirements(group), *map(str, pinned([group]))])
    return hashlib.sha256(source.encode()).hexdigest()


def _installed(group: str) -> str:
    stamp = VENV / f".stamp-{group}"
    return stamp.read_text("utf-8") if stamp.exists() else ""


def pip_environment(environ: dict[str, str]) -> dict[str, str]:
    """The environment for pip: few retries, and installation into .venv."""
    return {"PIP_RETRIES": "1", **environ, "PIP_USER": "0"}


def _install(groups: list[str]) -> None:
    check_pinned(groups)
    step("Installing the Python packages into .venv (a minute or two the first time) …")
    install_pins(PYTHON, pinned(groups))


def install_pins(python: Path, wanted: list[pins.Pin], *options: str) -> None:
    """These, by their hashes, into the environment of that Python; ends with a sentence where pip
    fails. `options` are pip's."""
    log = log_file("install")
    listed = log.with_name("requirements.txt")
    listed.write_text("\n".join(map(str, wanted)) + "\n", "utf-8")
    # -I: packages on PYTHONPATH must not count as installed.
    command = [str(python), "-I", "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-input", "--progress-bar", "off", "--require-hashes"]
    command += ["--only-binary", ":all:", *options, "-r", str(listed)]
    with log.open("w") as output:
        done = subprocess.run(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=pip_environment(dict(os.environ)),
            cwd=ROOT,
        )
    if done.returncode:
        fail(_reason(log.read_text("utf-8", "replace"), log))


def _reason(output: str, log: Path) -> str:
    where = log.relative_to(ROOT)
    if UNREACHABLE.search(output):
        return (
            "The Python package index could not be reached: check the network and pip's index "
            f"settings, then run the same command again (pip's words: {where})."
        )
    if found := MISMATCH.search(output):
        return (
            f"A downloaded file of {found[1]} is not one that constraints.txt was made with, so "
            "nothing was installed. Somebody may have changed it; if the file is right, run "
            f"`make constraints` (pip's words: {where})."
        )
    if found := NOT_BUILT.search(output):
        python = ".".join(map(str, sys.version_info[:2]))
        return (
            f"pip found no built file of {found[1]} for Python {python} on this system, and none "
            f"is compiled here: another version of Python may help (pip's words: {where})."
        )
    errors = [line for line in output.splitlines() if line.startswith("ERROR:")]
    last = errors[-1].removeprefix("ERROR:").strip() if errors else "no reason given"
    return f"pip could not install the packages: {last} (all of its words: {where})."


if __name__ == "__main__":
    try:
        ensure([*sys.argv[1:], *groups_for(dict(os.environ))])
    except KeyboardInterrupt:
        fail("Stopped; the same command continues where this left off.")
