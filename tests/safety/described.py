"""Requests that schemathesis makes from `openapi.json`, to a server that runs: each answer has a
status, a type and a form that stand there, and without a login there is none."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path

from ..selfhosted.protocol import ask, create, events
from ..selfhosted.realserver import ROOT, RealServer, thread_of

DESCRIPTION = ROOT / "chatkit" / "api" / "openapi.json"
TOKEN = "a" * 32
LOG_IN = """
import django; django.setup()
from django.contrib.auth import get_user_model
from django.test import Client
from chatkit.models import MessageTemplate
MessageTemplate.objects.create(label="Order", text="How do I order?")
client = Client()
client.force_login(get_user_model().objects.get(username="ada"))
print(client.cookies["sessionid"].value)
"""
# What else it can look for: whether anything that fits is accepted, and nothing else. An id that
# fits is nobody's, and the SDK's types take more than the description says.
UNCHECKED = "positive_data_acceptance,negative_data_rejection"
COUNT = re.compile(r"([\d,]+) generated")


def missing() -> str:
    return "" if importlib.util.find_spec("schemathesis") else "schemathesis is not installed"


def send(server: RealServer, folder: Path, examples: int, phases: str = "coverage,fuzzing") -> int:
    """At most so many requests to each address, all as ada; how many were sent."""
    described = folder / "openapi.json"
    described.write_text(json.dumps(with_ids(server)), "utf-8")
    done = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "run", str(described)),
            *("--url", f"http://127.0.0.1:{server.port}"),
            *("--header", f"Authorization: Bearer {server.ada}"),
            *("--header", f"Cookie: sessionid={logged_in(server)}; csrftoken={TOKEN}"),
            *("--header", f"X-CSRFToken: {TOKEN}"),
            *("--max-examples", str(examples), "--phases", phases),
            *("--exclude-checks", UNCHECKED, "--request-timeout", "20", "--warnings", "off"),
            *("--generation-database", "none", "--no-color"),
        ],
        cwd=folder, env=os.environ | {"PYTHONWARNINGS": "ignore"},
        capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    found = COUNT.search(done.stdout)
    assert found, done.stdout[-2000:]
    return int(found[1].replace(",", ""))


def with_ids(server: RealServer) -> dict[str, object]:
    """The description, with things of ada's that exist among the ids that may be asked for."""
    answer = server.call(create("say 3"))
    data = answer.read()
    described = json.loads(DESCRIPTION.read_text("utf-8"))
    schemas = described["components"]["schemas"]
    known = {
        "thread_id": thread_of(data),
        "run_id": answer.run_id,
        "attachment_id": announced(server),
        "entity_id": "article:payments",
        "item_id": item_of(data),
    }
    for name, value in known.items():
        schemas[name] = {"enum": [value, f"{value}0", "a"]}
    schemas["template_id"] = {"enum": [1, 2, 999_999]}
    return dict(described)


def item_of(data: bytes) -> str:
    """The id of the question in this stream."""
    done = (event["item"]["id"] for event in events(data) if event["type"] == "thread.item.done")
    return str(next(done))


def announced(server: RealServer) -> str:
    """The id of an upload that has still to come, by PUT."""
    request = ask("attachments.create", name="a.txt", size=1, mime_type="text/plain")
    return str(server.call(request).json()["id"])


def logged_in(server: RealServer) -> str:
    """The session cookie of a login; a message template is made with it."""
    done = subprocess.run(
        [sys.executable, "-c", LOG_IN],
        cwd=ROOT, env=server.environ, check=True, capture_output=True, text=True,
    )  # fmt: skip
    return done.stdout.strip()
