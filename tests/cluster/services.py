"""What both hosts share: the proxy, the files, the model, the pooler. All on the front."""

from __future__ import annotations

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from ..tools import nginx
from .names import BUCKET
from .network import FRONT, ROOT, until

# What several hosts need beside deploy/nginx.conf: see docs/explanation/scale.md.
NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/temp_body;
    proxy_temp_path {folder}/temp_proxy;
    fastcgi_temp_path {folder}/temp_fastcgi;
    uwsgi_temp_path {folder}/temp_uwsgi;
    scgi_temp_path {folder}/temp_scgi;
    upstream mseller {{
        least_conn;
        {servers}
    }}
    server {{
        listen {address}:{port} backlog=4096;
        client_max_body_size 12m;
        location / {{
            proxy_pass http://mseller;
            proxy_http_version 1.1;
            proxy_set_header Host $http_host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_connect_timeout 2s;
            proxy_read_timeout 20s;
        }}
    }}
}}
"""
PGBOUNCER = """
[databases]
* = host={address} port={postgres} user=postgres

[pgbouncer]
listen_addr = {address}
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = 10
server_idle_timeout = 10
logfile = {folder}/pgbouncer.log
pidfile = {folder}/pgbouncer.pid
"""


def tool(name: str) -> str:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin") or ""


def accepts(port: int, address: str = FRONT) -> bool:
    try:
        socket.create_connection((address, port), 2).close()
    except OSError:
        return False
    return True


class Service:
    """A program on the front that listens on `port`."""

    def __init__(self, folder: Path, name: str, port: int) -> None:
        self.folder, self.name, self.port = folder, name, port
        self.process: subprocess.Popen[bytes] | None = None

    def run(self, command: Sequence[str], user: str | None = None) -> None:
        with (self.folder / f"{self.name}.out").open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdout=log, stderr=log, stdin=subprocess.DEVNULL, user=user
            )
        until(lambda: accepts(self.port), 60, self.name)

    def stop(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.wait(20)


class Proxy(Service):
    """nginx, with the hosts that take new requests."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "nginx", 8080)

    @staticmethod
    def missing() -> str:
        return "" if nginx.executable() else "there is no nginx"

    def _write(self, addresses: Sequence[str]) -> None:
        servers = "\n        ".join(
            f"server {address}:8000 max_fails=1 fail_timeout=5s;" for address in addresses
        )
        (self.folder / "nginx.conf").write_text(
            NGINX.format(
                folder=self.folder,
                user="" if os.geteuid() else f"user {getpass.getuser()};",
                address=FRONT,
                port=self.port,
                servers=servers,
            )
        )

    def start(self, addresses: Sequence[str]) -> None:
        self._write(addresses)
        program = nginx.executable() or ""
        self.run([program, "-p", str(self.folder), "-c", f"{self.folder}/nginx.conf"])

    def serve_by(self, addresses: Sequence[str]) -> None:
        """New requests go to these; what is being answered goes on where it is."""
        self._write(addresses)
        assert self.process is not None
        self.process.send_signal(signal.SIGHUP)


class Files(Service):
    """A stand-in for S3, with a bucket."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "s3", 5000)
        self.url = f"http://{FRONT}:{self.port}"

    @staticmethod
    def missing() -> str:
        from importlib.util import find_spec

        absent = [name for name in ("moto", "boto3", "storages") if find_spec(name) is None]
        return f"{absent[0]} is not installed" if absent else ""

    def start(self) -> None:
        self.run([sys.executable, "-m", "moto.server", "-H", FRONT, "-p", str(self.port)])
        bucket = urllib.request.Request(f"{self.url}/{BUCKET}", method="PUT")
        urllib.request.urlopen(bucket, timeout=30).close()


class Counting(Service):
    """The model."""

    def __init__(self, folder: Path, address: str = FRONT, port: int = 5001) -> None:
        super().__init__(folder, "model", port)
        self.address = address
        self.url = f"http://{address}:{port}/v1"

    def start(self, faults: float = 0.0) -> None:
        self.run(
            [sys.executable, "-m", "tests.cluster.model", self.address, str(self.port),
             "--faults", str(faults)]
        )  # fmt: skip


class Pooler(Service):
    """PgBouncer in transaction mode before the database."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "pgbouncer", 6432)

    @staticmethod
    def missing() -> str:
        return "" if tool("pgbouncer") else "there is no pgbouncer"

    def start(self, postgres: int) -> None:
        written = self.folder / "pgbouncer.ini"
        written.write_text(
            PGBOUNCER.format(address=FRONT, port=self.port, postgres=postgres, folder=self.folder)
        )
        if not os.geteuid():
            shutil.chown(self.folder, "postgres")
        self.run([tool("pgbouncer"), str(written)], user="postgres")
