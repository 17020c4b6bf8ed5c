"""Serves the site for `make run`: migrates, seeds the demo users, then answers at HOST:PORT."""

from __future__ import annotations

import contextlib
import errno
import gc
import io
import logging
import os
import socket
import sys

import uvicorn

from .console import fail, step

HOST, PORT = "127.0.0.1", "8000"
GRACE_SECONDS = 5  # more than the three seconds after which runs are ended


def address() -> tuple[str, int]:
    """HOST and PORT of the environment, checked."""
    host, port = os.environ.get("HOST") or HOST, os.environ.get("PORT") or PORT
    if not port.isascii() or not port.isdigit() or not 0 < int(port) < 65536:
        fail(f"PORT is {port!r}, but a port is a number from 1 to 65535.")
    return host, int(port)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket, opened before anything slow is done."""
    try:
        family, kind, protocol, _, where = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError:
        fail(f"HOST is {host!r}, which is not an address of this machine.")
    sock = socket.socket(family, kind, protocol)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        sock.bind(where)
        sock.listen(2048)
    except OSError as error:
        sock.close()
        fail(_cannot_listen(error, host, port))
    return sock


def _cannot_listen(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} at {host} is already in use: end the program that uses it, "
            f"or choose another with `make run PORT={port + 1 if port < 65535 else 8000}`."
        )
    if error.errno == errno.EACCES:
        return f"This user may not listen on port {port}: choose one from 1024 on."
    return f"HOST is {host!r}, which is not an address of this machine."


def prepare() -> str:
    """Check, migrate, and make the demo users where DEBUG is on. Returns their logins."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mseller.settings")
    import django
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import CommandError, call_command
    from django.db import OperationalError, connection, connections

    logins = io.StringIO()
    try:
        django.setup()
        from django.conf import settings

        call_command("check", stdout=io.StringIO())  # its warnings go to stderr
        call_command("migrate", verbosity=0, interactive=False)
        if settings.DEBUG:
            call_command("chatkit_demo", stdout=logins)
        else:
            call_command("collectstatic", verbosity=0, interactive=False)
    except (ImproperlyConfigured, CommandError) as error:
        fail(str(error))
    except OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        fail(f"The database ({connection.vendor}) could not be used: {reason}")
    connections.close_all()
    return logins.getvalue()


class Server(uvicorn.Server):
    """Prints its address once it answers."""

    def __init__(self, config: uvicorn.Config, logins: str) -> None:
        super().__init__(config)
        self.logins = logins

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, then tell the address."""
        await super().startup(sockets)
        gc.enable()
        if self.started and sockets:
            host, port = sockets[0].getsockname()[:2]
            step(announcement(host, port, self.logins))


def announcement(host: str, port: int, logins: str) -> str:
    """The URL, and the demo logins (one a line) where there are any."""
    shown = f"[{host}]" if ":" in host else host
    lines = ["", f"The site is at http://{shown}:{port}/", "Press Ctrl-C to end it.", ""]
    if logins:
        lines[2:2] = ["Log in as", *(f"  {line}" for line in logins.splitlines())]
    return "\n".join(lines)


def main() -> None:
    """Serve until interrupted."""
    host, port = address()
    sock = listen(host, port)
    gc.disable()  # collecting while everything is imported costs half a second
    logins = prepare()
    from django.conf import settings

    config = uvicorn.Config(
        "mseller.asgi:application",
        log_level="info" if settings.DEBUG else "warning",
        access_log=settings.DEBUG,
        timeout_graceful_shutdown=GRACE_SECONDS,
        # No need to tell everybody which server this is.
        server_header=False,
        proxy_headers=False,
    )
    server = Server(config, logins)
    with contextlib.suppress(KeyboardInterrupt):
        server.run(sockets=[sock])
        if not server.started:
            sys.exit(1)
    print("\nStopped.")
    _exit_at_once()


def _exit_at_once() -> None:
    """Exit without the interpreter's clean-up, which takes another second: the runs have ended."""
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:  # before there was a server
        fail("Stopped.")
