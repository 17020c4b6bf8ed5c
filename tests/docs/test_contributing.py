"""CONTRIBUTING.md names files, rooms and commands that are there."""

from __future__ import annotations

import re

from .pages import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
HOUSE = PAGE.partition("## The house")[2].partition("\n## ")[0]
# Django's own, which need no line.
UNNAMED = {"migrations", "templatetags"}
TOP = "|".join(path.name for path in ROOT.iterdir() if path.is_dir() and path.name[0] != ".")


def test_each_file_that_it_names_exists() -> None:
    named = set(re.findall(rf"`((?:{TOP})/[\w./-]*|[\w.-]+\.(?:md|txt|toml|example))`", PAGE))
    named |= set(re.findall(r"\]\(([^)#:]+)[^)]*\)", PAGE))
    assert len(named) > 50
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_the_house_has_a_line_for_each_room() -> None:
    rooms = {path.parent.name for path in (ROOT / "chatkit").glob("*/__init__.py")} - UNNAMED
    assert [name for name in sorted(rooms) if f"`chatkit/{name}/`" not in HOUSE] == []


def test_each_target_that_it_names_exists() -> None:
    targets = re.findall(r"^([\w-]+):.*## ", (ROOT / "Makefile").read_text("utf-8"), re.M)
    named = re.findall(r"(?:^|`)make ([\w-]+)", PAGE, re.M)
    assert len(set(named)) > 8
    assert set(named) - set(targets) == set()


def test_each_module_that_it_runs_exists() -> None:
    named = re.findall(r"python -m (tests[\w.]+)", PAGE)
    assert named
    assert [name for name in named if not (ROOT / f"{name.replace('.', '/')}.py").exists()] == []


def test_each_variable_that_it_names_is_read() -> None:
    tests = "".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("*.py"))
    named = re.findall(r"`(TEST_[A-Z_]+)`", PAGE)
    assert [name for name in named if f'"{name}"' not in tests] == []
