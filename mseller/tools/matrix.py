"""Runs the tests on the oldest Python with the oldest Django and on the newest of both: all of
them on SQLite, and all but the browser's on PostgreSQL with Redis and on MariaDB.

    .venv/bin/python -m mseller.tools.matrix [pytest arguments]

Each pair has its own environment under .build/matrix, made once and brought up to date: the files
of constraints.txt by their hashes, but for the newest Django, which is not among them. A server
that is not here is left out, and the table at the end says so.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from tests.databases.scratch import MARIADB, POSTGRES, REDIS, missing, redis_cache, scratch

from . import constraints, install, interpreters
from .console import ROOT, SCRATCH, fail, step

GROUPS = ("app", "site", "build", "test")
FREE = ("django", "asgiref")
PROCESSES = 2
SUITES = "--ignore=tests/databases/test_suites.py"  # parts of what is run here as a whole
CHOSEN = ("TEST_DATABASE_URL", "TEST_CACHE_URL")  # each run has its own
WHOLE = "SQLite, with the browser"


@dataclass(frozen=True)
class Result:
    """A run's outcome; `words` says why there was none."""

    pair: str
    where: str
    passed: int = 0
    skipped: int = 0
    failed: int = 0
    seconds: float = 0
    words: str = ""

    @property
    def bad(self) -> bool:
        return bool(self.failed or (self.words and not self.words.startswith("left out")))


def pairs() -> list[tuple[str, str, str]]:
    """(Python version, its path, Django requirement), oldest first."""
    present = interpreters.present()
    if "3.11" not in present:
        fail("make matrix needs Python 3.11, the oldest that is supported: it is not here.")
    newest = max(present, key=lambda version: int(version.partition(".")[2]))
    return [("3.11", present["3.11"], constraints.DJANGO), (newest, present[newest], "django>=6.0")]


def prepare(version: str, python: str, django: str) -> Path:
    """The interpreter of the pair's own environment, with everything installed."""
    folder = SCRATCH / "matrix" / f"python{version}"
    venv = folder / "venv"
    own = venv / "bin" / "python"
    if not own.exists():
        subprocess.run([python, "-I", "-m", "venv", str(venv)], check=True)
    pinned = install.pinned(list(GROUPS))
    if django == constraints.DJANGO:
        install.install_pins(own, pinned)
        return own
    kept = [pin for pin in pinned if pin.name not in FREE]
    install.install_pins(own, kept, "--no-deps")  # the Django that they need comes below
    # One that is not pinned has no hash here. Nothing else may move for it.
    versions = folder / "constraints.txt"
    versions.write_text("\n".join(pin.requirement for pin in kept) + "\n", "utf-8")
    pip = [str(own), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    done = subprocess.run(
        [*pip, "--upgrade", "--only-binary", ":all:", "-c", str(versions), django],
        env=install.pip_environment(dict(os.environ)),
    )
    if done.returncode:
        fail(f"{django} could not be installed for Python {version}: pip's words stand above.")
    return own


def names(own: Path) -> str:
    """What the environment really holds: "Python 3.13.0, Django 6.1"."""
    code = "import django, platform; print(platform.python_version(), django.__version__)"
    found = subprocess.run([own, "-I", "-c", code], check=True, capture_output=True, text=True)
    python, django = found.stdout.split()
    return f"Python {python}, Django {django}"


def test(own: Path, pair: str, where: str, arguments: list[str], **environ: str) -> Result:
    """One run of pytest, counted from the report that it writes."""
    step(f"\n{pair}, {where}:")
    report = SCRATCH / "matrix" / "report.xml"
    report.unlink(missing_ok=True)
    command = [str(own), "-m", "pytest", "-p", "tests.tools.left_out", f"--junitxml={report}"]
    command += ["-n", str(PROCESSES), "--dist", "worksteal", SUITES, *arguments]
    inherited = {name: value for name, value in os.environ.items() if name not in CHOSEN}
    done = subprocess.run(command, cwd=ROOT, env=inherited | environ)
    if not report.exists():
        return Result(pair, where, words=f"pytest ended with {done.returncode}")
    suite = next(ElementTree.parse(report).iter("testsuite"))  # noqa: S314
    total, skipped, failed, errors = (
        int(suite.get(name, 0)) for name in ("tests", "skipped", "failures", "errors")
    )
    return Result(
        pair,
        where,
        passed=total - skipped - failed - errors,
        skipped=skipped,
        failed=failed + errors,
        seconds=float(suite.get("time", 0)),
        words=f"pytest ended with {done.returncode}" if done.returncode not in (0, 1) else "",
    )


def runs(own: Path, pair: str, arguments: list[str]) -> Iterator[Result]:
    """A pair on each database."""
    yield test(own, pair, WHOLE, arguments)
    without = ["-m", "not browser", *arguments]
    for name in (POSTGRES, MARIADB):
        with ExitStack() as made:
            if reason := missing(name):
                yield Result(pair, name, words=f"left out: {reason}")
                continue
            environ = {"TEST_DATABASE_URL": made.enter_context(scratch(name, SCRATCH))}
            where = name
            if name == POSTGRES and not missing(REDIS):
                environ["TEST_CACHE_URL"] = made.enter_context(redis_cache(PROCESSES))
                where = f"{POSTGRES}, {REDIS}"
            yield test(own, pair, where, without, **environ)


def table(results: list[Result]) -> str:
    """One line a run."""
    rows: list[tuple[str, ...]] = [("", "", "passed", "skipped", "failed", "minutes")]
    for result in results:
        counts = (result.passed, result.skipped, result.failed, f"{result.seconds / 60:.1f}")
        rows.append((result.pair, result.where, *map(str, counts)))
    widths = [max(len(row[column]) for row in rows) for column in range(6)]
    lines = []
    for row, words in zip(rows, ["", *(result.words for result in results)], strict=True):
        cells = [row[n].ljust(widths[n]) if n < 2 else row[n].rjust(widths[n]) for n in range(6)]
        lines.append("  ".join([*cells, words]).rstrip())
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run everything, also after one failed; the exit status is 0 if all passed."""
    results: list[Result] = []
    for version, python, django in pairs():
        step(f"\nPython {version} with {django}: installing …")
        own = prepare(version, python, django)
        results += runs(own, names(own), arguments)
    step(f"\n{table(results)}")
    if bad := [f"{result.pair} on {result.where}" for result in results if result.bad]:
        fail(f"Failed: {'; '.join(bad)}.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
