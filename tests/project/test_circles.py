"""What `make lint` says of modules that import each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
CONFIG = """
[importlinter]
root_package = chatkit
exclude_type_checking_imports = true
contract_types =
    no_circles: mseller.tools.circles.NoCircles

[importlinter:contract:circles]
name = No circles
type = no_circles
packages =
    chatkit
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project that shares its import name with the SDK, as ours does."""
    (tmp_path / ".importlinter").write_text(CONFIG)
    (tmp_path / "chatkit").mkdir()
    ours = (ROOT / "chatkit" / "__init__.py").read_text("utf-8")
    (tmp_path / "chatkit" / "__init__.py").write_text(ours, "utf-8")
    return tmp_path


def lint(project: Path, **modules: str) -> tuple[int, str]:
    """The exit status and the words of `lint-imports` for a project with these modules."""
    for name, code in modules.items():
        (project / "chatkit" / f"{name}.py").write_text(code)
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"],
        cwd=project,
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    return done.returncode, done.stdout


def test_a_circle_is_shown_also_through_a_function(project: Path) -> None:
    status, said = lint(
        project,
        a="from chatkit.types import ThreadMetadata\nfrom .b import it",
        b="from . import c\nit = 1",
        c="def late():\n    from .a import it",
        d="from . import a, b, c",
    )
    assert status == 1
    circles = [line for line in said.splitlines() if " -> " in line]
    assert circles == ["chatkit.a -> chatkit.b -> chatkit.c -> chatkit.a"]
    assert "Analyzed 5 files" in said  # none of the SDK's


def test_what_only_type_checkers_import_makes_none(project: Path) -> None:
    typed = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from .b import it"
    status, said = lint(project, a=typed, b="from . import a\nit = 1")
    assert (status, "Contracts: 1 kept, 0 broken." in said) == (0, True)
