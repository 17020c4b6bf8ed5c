"""The time that processes have taken of the processors, whatever else the machine does."""

from __future__ import annotations

import os
import time
from collections import defaultdict
from pathlib import Path

PROCESSES = Path("/proc")


def seconds() -> float:
    """Of this process and of all that it has started, what has ended too; the clock's where the
    system has no such figures."""
    if not (PROCESSES / "self" / "stat").exists():
        return time.monotonic()
    ticks: dict[int, int] = {}
    children: dict[int, list[int]] = defaultdict(list)
    for folder in PROCESSES.glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended since
        pid = int(folder.name)
        children[int(fields[1])].append(pid)
        ticks[pid] = sum(map(int, fields[11:15]))  # its own, and of those that it has waited for
    found, left = 0, [os.getpid()]
    while left:
        pid = left.pop()
        found += ticks.get(pid, 0)
        left += children[pid]
    return found / os.sysconf("SC_CLK_TCK")
