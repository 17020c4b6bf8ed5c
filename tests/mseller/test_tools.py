"""What `make test` installs for itself, and what it says where it may not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.tools import packages


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose package manager knows the package `known` alone; what it was asked."""
    asked = tmp_path / "asked"
    program = tmp_path / "apt-get"
    program.write_text(
        f'#!/bin/sh\necho "$RUNLEVEL $*" >> {asked}\n'
        'case "$*" in *unknown) echo "no such package"; exit 100;; esac\n'
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    return asked


def lines(asked: Path) -> list[str]:
    return asked.read_text().splitlines() if asked.exists() else []


def installed(asked: Path) -> str | None:
    """The program comes with the package `known`."""
    return "/bin/known" if any(line.endswith(" known") for line in lines(asked)) else None


def test_what_is_here_is_not_installed(apt: Path) -> None:
    packages.install("It", "the suite", lambda: "/bin/it", ("known",))
    assert lines(apt) == []


def test_the_next_package_is_tried_and_no_service_is_started(
    apt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packages.install(
        "It", "the suite", lambda: installed(apt), ("known",), {"apt-get": ("unknown", "known")}
    )
    named = [line.rpartition(" ")[2] for line in lines(apt) if " install " in line]
    assert named == ["unknown", "known"]
    assert all(line.startswith("1 ") for line in lines(apt))
    assert capsys.readouterr().out == "Installing It for the suite …\n"


def test_no_package_is_no_failure(apt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    packages.install("It", "the suite", lambda: None, ("unknown",))
    said = capsys.readouterr()
    assert "It could not be installed: the suite is left out." in said.out
    assert "no such package" in said.err


def test_others_than_root_are_told_what_to_install(
    apt: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    packages.install("It", "the suite", lambda: None, ("known",))
    said = "No It here: the suite is left out. Install the package known.\n"
    assert capsys.readouterr().out == said
    assert lines(apt) == []
