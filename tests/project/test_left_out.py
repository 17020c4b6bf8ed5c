"""What a run of the tests says in its last lines."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.tools import left_out

pytestmark = pytest.mark.slow

TESTS = """
import pytest

def test_passes():
    pass

@pytest.mark.skipif("not os.environ.get('BUILT')", reason="It is not built.")
def test_built():
    pass
"""
# A machine that has every server, and whose nginx is looked for on PATH alone.
MACHINE = """
from tests.tools import left_out, nginx

nginx.FOLDERS = None
left_out.missing = lambda name: ""
"""
PROCESSES = ("-p", "xdist.plugin", "-n", "2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two tests, and a machine whose programs stand in `bin`."""
    for name, text in {"test_it.py": TESTS, "conftest.py": MACHINE, "pytest.ini": ""}.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "bin").mkdir()
    for name in ("chromium", "nginx"):
        (tmp_path / "bin" / name).write_text("#!/bin/sh\n")
        (tmp_path / "bin" / name).chmod(0o755)
    return tmp_path


def last_lines(folder: Path, *arguments: str, built: str = "yes") -> list[str]:
    """The closing line of pytest, without its seconds, and what follows."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "tests.tools.left_out", *arguments],
        cwd=folder,
        env={
            "PATH": str(folder / "bin"),
            "PYTHONPATH": str(settings.BASE_DIR),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "BUILT": built,
        },
        capture_output=True,
        text=True,
    )
    assert done.stderr == ""
    before, _, after = done.stdout.rpartition(" in ")
    closing = before.splitlines()[-1].strip("= ")
    return [closing, *after.splitlines()[1:]]


@pytest.mark.parametrize("processes", [(), PROCESSES])
def test_nothing_was_left_out(folder: Path, processes: tuple[str, ...]) -> None:
    assert last_lines(folder, *processes) == ["2 passed", "Nothing was left out."]


@pytest.mark.parametrize("processes", [(), PROCESSES])
def test_what_is_left_out_is_the_last_line(folder: Path, processes: tuple[str, ...]) -> None:
    (folder / "bin" / "nginx").unlink()
    said = last_lines(folder, *processes)
    assert said == ["2 passed", "Left out: the production suite: there is no nginx."]


def test_a_skipped_test_is_left_out(folder: Path) -> None:
    said = last_lines(folder, built="")
    assert said == ["1 passed, 1 skipped", "Left out: 1 test: It is not built."]


@pytest.mark.parametrize("narrowed", [("-k", "passes or built"), ("test_it.py",)])
def test_a_narrowed_run_did_not_run_everything(folder: Path, narrowed: tuple[str, ...]) -> None:
    said = last_lines(folder, *narrowed)
    assert said == ["2 passed", "Left out: what this command did not ask for."]


def test_a_stopped_run_did_not_run_everything(folder: Path) -> None:
    (folder / "test_a.py").write_text("def test_fails(): assert 0")
    said = last_lines(folder, "--exitfirst")
    assert said == ["1 failed", "Left out: what had not run when the tests were stopped."]


def test_each_suite_is_named_with_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(left_out, "missing", lambda name: f"no {name} here")
    assert left_out.left_out({}, None, None) == [
        "the browser suite and the stories of tests/hosts: there is no Chromium",
        "the production suite: there is no nginx",
        "PostgreSQL: no PostgreSQL here",
        "MariaDB: no MariaDB here",
        "Redis: no Redis here",
    ]
    here = {"TEST_DATABASE_URL": "postgres://x", "TEST_CACHE_URL": "redis://x"}
    found = ("/usr/bin/chromium", "/usr/sbin/nginx")
    assert left_out.left_out(here, *found) == ["MariaDB: no MariaDB here"]
    monkeypatch.setattr(left_out, "missing", lambda name: "")
    assert left_out.left_out({}, *found) == []
