"""The sdist and the wheel, built as an installer's tools do; `dist` is a fixture of every suite."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
PACKAGED = (
    "chatkit",
    "docs/checks.md",
    "docs/howto/from-the-sdk.md",
    "docs/leaving-agent-builder.md",
    "CHANGELOG.md",
    "LICENSE",
    "README.md",
    "pyproject.toml",
    ".gitignore",
)


def copy_of_project(folder: Path) -> Path:
    """What the sdist is made from, without what others are at work on around it."""
    project = folder / "project"
    project.mkdir()
    for name in PACKAGED:
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name,
                project / name,
                ignore=shutil.ignore_patterns("node_modules", "__pycache__"),
            )
        else:
            (project / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, project / name)
    return project


def build(project: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """`python -m build` into `dist`: the sdist, then the wheel from it, unless told else."""
    command = [sys.executable, "-I", "-m", "build", "--no-isolation", *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True)


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder with the sdist and the wheel, built once however many processes test."""
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        shared = shared.parent
    folder = shared / "packaging"
    with (shared / "packaging.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            folder.mkdir()
            done = build(copy_of_project(folder))
            (folder / "words").write_text(done.stdout + done.stderr, "utf-8")
    built = folder / "project" / "dist"
    if not list(built.glob("*.whl")):
        pytest.fail((folder / "words").read_text("utf-8"))
    return built


@pytest.fixture(scope="session")
def wheel(dist: Path) -> Path:
    """The wheel itself."""
    return next(dist.glob("*.whl"))
