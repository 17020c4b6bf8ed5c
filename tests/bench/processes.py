"""The servers under test, each in a process of its own, and what the system tells of them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .load import HOST

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0
TICKS = os.sysconf("SC_CLK_TCK")


class Server:
    """A running server."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        self.process = process
        self.port = port

    def processor_seconds(self) -> float:
        """Processor time used so far."""
        return sum(_ticks(process) for process in self._all()) / TICKS

    def forget_peak(self) -> None:
        """Let `peak_mib` start again from what is in use now."""
        for process in self._all():
            (process / "clear_refs").write_text("5")

    def peak_mib(self) -> float:
        """The most memory in use since `forget_peak`, in MiB."""
        return sum(_kib(process, "VmHWM") for process in self._all()) / 1024

    def resident_kib(self) -> float:
        """The memory in use now, in KiB."""
        return sum(_kib(process, "VmRSS") for process in self._all())

    def _all(self) -> list[Path]:
        """The process and those that it has begun, where there are several to answer."""
        first = Path(f"/proc/{self.process.pid}")
        begun = (first / "task" / first.name / "children").read_text().split()
        return [first, *(Path("/proc") / pid for pid in begun)]


def _ticks(process: Path) -> int:
    stat = (process / "stat").read_text().rpartition(")")[2].split()
    return int(stat[11]) + int(stat[12])


def _kib(process: Path, name: str) -> float:
    status = (process / "status").read_text()
    return float(status.partition(f"{name}:")[2].split()[0])


@contextmanager
def serve(application: str, environ: dict[str, str], processes: int = 1) -> Iterator[Server]:
    """uvicorn on a free port, answering."""
    with socket.create_server((HOST, 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", application, "--host", HOST, "--port", str(port)]
    command += ["--no-access-log", "--log-level", "warning", "--timeout-graceful-shutdown", "3"]
    command += ["--workers", str(processes)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | environ)
    try:
        _wait(process, port)
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HOST, port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError("A server of the benchmark did not start; its words stand above.")
