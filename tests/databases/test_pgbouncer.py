"""PgBouncer in transaction mode, as docs/howto/tenants.md has it: each transaction of the chat may
be on another connection to PostgreSQL."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import SplitResult, urlsplit, urlunsplit

import pytest

from ..production.stack import free_ports
from ..tools.small_site import BEGIN, QUESTION, ROOT, SmallSite
from .scratch import POSTGRES, missing, scratch, server_url

GUIDE = (ROOT / "docs" / "howto" / "tenants.md").read_text("utf-8")
PROGRAM = shutil.which("pgbouncer") or shutil.which("pgbouncer", path="/usr/sbin:/sbin")
# Two connections for all: more people than that ask at once.
CONFIGURATION = """
[databases]
* = host={host} port={server_port} {login}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 2
"""
ASKED = f"""
import threading
from concurrent.futures import ThreadPoolExecutor

from chatkit.models import Run, Thread
from chatkit.testing import Chat
from django.contrib.auth import get_user_model
from django.db import connection, transaction

people = [get_user_model().objects.create_user(f"person-{{number}}") for number in range(4)]


def ask(person):
    chat = Chat(person)
    said = [chat.ask({QUESTION!r}) for _ in range(2)]
    connection.close()
    return all(reply.status_code == 200 and "within 30 days" in reply.text for reply in said)


with ThreadPoolExecutor(4) as threads:
    print(*threads.map(ask, people))
print(Thread.objects.count(), *set(Run.objects.values_list("status", flat=True)))
# Read in pieces, while somebody else's transaction holds the connection that the first came from.
begun, read = threading.Event(), threading.Event()


def transact():
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        begun.set()
        read.wait(60)
    connection.close()


rows = Run.objects.iterator(chunk_size=2)
pks = [next(rows).pk]
other = threading.Thread(target=transact)
other.start()
begun.wait(60)
try:
    pks += [run.pk for run in rows]
finally:
    read.set()
    other.join()
print(len(set(pks)))
"""

pytestmark = [
    pytest.mark.database,
    pytest.mark.slow,
    pytest.mark.skipif(bool(missing(POSTGRES)), reason=missing(POSTGRES) or "-"),
    pytest.mark.skipif(not PROGRAM, reason="pgbouncer is not installed"),
]


@pytest.fixture
def pooler() -> Iterator[int]:
    """The port of one that runs before the server of the tests."""
    (port,) = free_ports(1)
    server = server_url(POSTGRES)
    user = f"user={server.username or 'postgres'}"
    login = f"{user} password={server.password}" if server.password else user
    # It refuses to run as root, whose folders others may not enter.
    other = None if os.geteuid() else "nobody"
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder, "pgbouncer.ini")
        written.write_text(
            CONFIGURATION.format(
                host=server.hostname, server_port=server.port or 5432, login=login, port=port
            )
        )
        if other:
            shutil.chown(folder, other)
        process = subprocess.Popen(
            [str(PROGRAM), str(written)], user=other, stderr=subprocess.PIPE, text=True
        )
        assert process.stderr
        try:
            said = next((line for line in process.stderr if "process up" in line), "")
            assert said, "pgbouncer has ended"
            yield port
        finally:
            process.terminate()
            process.communicate(timeout=20)


def test_questions_go_by_way_of_it(pooler: int, tmp_path: Path) -> None:
    (name,) = re.findall(r"`(DISABLE_SERVER_SIDE_CURSORS)` to\n`True`", GUIDE)
    site = SmallSite(tmp_path, f"DATABASES['default'][{name!r}] = True\n")
    site.write("asked.py", BEGIN + ASKED)
    with scratch(POSTGRES, tmp_path) as url:
        for command, where in (
            (["django", "migrate"], url),
            (["asked"], through(urlsplit(url), pooler)),
        ):
            status, said = site.fork(*command, SITE_DATABASE_URL=where)
            assert status == 0, said
    assert said.splitlines()[-3:] == ["True True True True", "4 completed", "8"]


def through(url: SplitResult, port: int) -> str:
    user = (url.netloc.rpartition("@")[0] or "postgres").partition(":")[0]
    return urlunsplit(url._replace(netloc=f"{user}@127.0.0.1:{port}"))
