"""No call home: with a model of one's own, no host of OpenAI's is even looked up.

In a process of its own, whose look-ups are all written down, up to its very end: the Agents
SDK sends its traces when the interpreter is about to go.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from .model_server import Model, chat, chat_whole
from .test_workflow import orders

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[3]
PROGRAM = """
import os, socket, sys
looked_up = os.open(os.environ["LOOKED_UP"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
real = socket.getaddrinfo
def getaddrinfo(host, *args, **kwargs):
    name = host.decode() if isinstance(host, bytes) else str(host)
    os.write(looked_up, (name + "\\n").encode())
    if name not in ("127.0.0.1", "::1", "localhost"):
        raise socket.gaierror(f"{name} is not to be looked up")
    return real(host, *args, **kwargs)
socket.getaddrinfo = getaddrinfo

import warnings
warnings.simplefilter("ignore")
import django
django.setup()
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
call_command("migrate", verbosity=0)
settings.CHATKIT = settings.CHATKIT | {
    "WORKFLOWS": {f"wf_{number}": server for number, server in enumerate(sys.argv[1:])},
    "OPENAI_API_KEY": "sk-canary",
    "OPENAI_BASE_URL": os.environ["MODEL_URL"],
    "MODEL": "mock-1",
    "TRACING": os.environ["TRACING"] == "on",
}
from chatkit import conf
conf._values.cache_clear()
from tests.selfhosted.protocol import Caller, create, secret_of, text_of
user = get_user_model().objects.create_user("ada")
for workflow_id in settings.CHATKIT["WORKFLOWS"]:
    caller = Caller(secret_of(user, workflow_id))
    print(text_of(caller.stream(create("Where is my order 7?"))))
"""


HELLO = "Hello."
ORDER = "Good news: Order 7 left the warehouse this morning."
WORKFLOW = "tests.selfhosted.assistant.servers.WorkflowServer"
ASSISTANTS = ["chatkit.selfhosted.assistant.AssistantServer", "mseller.assistant.SupportServer"]


def test_no_host_of_openai(scripted_model: Model, tmp_path: Path) -> None:
    hellos = [chat(HELLO), chat(HELLO)]

    def answer(body: dict[str, Any]) -> Any:
        if "Write a title" in str(body["messages"][0]):
            return chat_whole("Hello")
        return hellos.pop() if hellos else orders(body)

    scripted_model.answers = [answer]
    said, found = looked_up([*ASSISTANTS, WORKFLOW], scripted_model, tmp_path)
    assert said == [HELLO, HELLO, ORDER]
    assert found == {"localhost"}


def test_tracing_is_seen(scripted_model: Model, tmp_path: Path) -> None:
    """The guard itself: it tells when traces are sent."""
    scripted_model.answers = [orders]
    said, found = looked_up([WORKFLOW], scripted_model, tmp_path, tracing="on")
    assert said == [ORDER]
    assert found == {"localhost", "api.openai.com"}


def looked_up(
    answerers: list[str], scripted_model: Model, tmp_path: Path, tracing: str = ""
) -> tuple[list[str], set[str]]:
    """What a process says in which each of these assistants gives one answer, and the names that
    it looks up."""
    written = tmp_path / "looked-up"
    environ: dict[str, Any] = {
        **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TEST_DATABASE_URL": f"sqlite:///{tmp_path / 'db.sqlite3'}",
        "LOOKED_UP": str(written),
        "MODEL_URL": scripted_model.url.replace("127.0.0.1", "localhost"),
        "TRACING": tracing,
    }
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, *answerers],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines(), set(written.read_text().split())
