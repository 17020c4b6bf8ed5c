"""Our app and OpenAI's SDK live in one package, `chatkit`, without getting in each other's way."""

from __future__ import annotations

import ast
import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest
from django.conf import settings

ROOT = Path(settings.BASE_DIR)
APP = ROOT / "chatkit"
SHARED = {"__init__", "py"}  # __init__.py and py.typed may be both's


def sdk_files() -> list[Path]:
    """The SDK's files inside `chatkit/`, as its RECORD has them."""
    files = distribution("openai-chatkit").files or []
    return [Path(str(file)) for file in files if file.parts[0] == "chatkit"]


def sdk_names() -> set[str]:
    """The names that the SDK takes at the top of `chatkit`."""
    return {path.parts[1].partition(".")[0] for path in sdk_files()} - SHARED


def test_the_sdk_takes_the_names_that_the_design_counts_on() -> None:
    assert {"actions", "agents", "errors", "server", "store", "types", "widgets"} <= sdk_names()


def test_no_module_of_ours_has_a_name_of_the_sdk() -> None:
    ours = {path.name.partition(".")[0] for path in APP.iterdir()}
    assert ours & sdk_names() - {"__pycache__"} == set()


def test_the_init_only_joins_the_two_folders() -> None:
    tree = ast.parse((APP / "__init__.py").read_text("utf-8"))
    docstring, *statements = tree.body
    assert isinstance(docstring, ast.Expr)
    assert [ast.unparse(statement) for statement in statements] == [
        "from pkgutil import extend_path",
        "__path__ = extend_path(__path__, __name__)",
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "imports",
    [
        ("chatkit.conf", "chatkit.types"),
        ("chatkit.types", "chatkit.conf"),
        ("chatkit.navigation", "chatkit.store", "chatkit.exceptions", "chatkit.errors"),
    ],
    ids=" then ".join,
)
def test_both_import_in_any_order(imports: tuple[str, ...]) -> None:
    lines = [
        "import importlib, warnings, django",
        "warnings.simplefilter('ignore')",
        "django.setup()",
        *(f"print(importlib.import_module({name!r}).__file__)" for name in imports),
    ]
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(lines)],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    names = sdk_names()
    for name, file in zip(imports, done.stdout.split(), strict=True):
        assert Path(file).is_relative_to(APP) != (name.partition(".")[2] in names)


@pytest.mark.slow
@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_both_installed_in_one_folder_import_in_either_order(tmp_path: Path, first: str) -> None:
    """What two wheels leave behind: the last one's `__init__.py`, and everything of both."""

    def install_ours() -> None:
        for name in ("__init__.py", "exceptions.py", "language.py"):
            put(APP / name, tmp_path / "chatkit" / name)

    def install_theirs() -> None:
        for path in sdk_files():
            put(Path(str(distribution("openai-chatkit").locate_file(path))), tmp_path / path)

    steps = [install_ours, install_theirs]
    for step in steps if first == "ours" else reversed(steps):
        step()
    code = (
        "import warnings; warnings.simplefilter('ignore')\n"
        "import chatkit.exceptions, chatkit.errors, chatkit.types\n"
        "print(chatkit.exceptions.__file__, chatkit.errors.__file__)"
    )
    others = next(entry for entry in sys.path if (Path(entry) / "pydantic").is_dir())
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": f"{tmp_path}:{others}", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert all(Path(file).is_relative_to(tmp_path) for file in done.stdout.split())


def put(source: Path, target: Path) -> None:
    """Copy a file as an installer does: over what is there."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())


@pytest.mark.slow
def test_a_check_of_the_site_imports_nothing_heavy() -> None:
    code = (
        "import sys, django\n"
        "from django.core.management import call_command\n"
        "django.setup()\n"
        "call_command('check')\n"
        "print(*sorted({'agents', 'openai', 'chatkit.server', 'chatkit.types'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={"DJANGO_SETTINGS_MODULE": "tests.settings", "PATH": ""},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == ""
