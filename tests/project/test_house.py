"""How the house is laid out: few flat modules, none too long, and tests in the same tree.

Who may import whom is in pyproject.toml, for `make lint`.
"""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from .test_repository import texts

ROOT = Path(settings.BASE_DIR)
CHATKIT = ROOT / "chatkit"
TESTS = ROOT / "tests"
LONGEST_MODULE = 430  # lines
MOST_FLAT_MODULES = 26
UNMEASURED = {"migrations", "tests"}
# Tests of more than one room, or of something else than the app.
OF_THEIR_OWN = {
    *("bench", "browser", "chaos", "cluster", "data", "databases", "docs", "hosts", "mseller"),
    *("production", "project", "safety", "samples", "soak", "tools"),
}
OF_NO_MODULE = {"test_languages", "test_people", "test_secrets_stay"}
# Tested by way of the rooms that use them.
WITHOUT_TESTS = {"migrations", "templatetags"}


def modules(folder: Path) -> set[str]:
    return {path.stem for path in folder.glob("*.py")} - {"__init__"}


def test_few_modules_are_flat() -> None:
    """One for each role that Django knows, or a small idea of its own; else it has a folder."""
    assert len(modules(CHATKIT)) <= MOST_FLAT_MODULES


def test_no_module_is_too_long() -> None:
    long = {
        str(path.relative_to(ROOT)): length
        for path, text in texts().items()
        if path.suffix in {".py", ".ts", ".mjs", ".js"}
        and not UNMEASURED & set(path.parts)
        and (length := text.count("\n")) > LONGEST_MODULE
    }
    assert long == {}


def test_each_folder_of_tests_is_one_of_the_code() -> None:
    folders = {path.parent.relative_to(TESTS) for path in TESTS.rglob("test_*.py")}
    mirrors = [folder for folder in folders if not OF_THEIR_OWN & set(folder.parts[:1])]
    assert [folder for folder in mirrors if not (CHATKIT / folder).is_dir()] == []


def test_each_room_has_tests() -> None:
    rooms = [path.parent for path in CHATKIT.glob("[!f]*/__init__.py")]
    of_several = {room.name for room in rooms if len(modules(room)) > 1} - WITHOUT_TESTS
    assert len(of_several) > 5
    assert [name for name in sorted(of_several) if not list((TESTS / name).glob("test_*.py"))] == []


def test_each_flat_test_is_of_a_flat_module() -> None:
    named = {path.stem for path in TESTS.glob("test_*.py")} - OF_NO_MODULE
    assert named <= {f"test_{name}" for name in modules(CHATKIT)}
