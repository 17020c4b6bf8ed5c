"""How large the server's processes are, from time to time, and whether one of them grows."""

from __future__ import annotations

import os
import statistics
from dataclasses import dataclass, field
from pathlib import Path

# What a process may take more at the end than after its first minutes: people's answers are not
# all of one length, and Python keeps what it may need again.
MEMORY, MEMORY_MIB = 1.05, 6.0
DESCRIPTORS = 8
LEAST = 12  # samples, of those that are compared


@dataclass(frozen=True)
class Size:
    at: float  # seconds since the beginning
    mib: float
    descriptors: int
    threads: int


@dataclass
class Sizes:
    """By the number of each process."""

    of: dict[int, list[Size]] = field(default_factory=dict)

    def note(self, at: float, pids: list[int]) -> None:
        for pid in pids:
            try:
                size = size_of(pid, at)
            except OSError:
                continue  # it was killed just now
            self.of.setdefault(pid, []).append(size)

    def grown(self, warm: float) -> list[str]:
        """What has grown after its first `warm` seconds."""
        found = []
        for pid, sizes in self.of.items():
            later = [size for size in sizes if size.at >= sizes[0].at + warm]
            if len(later) < 2 * LEAST:
                continue
            before, after = later[: len(later) // 4], later[-len(later) // 4 :]
            memory = [median(part, "mib") for part in (before, after)]
            if memory[1] > memory[0] * MEMORY + MEMORY_MIB:
                found.append(f"process {pid}: {memory[0]:.0f} MiB -> {memory[1]:.0f} MiB")
            descriptors = [median(part, "descriptors") for part in (before, after)]
            if descriptors[1] > descriptors[0] + DESCRIPTORS:
                found.append(f"process {pid}: {descriptors[0]} -> {descriptors[1]} descriptors")
        return found

    def lines(self, warm: float) -> list[str]:
        """Each process that lived on after its first `warm` seconds: then, and at its end."""
        found = []
        for pid, sizes in self.of.items():
            later = [size for size in sizes if size.at >= sizes[0].at + warm]
            if len(later) < LEAST:
                continue
            before, after = later[: max(1, len(later) // 4)], later[-len(later) // 4 :]
            words = ", ".join(
                f"{median(before, name):.0f} -> {median(after, name):.0f} {title}"
                for name, title in (
                    ("mib", "MiB"), ("descriptors", "descriptors"), ("threads", "threads"),
                )
            )  # fmt: skip
            minutes = (later[-1].at - later[0].at) / 60
            found.append(f"process {pid}, {minutes:.0f} minutes: {words}")
        return found


def median(sizes: list[Size], name: str) -> float:
    return float(statistics.median(getattr(size, name) for size in sizes))


def size_of(pid: int, at: float) -> Size:
    status = dict(
        line.split(":\t", 1)
        for line in Path(f"/proc/{pid}/status").read_text().splitlines()
        if ":\t" in line
    )
    descriptors = len(os.listdir(f"/proc/{pid}/fd"))
    return Size(at, int(status["VmRSS"].split()[0]) / 1024, descriptors, int(status["Threads"]))


def processor_seconds(pids: list[int]) -> float:
    """What these processes have used so far, in seconds."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        ticks += sum(map(int, fields[11:15]))  # its own, and those of its children that ended
    return ticks / os.sysconf("SC_CLK_TCK")


def descendants(pid: int) -> list[int]:
    """A process and all that it has started, now."""
    found = [pid]
    for parent in found:
        try:
            for task in Path(f"/proc/{parent}/task").iterdir():
                found += [int(word) for word in (task / "children").read_text().split()]
        except OSError:
            continue
    return found
