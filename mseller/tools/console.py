"""How the tools speak: a step, or one clear sentence and a failing exit status."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
SCRATCH = ROOT / ".build"


def step(text: str) -> None:
    """Say what goes on, at once."""
    print(text, flush=True)


def fail(sentence: str) -> NoReturn:
    """End the program with one sentence for the person at the keyboard."""
    print(f"\n{sentence}", file=sys.stderr, flush=True)
    raise SystemExit(1)


def log_file(name: str) -> Path:
    """Where a tool's whole output goes, for when a sentence is not enough."""
    SCRATCH.mkdir(exist_ok=True)
    return SCRATCH / f"{name}.log"
