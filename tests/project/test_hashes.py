"""constraints.txt: exact versions with hashes, and pip that takes no other file."""

from __future__ import annotations

import hashlib
import io
import os
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mseller.tools import constraints, install, pins

WHEEL = {
    "tiny.py": "GREETING = 'hello'\n",
    "tiny-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n",
    "tiny-1.0.dist-info/WHEEL": "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    "tiny-1.0.dist-info/RECORD": "tiny.py,,\ntiny-1.0.dist-info/METADATA,,\n"
    "tiny-1.0.dist-info/WHEEL,,\ntiny-1.0.dist-info/RECORD,,\n",
}


def write_wheel(folder: Path, greeting: str = "hello") -> str:
    """A wheel in the folder; its sha256."""
    path = folder / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for name, text in WHEEL.items():
            wheel.writestr(name, text.replace("hello", greeting))
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.slow
class TestInstalling:
    @pytest.fixture
    def folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        """A group "small" of one package, which pip finds here and puts into `installed`."""
        for name in [name for name in os.environ if name.startswith("PIP_")]:
            monkeypatch.delenv(name)
        for name, value in {
            "PIP_CONFIG_FILE": os.devnull,
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(tmp_path),
            "PIP_TARGET": str(tmp_path / "installed"),
        }.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(install, "PYTHON", sys.executable)
        monkeypatch.setattr(install, "ROOT", tmp_path)
        monkeypatch.setattr(pins, "FILE", tmp_path / "constraints.txt")
        monkeypatch.setattr(install, "log_file", lambda name: tmp_path / f"{name}.log")
        (tmp_path / "pyproject.toml").write_text('[dependency-groups]\nsmall = ["Tiny>=1"]\n')
        return tmp_path

    def pin(self, sha256: str) -> None:
        pins.FILE.write_text(pins.text([pins.Pin("tiny==1.0", ("small",), (sha256,))]), "utf-8")

    def test_the_file_with_the_hash_is_taken(self, folder: Path) -> None:
        self.pin(write_wheel(folder))
        install._install(["small"])
        assert (folder / "installed" / "tiny.py").exists()

    def test_a_changed_file_is_refused(self, folder: Path, capsys: Any) -> None:
        self.pin(write_wheel(folder))
        write_wheel(folder, "changed")
        with pytest.raises(SystemExit):
            install._install(["small"])
        said = capsys.readouterr().err.strip()
        assert said.startswith("A downloaded file of tiny==1.0 is not one that constraints.txt")
        assert not (folder / "installed").exists()

    def test_nothing_is_compiled(self, folder: Path, capsys: Any) -> None:
        """What it would be built with is in no lock."""
        data = b"Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\n"
        path = folder / "tiny-1.0.tar.gz"
        with tarfile.open(path, "w:gz") as source:
            member = tarfile.TarInfo("tiny-1.0/PKG-INFO")
            member.size = len(data)
            source.addfile(member, io.BytesIO(data))
        self.pin(hashlib.sha256(path.read_bytes()).hexdigest())
        with pytest.raises(SystemExit):
            install._install(["small"])
        assert "no built file of tiny==1.0" in capsys.readouterr().err
        assert not (folder / "installed").exists()

    def test_what_has_no_pin_is_not_asked_for(self, folder: Path, capsys: Any) -> None:
        pins.FILE.write_text(pins.text([pins.Pin("tiny==1.0", ("other",), ("0" * 64,))]), "utf-8")
        with pytest.raises(SystemExit):
            install._install(["small"])
        said = capsys.readouterr().err
        assert "constraints.txt has no pin for Tiny>=1 of the group small" in said
        assert "make constraints ARGS=--keep" in said


def test_each_line_of_each_group_is_pinned() -> None:
    for group in constraints.GROUPS:
        install.check_pinned([group])


def test_each_pin_is_exact_and_has_hashes() -> None:
    found = pins.read()
    pin = re.compile(r'[a-z0-9-]+==[\w.!+]+( ; python_version [=>]= "[\d.]+".*)?')
    assert found
    assert [one.requirement for one in found if not pin.fullmatch(one.requirement)] == []
    assert [
        one.requirement for one in found if not set(one.groups) <= set(constraints.GROUPS)
    ] == []
    hashes = [(one.requirement, sha256) for one in found for sha256 in one.hashes or ("",)]
    assert [one for one in hashes if not re.fullmatch("[0-9a-f]{64}", one[1])] == []


def test_the_site_needs_nothing_of_the_tests() -> None:
    names = {pin.name for pin in install.pinned(["app", "site", "build"])}
    assert {"django", "uvicorn", "polib"} <= names
    assert names.isdisjoint({"pytest", "hypothesis", "mypy", "wagtail"})


def test_what_is_written_is_read() -> None:
    written = [
        pins.Pin("a==1", ("app", "site"), ("0" * 64, "1" * 64)),
        pins.Pin('b==2 ; python_version == "3.11"', ("test",), ("2" * 64,)),
    ]
    assert pins.parsed(constraints.HEAD + pins.text(written)) == written


def test_pins_that_differ_by_python_carry_a_marker() -> None:
    merged = constraints.merge(
        {
            "3.11": {"a": ("1", ["app"]), "b": ("1", ["app"]), "c": ("1", ["docs"])},
            "3.12": {"a": ("1", ["app"]), "b": ("2", ["app"])},
            "3.13": {"a": ("1", ["site", "app"]), "b": ("2", ["app"])},
        }
    )
    assert [(pin.requirement, pin.groups) for pin in merged] == [
        ("a==1", ("app", "site")),
        ('b==1 ; python_version == "3.11"', ("app",)),
        ('b==2 ; python_version == "3.12" or python_version >= "3.13"', ("app",)),
        ('c==1 ; python_version == "3.11"', ("docs",)),
    ]
