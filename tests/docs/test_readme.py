"""The README says what the code does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings

from chatkit import conf, exceptions

README = Path(settings.BASE_DIR, "README.md").read_text(encoding="utf-8")
TABLE = README.partition("<!-- settings:")[2].partition("<!-- end of settings")[0]


def row(setting: conf.Setting) -> str:
    shown = "empty" if setting.default == "" else f"`{setting.default!r}`"
    return f"| `{setting.name}` | {shown} | {setting.help} |"


@pytest.mark.parametrize("setting", conf.SETTINGS, ids=lambda setting: setting.name)
def test_each_setting_stands_in_the_table(setting: conf.Setting) -> None:
    assert row(setting) in TABLE.splitlines()


def test_the_table_names_no_setting_that_is_gone() -> None:
    named = re.findall(r"^\| `([A-Z_]+)`", TABLE, re.M)
    assert named == [setting.name for setting in conf.SETTINGS]


def test_each_error_code_stands_in_the_reference() -> None:
    assert [code for code in exceptions.CODES if f"`{code}`" not in README] == []


def test_each_command_is_named() -> None:
    commands = Path(settings.BASE_DIR, "chatkit/management/commands").glob("chatkit_*.py")
    assert [path.stem for path in commands if f"`{path.stem}" not in README] == []


def test_each_file_that_it_points_to_exists() -> None:
    table = README.partition("## Where the original")[2].partition("\n## ")[0]
    paths = re.findall(r"`((?:chatkit|mseller|tests|static)/[\w./-]+)`", table)
    built = {"chatkit/static/chatkit/chatkit.d.ts"}
    assert len(paths) > 10
    missing = [path for path in paths if not Path(settings.BASE_DIR, path).exists()]
    assert set(missing) <= built
