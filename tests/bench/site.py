"""Our side: the site's environment, its logged-in people, and what they ask."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from .load import Call, Client
from .names import SELF_HOSTED
from .processes import ROOT

APPLICATION = "mseller.asgi:application"
ENDPOINT = "/api/chatkit"


def environ(database_url: str) -> dict[str, str]:
    """What the site's processes are told."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "READ_DOT_ENV": "off",
        "CHATKIT_WORKFLOW_SERVER": "openai",
        "SECRET_KEY": "benchmark-" + "b" * 50,
        "DEBUG": "off",
        "HTTPS": "off",
        "ALLOWED_HOSTS": "127.0.0.1",
        "SESSION_SECONDS": "36000",  # of the longest bench
        "DATABASE_URL": database_url,
        "CACHE_URL": "locmemcache://bench",
    }


def run(module: str, *arguments: str, environ: dict[str, str]) -> str:
    """What a program of the bench prints."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT, env=os.environ | environ, check=True, stdout=subprocess.PIPE, text=True,
    ).stdout.strip()  # fmt: skip


def accounts(count: int, environ: dict[str, str]) -> list[dict[str, str]]:
    """The site's database, with that many logged-in users."""
    logins: list[dict[str, str]] = json.loads(
        run("tests.bench.accounts", str(count), environ=environ)
    )
    return logins


def session_made(body: bytes) -> bool:
    """Whether the session call gave a secret."""
    return bool(json.loads(body).get("client_secret"))


def session_call(login: dict[str, str], workflow: str) -> Call:
    """The page's call for a session, by a logged-in user."""
    headers = {"Cookie": login["cookie"], "X-CSRFToken": login["token"]}
    body = json.dumps({"workflowId": workflow}).encode()
    return Call(f"{ENDPOINT}/session", body, headers, session_made)


async def secrets(port: int, logins: list[dict[str, str]]) -> list[str]:
    """A client secret for each user."""
    client = Client(port)
    made = []
    for login in logins:
        call = session_call(login, SELF_HOSTED)
        answer = await client.post(call.path, call.body, call.headers)
        made.append(str(json.loads(answer.body)["client_secret"]))
    await client.close()
    return made


def question(pieces: int, pause: int, thread: str = "") -> dict[str, Any]:
    """A request that the scripted assistant answers with so many pieces, and milliseconds between
    them; in a new thread where none is named."""
    content = [{"type": "input_text", "text": f"{pieces} {pause}"}]
    message = {"content": content, "attachments": [], "inference_options": {}}
    if not thread:
        return {"type": "threads.create", "params": {"input": message}}
    params = {"thread_id": thread, "input": message}
    return {"type": "threads.add_user_message", "params": params}
