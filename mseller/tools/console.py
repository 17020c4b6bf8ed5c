"""Output of the tools: a step, or one sentence and a failing exit status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build"


def step(text: str) -> None:
    """Print what is being done, without buffering."""
    print(text, flush=True)


def fail(sentence: str) -> NoReturn:
    """End the program with one sentence and exit status 1."""
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def log_file(name: str) -> Path:
    """The file for a tool's complete output."""
    SCRATCH.mkdir(exist_ok=True)
    return SCRATCH / f"{name}.log"
