"""The files of deploy/, read as those read them who use them."""

from __future__ import annotations

import json
import re
import shlex
import socket
from pathlib import Path

DEPLOY = Path(__file__).resolve().parent.parent.parent / "deploy"
PYTHON = "/srv/mseller/.venv/bin/python"
NAME = "chat.example.com"


def unit(name: str) -> dict[str, list[str]]:
    """The settings of a systemd unit, whatever their section: name to the values in order."""
    text = (DEPLOY / "systemd" / name).read_text("utf-8").replace("\\\n", " ")
    found: dict[str, list[str]] = {}
    for key, value in re.findall(r"^(\w+)=(.*)$", text, re.M):
        found.setdefault(key, []).append(value.strip())
    return found


def commands(name: str) -> list[list[str]]:
    """What a unit executes, as words, whether it may fail or not."""
    return [shlex.split(line.removeprefix("-")) for line in unit(name)["ExecStart"]]


def environment() -> dict[str, str]:
    """The variables of the environment file."""
    text = (DEPLOY / "mseller.env").read_text("utf-8")
    return dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.M))


def containerfile() -> str:
    """The Containerfile, each instruction on one line."""
    return (DEPLOY / "Containerfile").read_text("utf-8").replace("\\\n", " ")


def health_probe() -> list[str]:
    """What the container's HEALTHCHECK executes."""
    found = re.search(r"^HEALTHCHECK .*?CMD (\[.*\])$", containerfile(), re.M)
    assert found
    return list(json.loads(found[1]))


def put(text: str, places: dict[str, str]) -> str:
    """`text` with each of these places filled; all of them must be there."""
    for place, value in places.items():
        assert place in text, place
        text = text.replace(place, value)
    return text


def nginx_site(folder: Path, *, http: int, https: int, application: int) -> str:
    """deploy/nginx.conf with these ports, and with its files in `folder`."""
    six = _has_ipv6()
    return put(
        (DEPLOY / "nginx.conf").read_text("utf-8"),
        {
            "listen 80;": f"listen 127.0.0.1:{http};",
            "listen [::]:80;": f"listen [::1]:{http};" if six else "",
            "listen 443 ": f"listen 127.0.0.1:{https} ",
            "listen [::]:443 ssl http2;": f"listen [::1]:{https} ssl http2;" if six else "",
            "127.0.0.1:8000": f"127.0.0.1:{application}",
            f"/etc/letsencrypt/live/{NAME}": str(folder),
            "/var/lib/mseller": str(folder / "www"),
            "/var/log/nginx": str(folder),
        },
    )


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
