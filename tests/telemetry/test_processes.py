"""The figures of several processes, which write them into one folder."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow


class Process:
    def __init__(self, started: subprocess.Popen[str]) -> None:
        assert started.stdin
        assert started.stdout
        self.started = started
        self.told: IO[str] = started.stdin
        self.said: IO[str] = started.stdout

    def tell(self, *words: str) -> dict[str, float]:
        """Tell it these, one after the other; what it says to the last, as figures."""
        found: dict[str, float] = {}
        for word in words:
            self.told.write(f"{word}\n")
            self.told.flush()
            found = {}
            while line := self.said.readline().strip():
                if line.startswith("chatkit_"):
                    name, _space, value = line.rpartition(" ")
                    found[name] = float(value)
        return found

    def kill(self) -> None:
        self.started.kill()
        self.started.wait()


@contextmanager
def counting(folder: Path, log: Path | None = None) -> Iterator[Process]:
    with (
        ExitStack() as stack,
        subprocess.Popen(
            [sys.executable, "-m", "tests.telemetry.counting"],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stack.enter_context(log.open("w")) if log else None,
            text=True,
        ) as started,
    ):
        try:
            yield Process(started)
        finally:
            started.kill()


def test_they_are_summed_and_what_is_of_now_goes_with_its_process(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    with ExitStack() as stack:
        first, second = (stack.enter_context(counting(folder)) for _process in range(2))
        first.tell("answer", "begin")
        figures = second.tell("answer", "answer", "begin", "figures")
        assert figures['chatkit_runs_total{outcome="answered",workflow="wf_1"}'] == 3
        assert figures['chatkit_first_word_seconds_count{workflow="wf_1"}'] == 3
        assert figures['chatkit_run_seconds_sum{workflow="wf_1"}'] == 6
        assert figures['chatkit_tokens_total{kind="in",model="",workflow="wf_1"}'] == 30
        assert figures["chatkit_live_runs"] == 2
        first.kill()
        assert second.tell("answer", "figures")["chatkit_live_runs"] == 1
        figures = second.tell("figures")
        assert figures['chatkit_runs_total{outcome="answered",workflow="wf_1"}'] == 4


def test_a_folder_that_can_not_be_made_is_logged_once_and_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with counting(tmp_path / "file" / "metrics", tmp_path / "log") as process:
        assert process.tell("answer", "answer", "begin", "figures") == {}
    log = (tmp_path / "log").read_text()
    assert log.count("PROMETHEUS_MULTIPROC_DIR") == log.count("\n") == 1
