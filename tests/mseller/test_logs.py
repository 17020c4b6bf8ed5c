"""The log's lines: one record each, whatever the text in it."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from mseller import settings
from mseller.logs import OneLineFormatter

FORGED = "2026-03-02 09:00:00,000 INFO chatkit.admin conversation opened by user=1"
BREAKS = ["\n", "\r", "\r\n", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x1b[1A\x1b[2K\r"]


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger with the site's formatter, and what it writes."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    line = {**settings.LOGGING["formatters"]["line"]}  # type: ignore[index]
    assert line.pop("()") == "mseller.logs.OneLineFormatter"
    handler.setFormatter(OneLineFormatter(line["format"]))
    logger = logging.getLogger("tests.mseller.test_logs")
    logger.addHandler(handler)
    logger.propagate = False
    yield logger, stream
    logger.removeHandler(handler)
    logger.propagate = True


def lines(stream: io.StringIO) -> list[str]:
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("breaks", BREAKS)
def test_a_message_is_one_line(log: Any, breaks: str) -> None:
    logger, stream = log
    logger.warning("thread %s not found", f"thr_1{breaks}{FORGED}")
    (line,) = lines(stream)
    assert "thr_1\\" in line
    assert line.isprintable()


@pytest.mark.parametrize("breaks", BREAKS)
def test_the_text_of_an_error_begins_no_line(log: Any, breaks: str) -> None:
    logger, stream = log
    try:
        raise ValueError(f"no thread thr_1{breaks}{FORGED}")
    except ValueError:
        logger.exception("failed")
    first, *rest = lines(stream)
    assert first.endswith("failed")
    assert len(rest) >= 3
    assert all(line.startswith("    ") and line.isprintable() for line in rest)


def test_a_stack_is_indented(log: Any) -> None:
    logger, stream = log
    logger.warning("here", stack_info=True)
    assert all(line.startswith("    ") for line in lines(stream)[1:])


def test_ordinary_text_stays(log: Any) -> None:
    logger, stream = log
    logger.warning("¿Qué? «ñ» مرحبا \\n 100 %")
    assert stream.getvalue().endswith("¿Qué? «ñ» مرحبا \\n 100 %\n")
