"""The figures of `make chaos`: a line when each comes, and tables at the end."""

from __future__ import annotations

import statistics
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from .outages import Figures
from .rounds import Round


class LeftOut(Exception):
    """Says what is not here and would be needed."""


@dataclass
class Report:
    """What the steps have found. They run side by side, each in a thread."""

    kills: dict[tuple[str, str], list[Round]] = field(default_factory=dict)
    outages: dict[str, Figures] = field(default_factory=dict)
    counts: list[tuple[str, int, float, str]] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def killed(self, database: str, signal: str, found: Round) -> None:
        with self._lock:
            rounds = self.kills.setdefault((database, signal), [])
            rounds.append(found)
            say(
                f"{database}, {signal}, round {len(rounds)}: {found.shown} words shown, "
                f"{found.kept} kept, at most {found.lost} of an answer lost, "
                f"serves again after {found.start:.1f} s"
            )

    def outage(self, name: str, found: Figures) -> None:
        with self._lock:
            self.outages[name] = found
            say(
                f"{name}: {found.told} of {found.readers} readers told, {found.shown} words shown, "
                f'{found.kept} kept, health "{found.health}", the slowest request '
                f"{found.slowest:.2f} s, well after {found.recovered:.2f} s"
            )

    def counted(self, name: str, count: int, seconds: float, words: str = "") -> None:
        """So many texts or requests, in so many seconds."""
        with self._lock:
            self.counts.append((name, count, seconds, words))
            say(f"{name}: {count}, {seconds:.0f} s {words}".rstrip())

    def step(self, name: str, work: Callable[[], None]) -> None:
        """Do one; a fault of it does not keep the others from being done."""
        try:
            work()
        except LeftOut as why:
            with self._lock:
                self.left_out.append(f"{name}: left out: {why}")
                say(self.left_out[-1])
        except Exception as error:  # whatever it is, it stands in the last lines
            with self._lock:
                said = str(error).strip().splitlines() or [type(error).__name__]
                self.faults.append(f"{name}: {said[0]}")
                say(f"{name}: FAULT\n{traceback.format_exc()}")

    def tables(self) -> str:
        """All figures, what was left out, and the faults."""
        parts = [
            table(
                "database signal rounds shown kept |most lost| |median start s| |longest s|",
                (
                    (
                        *names, len(rounds), sum(one.shown for one in rounds),
                        sum(one.kept for one in rounds), max(one.lost for one in rounds),
                        f"{statistics.median(one.start for one in rounds):.1f}",
                        f"{max(one.start for one in rounds):.1f}",
                    )
                    for names, rounds in sorted(self.kills.items())
                ),
                words=2,
            ),
            table(
                "outage health readers told shown kept |slowest s| |well after s|",
                (
                    (
                        name, found.health, found.readers, found.told, found.shown, found.kept,
                        f"{found.slowest:.2f}", f"{found.recovered:.2f}",
                    )
                    for name, found in self.outages.items()
                ),
                words=2,
            ),
            table(
                "sent count seconds",
                ((name, count, f"{took:.0f}") for name, count, took, _words in sorted(self.counts)),
                words=1,
            ),
            "\n".join(self.left_out),
            "\n".join(["FAULTS:", *self.faults]) if self.faults else "No fault.",
        ]  # fmt: skip
        return "\n\n".join(part for part in parts if part)


def say(line: str) -> None:
    print(line, flush=True)


def table(head: str, rows: Iterable[Sequence[Any]], words: int) -> str:
    """Lines with the first `words` columns to the left and the rest, numbers, to the right; ""
    without rows. A name of more than one word stands between bars in `head`."""
    names = [name.strip() for name in _split(head)]
    lines = [names, *([str(cell) for cell in row] for row in rows)]
    if len(lines) == 1:
        return ""
    widths = [max(len(line[column]) for line in lines) for column in range(len(names))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column < words else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def _split(head: str) -> list[str]:
    found: list[str] = []
    for number, part in enumerate(head.split("|")):
        found += [part] if number % 2 else part.split()
    return found
