"""The page "Visitors": its settings, its code and its command on a site of a host's own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from ..tools.small_site import QUESTION, ROOT, SmallSite

TEXT = (ROOT / "docs" / "howto" / "visitors.md").read_text("utf-8")
PROGRAM = f"""
import json, warnings
from django.core.management import call_command
call_command("migrate", verbosity=0)
from django.contrib.auth.models import Group
from django.contrib.auth import get_user_model
from django.test import Client
from chatkit import access, toolbox, workflows
from chatkit.models import Thread, Visitor
from chatkit.testing import Chat

client = Client()
page = client.get("/apps/chatkit/")
print(page.status_code, len(client.cookies), Visitor.objects.count())
chat = Chat(client, "support")
print(chat.ask({QUESTION!r}).status_code, Thread.objects.get().person.pk[:4], *client.cookies)
print(client.post("/api/chatkit/session", {{"workflowId": "staff"}},
                  content_type="application/json").status_code)
user = get_user_model().objects.create_user("ada")
print(access.allowed(user, "staff"), access.allowed(Visitor.objects.get(), "support"))
user.groups.add(Group.objects.create(name="Blocked"))
print(access.allowed(user, "staff"))
print(sorted(name for name, tool in toolbox.all_tools().items() if tool.visitors))
"""


def blocks(name: str) -> list[str]:
    return re.findall(rf"```python\n# {re.escape(name)}\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.slow
def test_it_is_true(tmp_path: Path) -> None:
    settings = "".join(blocks("settings.py"))
    # Here is no proxy.
    settings = settings.replace('RATELIMIT_IP_META_KEY = "HTTP_X_REAL_IP"', "")
    settings += '\nINSTALLED_APPS += ["shop"]\n'
    settings += 'CHATKIT["ACCESS"] = "shop.access.everybody_but_the_blocked"\n'
    site = SmallSite(tmp_path, settings)
    site.write("shop/__init__.py", "")
    site.write("manage.py", (ROOT / "manage.py").read_text().replace("mseller.", ""))
    for name in ("shop/access.py", "shop/chatkit_tools.py"):
        (code,) = blocks(name)
        site.write(name, code)
    assert site.run(PROGRAM).splitlines() == [
        "200 0 0",
        "200 vis_ chatkit_visitor",
        "401",
        "True True",
        "False",
        "['opening_hours', 'search_articles']",
    ]
    (command,) = re.findall(r"^\$ python (manage\.py .*)$", TEXT, re.MULTILINE)
    done = site.start(*command.split())
    assert done.returncode == 0, done.stderr
    assert "0 visitors" in done.stdout
