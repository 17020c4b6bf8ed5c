"""What `make soak` looks for, it finds."""

from __future__ import annotations

import os
from typing import Any

import pytest

from ..cluster.client import Reading
from ..cluster.model import TOKENS_IN
from .people import Asked
from .records import Records
from .sizes import Size, Sizes, processor_seconds


def sizes(mib: float, descriptors: int) -> Sizes:
    """Those of one process that grows by so much in each of forty samples."""
    found = [Size(n * 5.0, 200 + n * mib, 30 + n * descriptors, 9) for n in range(40)]
    return Sizes({7: found})


def test_a_process_that_grows_is_seen() -> None:
    assert sizes(0, 0).grown(20) == []
    assert "MiB" in sizes(1, 0).grown(20)[0]
    assert "descriptors" in sizes(0, 1).grown(20)[0]
    assert sizes(1, 1).grown(180) == []  # what it needs at its start


def test_a_process_is_measured() -> None:
    found = Sizes()
    found.note(1.0, [os.getpid(), 2**22 + 1])  # the other has ended
    assert [size.mib > 10 for size in found.of[os.getpid()]] == [True]
    assert list(found.of) == [os.getpid()]
    assert processor_seconds([os.getpid()]) > 0


class Rows:
    """Stands for the database: the items of one conversation."""

    def __init__(self, question: str, text: str) -> None:
        self.items = [
            ("user_message", {"content": [{"text": question}]}),
            ("assistant_message", {"content": [{"text": text}]}),
        ]

    def execute(self, query: str, values: list[Any]) -> list[Any]:
        return self.items


RUN = {
    "status": "completed", "outcome": "answered", "live": None, "owner": "host|7|1",
    "tokens_in": TOKENS_IN, "tokens_out": 3, "thread": "thr_1", "created": None, "ended": None,
}  # fmt: skip


def found(way: str = "read", shown: str = "1 2 3 ", kept: str = "1 2 3 ", **run: Any) -> list[str]:
    reading = Reading("count 3 every 0 ms", "secret", run="run_1", shown=shown, over=True)
    reading.told = run.pop("told", "")
    records = Records("")
    row = ("run_1", *(RUN | run).values())
    records._compare(Rows(reading.question, kept), Asked(reading, 3, way, 0.0), row)
    return records.wrong


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ({}, ""),
        ({"way": "go", "shown": "1 "}, ""),
        ({"way": "stop", "status": "stopped", "shown": "1 ", "kept": "1 2 "}, ""),
        ({"status": "failed", "told": "stream.error", "shown": "1 ", "kept": "1 "}, ""),
        ({"kept": "1 2 "}, "words shown"),
        ({"kept": "1 3 "}, "missing"),
        ({"shown": "1 2 "}, "completed with"),
        ({"tokens_out": 4}, "tokens"),
        ({"outcome": ""}, "no outcome"),
        ({"told": "stream.error"}, "told"),
        ({"status": "failed"}, "was not told"),
        ({"status": "stopped"}, "by nobody"),
        ({"status": "interrupted"}, "was not killed"),
    ],
)
def test_a_record_that_is_not_true_is_seen(case: dict[str, Any], words: str) -> None:
    wrong = found(**case)
    assert bool(wrong) == bool(words)
    assert words in "".join(wrong)
