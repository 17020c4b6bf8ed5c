"""nginx, two processes, PostgreSQL and Redis, put together by the files of deploy/."""

from __future__ import annotations

import getpass
import http.client
import json
import os
import random
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any

from django.conf import settings

from ..databases.scratch import POSTGRES, REDIS, missing, redis_cache, scratch
from ..selfhosted.protocol import until
from ..selfhosted.realserver import Answer
from ..tools import nginx
from ..tools.forked import Forked
from . import deployed
from .deployed import NAME

ROOT = deployed.DEPLOY.parent
HEALTH = "/api/chatkit/health"
GRACE = 4  # seconds instead of the unit's eight
# Everything that may go wrong with a stream is on: what deploy/nginx.conf says must win.
NGINX = """
daemon off;
{user}
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/nginx.log;
events {{ worker_connections 512; }}
http {{
    include {mime_types};
    default_type application/octet-stream;
    access_log off;
    sendfile on;
    gzip on;
    gzip_types *;
    gzip_min_length 0;
    proxy_buffering on;
    client_body_temp_path {folder}/temp_body;
    proxy_temp_path {folder}/temp_proxy;
    fastcgi_temp_path {folder}/temp_fastcgi;
    uwsgi_temp_path {folder}/temp_uwsgi;
    scgi_temp_path {folder}/temp_scgi;
    include {folder}/site.conf;
}}
"""
MAKE_USERS = """
import django; django.setup()
from django.contrib.auth import get_user_model
for name in ("ada", "bob"):
    get_user_model().objects.create_user(name, password="pw-" + name)
"""


def left_out() -> str:
    """Why the stack can't be put together here, "" where it can."""
    if nginx.executable() is None:
        return "there is no nginx"
    if shutil.which("openssl") is None:
        return "there is no openssl, which makes the certificate"
    for name in (POSTGRES, REDIS):
        if reason := missing(name):
            return f"{name}: {reason}"
    return ""


class Stack:
    def __init__(self, folder: Path, database: str, cache: str) -> None:
        self.folder = folder
        self.database = database
        self.http, self.https, self.application = free_ports(3)
        self.environ = {
            **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
            **deployed.environment(),
            "SECRET_KEY": os.urandom(40).hex(),
            "DATABASE_URL": database,
            "CACHE_URL": cache + "?socket_timeout=5",
            "STATIC_ROOT": str(folder / "static"),
            "MEDIA_ROOT": str(folder / "media"),
        }
        self.served = self.environ | {
            "DJANGO_SETTINGS_MODULE": "tests.production.site",
            "CHATKIT_WORKFLOW_SERVER": "tests.selfhosted.servers.ScriptedServer",
        }
        self.processes: subprocess.Popen[bytes] | None = None
        self.nginx: subprocess.Popen[bytes] | None = None

    # -- putting together ------------------------------------------------------------------

    def release(self) -> None:
        """What mseller-release.service does: with the production settings themselves."""
        for command in deployed.commands("mseller-release.service"):
            self.run(here(command))
        (self.folder / "make_users.py").write_text(MAKE_USERS)
        log = self.folder / "users.log"
        made = Forked(["make_users"], folder=self.folder, env=self.served, log=log)
        assert made.wait(120) == 0, log.read_text("utf-8", "replace")

    def run(self, command: list[str], **environ: str) -> str:
        """Both outputs of a command, which must succeed."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.environ | environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def serve(self) -> None:
        """Start the two processes, unless they run."""
        if self.processes is not None and self.processes.poll() is None:
            return
        (command,) = deployed.commands("mseller.service")
        command = here(command)
        for option, value in (("--port", self.application), ("--timeout-graceful-shutdown", GRACE)):
            command[command.index(option) + 1] = str(value)
        with (self.folder / "server.log").open("ab") as log:
            self.processes = subprocess.Popen(
                command, cwd=ROOT, env=self.served, stdout=log, stderr=log, start_new_session=True
            )
        until(self._answers, seconds=120)

    def _answers(self) -> bool:
        assert self.processes is not None
        assert self.processes.poll() is None, self.output()
        try:
            return self.ask_plainly(self.application, HEALTH).status == 200
        except OSError:
            return False

    def start_nginx(self) -> None:
        made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"]
        files = ["-keyout", f"{self.folder}/privkey.pem", "-out", f"{self.folder}/fullchain.pem"]
        names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
        self.run([*made, *files, *names])
        self.trusted = ssl.create_default_context(cafile=f"{self.folder}/fullchain.pem")
        (self.folder / "www").mkdir()
        (self.folder / "www" / "static").symlink_to(self.folder / "static")
        site = deployed.nginx_site(
            self.folder, http=self.http, https=self.https, application=self.application
        )
        (self.folder / "site.conf").write_text(site)
        main = NGINX.format(
            folder=self.folder,
            user="" if os.geteuid() else f"user {getpass.getuser()};",
            mime_types=mime_types(),
        )
        (self.folder / "nginx.conf").write_text(main)
        program = nginx.executable() or ""
        command = [program, "-p", str(self.folder), "-c", f"{self.folder}/nginx.conf"]
        self.run([*command, "-t"])
        with (self.folder / "nginx.log").open("ab") as log:
            self.nginx = subprocess.Popen(command, stdout=log, stderr=log)
        until(lambda: accepts(self.https), seconds=30)

    def stop(self) -> None:
        if self.nginx is not None and self.nginx.poll() is None:
            self.nginx.terminate()  # killed, it would leave its workers behind
            self.nginx.wait(10)
        if self.processes is not None and self.processes.poll() is None:
            self.processes.kill()
            self.processes.wait(10)
        if self.processes is not None:
            with_children(self.processes.pid)

    def output(self) -> str:
        return (self.folder / "server.log").read_text("utf-8", "replace")

    # -- asking ------------------------------------------------------------------------------

    @property
    def origin(self) -> str:
        return f"https://{NAME}:{self.https}"

    def ask(
        self,
        method: str,
        path: str,
        body: str | bytes | None = None,
        *,
        source: str = "127.0.0.1",
        **headers: str,
    ) -> Answer:
        """A request over TLS, as a browser sends it: each on a connection of its own."""
        plain = socket.create_connection(("127.0.0.1", self.https), 30, (source, 0))
        connection = http.client.HTTPConnection(NAME, self.https, timeout=30)
        connection.sock = self.trusted.wrap_socket(plain, server_hostname=NAME)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return answered(connection, method, path, body, {"Accept-Encoding": "gzip", **named})

    def ask_plainly(self, port: int, path: str, host: str = NAME) -> Answer:
        """A GET without TLS, to nginx or to the application itself."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        return answered(connection, "GET", path, None, {"Host": host})

    def login(self, name: str) -> dict[str, str]:
        """The headers of a logged-in browser, for the session call."""
        token = cookies_of(self.ask("GET", "/accounts/login/"))["csrftoken"]
        done = self.ask(
            "POST",
            "/accounts/login/",
            f"csrfmiddlewaretoken={token}&username={name}&password=pw-{name}",
            Content_Type="application/x-www-form-urlencoded",
            Cookie=f"csrftoken={token}",
            Origin=self.origin,
        )
        assert done.status == 302, done.data
        cookies = cookies_of(done)
        return {
            "Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()),
            "X_CSRFToken": cookies["csrftoken"],
            "Origin": self.origin,
            "Content_Type": "application/json",
        }

    def session(self, browser: dict[str, str]) -> Answer:
        (workflow,) = self.workflows()
        return self.ask(
            "POST", "/api/chatkit/session", f'{{"workflowId": "{workflow}"}}', **browser
        )

    def workflows(self) -> list[str]:

        return [settings.WORKFLOW_ID]

    def call(self, secret: str, request: Any, **headers: str) -> Answer:
        return self.ask(
            "POST",
            "/api/chatkit",
            json.dumps(request),
            Authorization=f"Bearer {secret}",
            Content_Type="application/json",
            **headers,
        )

    def events(self, secret: str, run_id: str, after: int) -> Answer:
        path = f"/api/chatkit/runs/{run_id}/events?after={after}"
        return self.ask("GET", path, Authorization=f"Bearer {secret}")


