"""User models that have less than Django's own: without permissions, names or a staff mark."""

from __future__ import annotations

from pathlib import Path

import pytest

from .tools.small_site import QUESTION, SmallSite

pytestmark = pytest.mark.slow

SETTINGS = """
INSTALLED_APPS += ["people"]
AUTH_USER_MODEL = "people.Person"
CHATKIT["INFO_CARDS"] = [
    {"title": "For all", "body": "One"},
    {"title": "For some", "body": "Two", "permission": "people.view_person"},
]
"""
MODELS = """
from django.contrib.auth.models import AbstractBaseUser
from django.db import models


class Person(AbstractBaseUser):
    email = models.EmailField(unique=True)

    USERNAME_FIELD = "email"
"""
PROGRAM = f"""
import json
from django.core.management import call_command
call_command("migrate", run_syncdb=True, verbosity=0)
from django.test import Client
from people.models import Person

ada, bob = [Person.objects.create(email=f"{{name}}@example.com") for name in ("ada", "bob")]


def client(person):
    made = Client(raise_request_exception=True)
    made.force_login(person)
    return made


page = client(ada).get("/apps/chatkit/")
text = page.content.decode()
print(page.status_code, "For all" in text, "For some" in text)

body = {{"workflowId": "help"}}
session = client(ada).post("/api/chatkit/session", body, content_type="application/json").json()
text = {QUESTION!r}
question = {{"content": [{{"type": "input_text", "text": text}}], "attachments": [],
            "inference_options": {{}}}}
answer = client(ada).post(
    "/api/chatkit",
    json.dumps({{"type": "threads.create", "params": {{"input": question}}}}),
    content_type="application/json",
    headers={{"Authorization": f"Bearer {{session['client_secret']}}"}},
)
print(answer.status_code, b"within 30 days" in b"".join(answer.streaming_content))

cancel = f"/api/chatkit/session/{{session['session_id']}}/cancel"
print(*[client(person).post(cancel).status_code for person in (bob, ada)])

# Of an assistant that a model writes for: who may use a tool, and how the person is called.
import asyncio
from types import SimpleNamespace
from chatkit.models import Session
from chatkit.selfhosted.assistant import AssistantServer, tool_calls
from chatkit.testing import end_runs
from chatkit.selfhosted.runs.context import ChatContext
from chatkit.toolbox import Tool
from django.utils import timezone

row = Session.objects.select_related("user").get()
context = ChatContext(row, "en", timezone.get_current_timezone())
free = Tool("free", print, "d")
closed = Tool("closed", print, "d", permissions=("a.b",))
print(tool_calls.usable(context, [free, closed]), asyncio.run(context.has_perm("a.b")))
print("ada@example.com" in AssistantServer().extra_instructions(context))
end_runs()

call_command("chatkit_export", "--user", "ada@example.com", "--output", "ada.json")
call_command("chatkit_erase", "--user", "ada@example.com", "--yes")
"""


def test_nothing_but_a_login(tmp_path: Path) -> None:
    site = SmallSite(tmp_path, SETTINGS)
    site.write("people/__init__.py", "")
    site.write("people/models.py", MODELS)
    said = site.run(PROGRAM).splitlines()
    assert said[:5] == ["200 True False", "200 True", "404 200", "{'free'} False", "True"]
    assert "ada@example.com" in said[-1]
