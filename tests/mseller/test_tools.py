"""What `make test` installs for itself, and what it says where it may not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.tools import chromium, packages

# What apt-get says of its two locks: of the lists that `update` fetches, and of dpkg's.
LISTS = """E: Could not get lock /var/lib/apt/lists/lock. It is held by process 7 (apt-get)
E: Unable to lock directory /var/lib/apt/lists/"""
DPKG = "E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend)"


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


@pytest.mark.slow
class TestAnotherProgramInstalls:
    @pytest.fixture
    def busy(self, tmp_path: Path) -> Path:
        """A folder for PATH: its apt-get is kept waiting once at each of the two locks, and then
        brings a Chromium."""
        (tmp_path / "sitecustomize.py").write_text("import os\nos.geteuid = lambda: 0\n")
        program = tmp_path / "apt-get"
        program.write_text(
            f"#!/bin/sh\ncd {tmp_path}\n"
            f'[ "$1" = update ] && ! [ -e lists ] && {{ : > lists; echo "{LISTS}"; exit 100; }}\n'
            f'[ "$1" = install ] && ! [ -e dpkg ] && {{ : > dpkg; echo "{DPKG}"; exit 100; }}\n'
            '[ "$1" = update ] || { echo "#!/bin/sh" > chromium; /bin/chmod +x chromium; }\n'
        )
        program.chmod(0o755)
        return tmp_path

    def test_the_program_says_so_and_waits(self, busy: Path) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "tests.tools.chromium"],
            cwd=settings.BASE_DIR,
            env={"PATH": str(busy), "PYTHONPATH": str(busy)},
            capture_output=True,
            text=True,
        )
        wait = "Another program is installing: waiting for it, at most 5 minutes …"
        assert done.stdout.splitlines() == [
            "Installing Chromium for the browser suite …",
            wait,
            wait,
        ]
        assert (done.returncode, done.stderr) == (0, "")
        assert os.access(busy / "chromium", os.X_OK)

    def test_it_does_not_wait_for_ever(
        self, apt: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (apt.parent / "apt-get").write_text(f'#!/bin/sh\necho "{LISTS}"\nexit 100\n')
        monkeypatch.setattr(packages, "WAIT_SECONDS", 0.1)
        packages.install("It", "the suite", lambda: None, ("known",))
        said = capsys.readouterr()
        assert said.out.endswith("It could not be installed: the suite is left out.\n")
        assert LISTS in said.err


def test_the_chromium_that_is_chosen_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / chromium.SHELL).write_text("#!/bin/sh\n")
    (tmp_path / chromium.SHELL).chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("TEST_CHROMIUM", raising=False)
    assert chromium.executable() == str(tmp_path / chromium.SHELL)
    monkeypatch.setenv("TEST_CHROMIUM", "/opt/chrome")
    assert chromium.executable() == "/opt/chrome"
