"""A fresh Python environment outside this checkout, with the wheel in it.

Nothing is fetched: the packages that the wheel and a site ask for are laid into it, file by file,
from the environment that the tests run in, which `make test` has brought up to date. Then pip
installs the wheel, and refuses if something that it depends on is not there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.metadata import Distribution, PathDistribution, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

KEPT = ("LANG", "LC_ALL", "TMPDIR")  # of the variables around us; nothing of Python's or Django's


@dataclass(frozen=True)
class Environment:
    """An environment in `folder`; its `bin` comes first on the path of what it runs. Projects are
    made in `around`, or else beside it."""

    folder: Path
    around: Path | None = None

    @property
    def python(self) -> Path:
        return self.folder / "bin" / "python"

    @property
    def packages(self) -> Path:
        return next(self.folder.glob("lib/python*/site-packages"))

    @property
    def variables(self) -> dict[str, str]:
        """Those of a process in it."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        path = os.pathsep.join((str(self.folder / "bin"), os.environ["PATH"]))
        return kept | {"PATH": path, "HOME": str(self.folder), "VIRTUAL_ENV": str(self.folder)}

    def run(self, folder: Path, *command: str, **variables: str) -> str:
        """Run one of its programs, such as `django-admin`, in `folder`; what it printed."""
        done = subprocess.run(
            [self.folder / "bin" / command[0], *command[1:]],
            cwd=folder,
            env=self.variables | variables,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def pip(self, *arguments: str) -> None:
        """Change what is installed in it, by the pip of the environment around us; no index."""
        pip = [sys.executable, "-I", "-m", "pip", "--isolated", "--python", str(self.python)]
        command, *rest = arguments
        options = ["--no-index", "--no-compile"] if command == "install" else ["--yes"]
        done = subprocess.run(
            [*pip, command, "--quiet", "--disable-pip-version-check", *options, *rest],
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


def make(folder: Path, wheel: Path, *others: str, extra: str = "selfhosted") -> Environment:
    """A new environment with the wheel, its `extra` ("" for none, "a,b" for two), and what
    `others` require."""
    subprocess.run([sys.executable, "-I", "-m", "venv", "--without-pip", folder], check=True)
    environment = Environment(folder)
    wanted = [*requirements_of(wheel, extra), *(Requirement(line) for line in others)]
    for found in closure(wanted).values():
        lay(found, environment)
    environment.pip("install", f"{wheel}[{extra}]" if extra else str(wheel))
    return environment


def requirements_of(wheel: Path, extra: str) -> list[Requirement]:
    """What the wheel says that it depends on."""
    with zipfile.ZipFile(wheel) as archive:
        metadata = next(name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        found = PathDistribution(zipfile.Path(archive, metadata.rpartition("/")[0] + "/"))
        return needed(found, extra.split(","))


def needed(package: Distribution, extras: Iterable[str]) -> list[Requirement]:
    """What a package requires here, its `extras` included."""
    lines = [Requirement(line) for line in package.requires or []]
    return [
        line
        for line in lines
        if line.marker is None
        or any(line.marker.evaluate({"extra": extra}) for extra in {"", *extras})
    ]


def closure(wanted: Iterable[Requirement]) -> dict[str, Distribution]:
    """Every package that is required, by name, as it is installed around us."""
    found: dict[str, Distribution] = {}
    seen: set[str] = set()
    left = list(wanted)
    while left:
        line = left.pop()
        key = f"{canonicalize_name(line.name)}[{','.join(sorted(line.extras))}]"
        if key not in seen:
            seen.add(key)
            package = found.setdefault(canonicalize_name(line.name), distribution(line.name))
            left += needed(package, line.extras)
    return found


def lay(package: Distribution, environment: Environment) -> None:
    """Put a package's files into the environment, where possible without copying a byte."""
    around = str(package.locate_file(""))
    packages, programs = str(environment.packages), str(environment.folder / "bin")
    folders: set[str] = set()
    for file in map(str, package.files or []):
        source = os.path.normpath(os.path.join(around, file))
        target = os.path.normpath(os.path.join(packages, file))
        folder = os.path.dirname(target)
        if folder not in folders:
            os.makedirs(folder, exist_ok=True)
            folders.add(folder)
        try:
            if folder == programs:
                lay_program(Path(source), Path(target), environment)
            else:
                link(source, target)
        except FileNotFoundError:  # compiled files are listed, and come and go
            assert target.endswith(".pyc"), source


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)  # to another file system


def lay_program(source: Path, target: Path, environment: Environment) -> None:
    """A script's first line names its interpreter; a compiled program has none."""
    if source.read_bytes().startswith(b"#!"):
        rest = source.read_text("utf-8").partition("\n")[2]
        target.write_text(f"#!{environment.python}\n{rest}", "utf-8")
        target.chmod(0o755)
    else:
        link(str(source), str(target))
