"""Which process a run belongs to, and whether that process still lives."""

from __future__ import annotations

import os
import socket


def own() -> str:
    """This process, as `Run.owner` names it: host, number and start of the process."""
    return f"{_host()}|{os.getpid()}|{_started(os.getpid())}"


def is_gone(owner: str) -> bool | None:
    """Whether the process that `owner` names has ended; None where this host can't tell."""
    host, _, rest = owner.partition("|")
    pid, _, started = rest.partition("|")
    if host != _host() or not pid.isdigit():
        return None
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return None
    # There is a process of this number, but it may be a newer one.
    return _started(int(pid)) != started


def _host() -> str:
    try:  # containers may share a host name, but not the numbers of processes
        space = os.readlink("/proc/self/ns/pid")
    except OSError:
        space = ""
    return f"{socket.gethostname()}{space}"


def _started(pid: int) -> str:
    """When the process started, in ticks since boot; "" where the system does not say."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            fields = file.read().rsplit(b")", 1)[1].split()
    except (OSError, IndexError):
        return ""
    # A zombie has ended, though kill(0) finds it until its parent waits for it.
    return "" if fields[0] == b"Z" else fields[19].decode()
