"""Hosts on this machine: each has a network, a name and process numbers of its own, and a cable.

All of it is in a namespace of this program's: `enter` puts the program there. When the program
ends, the kernel ends what it has started and takes the network away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
BRIDGE = "ck0"
FRONT = "10.77.0.1"  # the proxy, the database and what else the hosts share
INSIDE = "CLUSTER_INSIDE"
TOOLS = ("ip", "unshare", "nsenter", "env", "sleep")


def missing() -> str:
    """Why there can be no hosts here, "" where there can."""
    if not sys.platform.startswith("linux"):
        return "network namespaces need Linux"
    if os.geteuid():
        return "network namespaces need root"
    if absent := [name for name in TOOLS if shutil.which(name) is None]:
        return f"there is no {absent[0]} (Debian: iproute2, util-linux, coreutils)"
    tried = subprocess.run(["unshare", "--net", "--pid", "--fork", "true"], capture_output=True)
    return "" if tried.returncode == 0 else tried.stderr.decode(errors="replace").strip()


def enter(module: str) -> None:
    """Go on as `python -m module` in a network of its own; returns there."""
    if INSIDE not in os.environ:
        command = ["unshare", "--net", "--pid", "--fork", "--mount-proc", "--kill-child"]
        os.environ[INSIDE] = "1"
        os.execvp(command[0], [*command, sys.executable, "-m", module, *sys.argv[1:]])
    ip("link", "set", "lo", "up")
    ip("link", "add", BRIDGE, "type", "bridge")
    ip("addr", "add", f"{FRONT}/24", "dev", BRIDGE)
    ip("link", "set", BRIDGE, "up")


def ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


def until(condition: Callable[[], object], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what}: not within {seconds} s"
        time.sleep(0.05)


def children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += [int(word) for word in (task / "children").read_text().split()]
    return found


class Host:
    """One of them. `kill` is a power cut: nobody gets to say anything, not even the kernel."""

    def __init__(self, name: str, address: str) -> None:
        self.name, self.address = name, address
        self.cable = f"ck-{name}"
        self.holder: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.holder = subprocess.Popen(
            ["unshare", "--net", "--uts", "--pid", "--fork", "--mount-proc", "--kill-child",
             "sh", "-c", f"hostname {self.name} && ip link set lo up && exec sleep infinity"],
        )  # fmt: skip
        until(lambda: children(self._holder_pid), 10, f"host {self.name}")
        self.pid = children(self._holder_pid)[0]
        until(lambda: b"sleep" in Path(f"/proc/{self.pid}/cmdline").read_bytes(), 10, self.name)
        ip(
            "link",
            "add",
            self.cable,
            "type",
            "veth",
            "peer",
            "name",
            "eth0",
            "netns",
            str(self.pid),
        )
        ip("link", "set", self.cable, "master", BRIDGE)
        ip("link", "set", self.cable, "up")
        self._inside("ip", "addr", "add", f"{self.address}/24", "dev", "eth0")
        self._inside("ip", "link", "set", "eth0", "up")

    @property
    def _holder_pid(self) -> int:
        assert self.holder is not None
        return self.holder.pid

    def _inside(self, *command: str) -> None:
        subprocess.run(["nsenter", "-t", str(self.pid), "-n", *command], check=True)

    def run(
        self, command: list[str], env: Mapping[str, str], folder: Path, log: Path
    ) -> subprocess.Popen[bytes]:
        """A program on this host. What is returned stands for it: `process_of` has its number."""
        with log.open("ab") as written:
            return subprocess.Popen(
                ["nsenter", "-t", str(self.pid), "-n", "-u", "-m", "-p",
                 "env", "-C", str(folder), *command],
                env=dict(env), stdout=written, stderr=written, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def cut(self) -> None:
        """Pull the cable. What is sent after that arrives nowhere, and nobody is told."""
        ip("link", "set", self.cable, "down")

    def kill(self) -> None:
        if self.holder is not None:
            self.cut()
            self.holder.kill()
            self.holder.wait(10)
            self.holder = None
            # The kernel takes it away too, but some time later.
            subprocess.run(["ip", "link", "delete", self.cable], stderr=subprocess.DEVNULL)


def process_of(entered: subprocess.Popen[bytes]) -> int:
    """The number of the program that `Host.run` has started."""
    (pid,) = children(entered.pid)
    return pid