def answered(connection: http.client.HTTPConnection, *request: Any) -> Answer:
    """The answer to a request: read already, unless it is a stream."""
    try:
        connection.request(*request)
        answer = Answer(connection)
    except OSError:
        connection.close()
        raise
    if not answer.headers.get("Content-Type", "").startswith("text/event-stream"):
        answer.read()
    return answer


def seen(answer: Answer) -> dict[str, Any]:
    """What the process that answered has to say; {} where nginx answered by itself."""
    return dict(json.loads(answer.headers.get("X-Seen", "{}")))


def cookies_of(answer: Answer) -> dict[str, str]:
    found = {}
    for line in answer.headers.get_all("Set-Cookie", []):
        name, _, rest = line.partition("=")
        found[name] = rest.partition(";")[0]
    return found


def here(command: list[str]) -> list[str]:
    """A command of a unit, with this Python."""
    assert command[0] == deployed.PYTHON
    return [sys.executable, *command[1:]]


def free_ports(count: int) -> list[int]:
    """Below those that the system gives to others: some time goes by before they are used."""
    found: list[int] = []
    for port in random.sample(range(15_000, 32_000), 1_000):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            found.append(port)
        if len(found) == count:
            return found
    raise OSError("there are no free ports")


def accepts(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 5).close()
    except OSError:
        return False
    return True


def mime_types() -> str:
    """nginx's table of file types, beside its own configuration."""
    program = nginx.executable() or ""
    said = subprocess.run([program, "-V"], capture_output=True, text=True).stderr
    found = re.search(r"--conf-path=(\S+)", said)
    folder = Path(found[1]).parent if found else Path("/etc/nginx")
    return str(folder / "mime.types")


def with_children(group: int) -> None:
    """End what is left of a process group."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


@contextmanager
def running(folder: Path) -> Iterator[Stack]:
    """All of it, up and answering."""
    with ExitStack() as made:
        database = made.enter_context(scratch(POSTGRES, folder))
        stack = Stack(folder, database, made.enter_context(redis_cache()))
        made.callback(stack.stop)
        stack.release()
        stack.serve()
        stack.start_nginx()
        yield stack
