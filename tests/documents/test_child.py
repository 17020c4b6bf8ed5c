"""The process that reads a document, and how it ends."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chatkit.documents import child
from chatkit.documents.drafts import Refused

ROOT = Path(__file__).parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform == "win32", reason="no signals")]


def ended_by(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Each process that reads gets this signal as it begins."""

    def begun(*args: Any, **kwargs: Any) -> Any:
        process = popen(*args, **kwargs)
        process.send_signal(number)
        return process

    popen = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", begun)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (signal.SIGKILL, "interrupted"),
        (signal.SIGTERM, "interrupted"),
        (signal.SIGXCPU, "too_complex"),
        (signal.SIGABRT, "too_complex"),
    ],
)
def test_who_ended_it(monkeypatch: pytest.MonkeyPatch, number: int, code: str) -> None:
    ended_by(monkeypatch, number)
    with pytest.raises(Refused) as raised:
        child.read(b"<html><p>Words</p>", "a.html", lambda done, of: None)
    assert raised.value.code == code


def test_too_much_of_the_processor_is_told_from_a_kill() -> None:
    program = """
from chatkit.documents import worker
worker.SECONDS = 1
worker.limit()
while True:
    pass
"""
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=30)
    assert ended.returncode == -signal.SIGXCPU


def test_an_error_of_its_own_is_its_last_word() -> None:
    program = """
import io, sys
from chatkit.documents import markup, worker
markup.read = lambda *args: 1 / 0
sys.stdin = io.TextIOWrapper(io.BytesIO(b"<html><p>Words</p>"))
worker.main()
"""
    ended = subprocess.run(
        [sys.executable, "-c", program, "a.html"],
        cwd=ROOT,
        check=True,
        timeout=30,
        capture_output=True,
    )
    assert b'{"refused": "broken"}' in ended.stdout
