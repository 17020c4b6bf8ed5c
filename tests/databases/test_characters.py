"""MariaDB whose tables hold three bytes a character: the check says so, the documented way mends
it, and then emoji are kept."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from ..tools.small_site import ROOT, SmallSite
from .scratch import MARIADB, _execute, ask

pytestmark = pytest.mark.database

PAGE = ROOT / "docs" / "checks.md"
MIGRATE = """
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
CHECK = """
from django.core import checks
for message in checks.run_checks(tags=["chatkit"], databases=["default"]):
    if message.id == "chatkit.W051":
        print(message.msg)
"""
KEEP = r"""
from django.contrib.auth.models import User
from chatkit.models import Run, RunEvent, Thread
ada = User.objects.create_user("ada")
thread = Thread.objects.create(user=ada, workflow_id="help", title="\U0001f600")
run = Run.objects.create(thread=thread, user=ada, kind="k")
RunEvent.objects.create(run=run, number=1, data="\U0001f600")
print(ascii(Thread.objects.get().title), ascii(RunEvent.objects.get().data))
"""

ASK = r"""
import json
from django.contrib.auth.models import User
from django.test import Client
from chatkit.models import Run
from chatkit.testing import end_runs

client = Client(raise_request_exception=False)
client.force_login(User.objects.create_user("ada"))
body = {"workflowId": "help", "userId": "\U0001f600", "deviceId": "tablet"}
secret = client.post("/api/chatkit/session", body, content_type="application/json").json()


def ask(text, thread_id=None):
    message = {"content": [{"type": "input_text", "text": text}], "attachments": [],
               "inference_options": {}}
    params = {"input": message} | ({"thread_id": thread_id} if thread_id else {})
    answer = client.post(
        "/api/chatkit",
        json.dumps({"type": f"threads.{'add_user_message' if thread_id else 'create'}",
                    "params": params}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {secret['client_secret']}"},
    )
    said = b"".join(answer) if answer.streaming else answer.content
    run = Run.objects.filter(pk=answer.headers.get("X-ChatKit-Run")).first()
    print(answer.status_code, Run.objects.filter(live__isnull=False).count(), ascii(said.decode()))
    return run and run.thread_id


ask("\U0001f600 How can I return something?")
thread = ask("How do I pay?")
ask("How can I return something?", thread)
end_runs()

from chatkit.models import Session, Thread, ToolCall
from chatkit.selfhosted.assistant import tool_calls

row = Session.objects.get()
print(ascii(row.user_label), row.device_label)
thread = Thread.objects.first()
call = ToolCall.objects.create(thread=thread, user=row.user, tool="t", status="running")
tool_calls.end(call.pk, "done", "Sent \U0001f600")
call.refresh_from_db()
print(call.status, ascii(call.outcome))
"""
PAYING = "# Paying\n\nYou pay by card. \U0001f600 We take all cards.\n"


@pytest.fixture
def url(make_database: Callable[[str], str]) -> str:
    """Of an empty database of three bytes."""
    url = make_database(MARIADB)
    _execute(MARIADB, f"ALTER DATABASE {database(url)} CHARACTER SET utf8mb3")
    return url


def database(url: str) -> str:
    return urlsplit(url).path.lstrip("/")


def test_before_and_after(url: str, tmp_path: Path) -> None:
    site = SmallSite(tmp_path)
    # Before `migrate`, which runs the check, too.
    assert "the database is 'utf8mb3'" in site.run(CHECK, SITE_DATABASE_URL=url)
    site.run(MIGRATE, SITE_DATABASE_URL=url)
    said = site.run(CHECK, SITE_DATABASE_URL=url)
    assert "these columns are 'utf8mb3': " in said
    assert "chatkit_thread.title" in said
    assert "chatkit_runevent.data" in said
    assert "chatkit_thread.metadata" not in said  # which Django makes of four bytes
    if not shutil.which("mariadb-dump"):
        pytest.skip("mariadb-dump is not installed")
    mended = mend(url, tmp_path)
    try:
        assert site.run(CHECK, SITE_DATABASE_URL=mended) == ""
        site.run(MIGRATE, SITE_DATABASE_URL=mended)
        assert site.run(KEEP, SITE_DATABASE_URL=mended) == r"'\U0001f600' '\U0001f600'"
        exact = ask(
            MARIADB,
            mended,
            "SELECT collation_name FROM information_schema.columns "
            "WHERE table_schema = DATABASE() AND column_name = 'upstream_id'",
        )
        assert exact == [("utf8mb4_bin",)]  # ids still tell upper from lower case
    finally:
        _execute(MARIADB, f"DROP DATABASE IF EXISTS {database(mended)}")


def test_connection(url: str, tmp_path: Path) -> None:
    site = SmallSite(tmp_path)
    said = site.run(CHECK, SITE_DATABASE_URL=f"{url}?charset=utf8mb3")
    assert "DATABASES['default']['OPTIONS'] says 'utf8mb3'" in said
    site = SmallSite(
        tmp_path, 'DATABASES["default"]["OPTIONS"] = {"init_command": "SET NAMES utf8mb3"}\n'
    )
    assert "the connection speaks 'utf8mb3'" in site.run(CHECK, SITE_DATABASE_URL=url)


def test_what_can_not_be_kept_holds_up_nothing(url: str, tmp_path: Path) -> None:
    """An emoji in a question, then one in an answer: the conversation goes on."""
    site = SmallSite(tmp_path)
    site.write("help/en/paying.md", PAYING)
    site.run(MIGRATE, SITE_DATABASE_URL=url)
    refused, lost, answered, label, call = site.run(ASK, SITE_DATABASE_URL=url).splitlines()
    assert refused.startswith("400 0 ")
    assert "characters" in refused
    assert lost.startswith("200 0 ")
    assert "You pay by card." in lost
    assert answered.startswith("200 0 ")
    assert "within 30 days" in answered
    assert label == r"'\ufffd' tablet"
    assert call == r"done 'Sent \ufffd'"


def mend(url: str, folder: Path) -> str:
    """What the page tells, done with the database of this URL; the URL of the new one."""
    section = PAGE.read_text().partition("## A database without emoji")[2]
    block = re.search(r"```console\n(.*?)```", section, re.S)
    assert block
    server = urlsplit(url)
    options = f"--host={server.hostname} --port={server.port} --user={server.username}"
    if server.password:
        options += f" --password={server.password}"
    new = f"{database(url)}_new"
    lines = [line.removeprefix("$ ") for line in block[1].splitlines()]
    script = "\n".join(lines).replace("shop_new", new)
    script = re.sub(r"\bshop\b(?!\.sql)", database(url), script)
    script = re.sub(r"^mariadb(-dump)?", rf"\g<0> {options}", script, flags=re.M)
    done = subprocess.run(
        ["sh", "-e", "-c", script], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{script}\n{done.stderr}"
    return url.replace(database(url), new)
