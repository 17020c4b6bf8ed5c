"""The page on tests, done: a host's own tests under Django's runner and under pytest, on all
databases together, with and without what the page offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from ..databases.scratch import MARIADB, POSTGRES, SQLITE, missing, scratch
from ..tools.small_site import ROOT, SmallSite

pytestmark = pytest.mark.slow

PAGE = (ROOT / "docs" / "howto" / "testing.md").read_text("utf-8")
BLOCK = re.compile(r"^```python\n# (\S+)\n((?s:.*?))^```$", re.M)
MEMORY = "SQLite in memory"
FILE = 'DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "test.sqlite3"}\n'
# Starting takes most of the time: either runner on one database server will do.
ON_POSTGRES = pytest.param(POSTGRES, marks=pytest.mark.database)
ON_MARIADB = pytest.param(MARIADB, marks=pytest.mark.database)
# As hosts write them who have never heard of `chatkit.testing`.
PLAIN = '''
import json

from django.contrib.auth import get_user_model
from django.test import AsyncClient, TestCase, TransactionTestCase


class Asks:
    client: object

    def ask(self):
        self.client.force_login(get_user_model().objects.create_user("ada"))
        body = {"workflowId": "help"}
        session = self.client.post("/api/chatkit/session", body, content_type="application/json")
        self.secret = session.json()["client_secret"]
        message = {"content": [{"type": "input_text", "text": "How can I return something?"}],
                   "attachments": [], "inference_options": {}}
        return self.post({"type": "threads.create", "params": {"input": message}})

    def post(self, request):
        return self.client.post(
            "/api/chatkit", json.dumps(request), content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}"},
        )

    def assert_answered(self):
        answer = self.ask()
        self.assertEqual(answer.status_code, 200)
        self.assertIn(b"within 30 days", b"".join(answer.streaming_content))


class InTransactionTest(Asks, TestCase):
    def test_answer(self):
        self.assert_answered()

    def test_answer_again(self):
        self.assert_answered()

    def test_what_is_kept(self):
        """The rows are the test's to see; the run's events can be asked for, the list too."""
        answer = self.ask()
        user = get_user_model().objects.get()
        thread = user.chatkit_threads.get()
        kinds = list(thread.items.order_by("sequence").values_list("type", flat=True))
        self.assertEqual(kinds, ["user_message", "workflow", "assistant_message"])
        run = thread.runs.get()
        self.assertEqual((run.status, run.live), ("completed", None))
        events = self.client.get(
            f"/api/chatkit/runs/{run.pk}/events", headers={"Authorization": f"Bearer {self.secret}"}
        )
        self.assertIn(b"within 30 days", b"".join(events.streaming_content))
        listed = self.post({"type": "threads.list", "params": {}}).json()["data"]
        self.assertEqual([entry["id"] for entry in listed], [thread.pk])
        stop = self.client.post(
            f"/api/chatkit/runs/{run.pk}/stop", headers={"Authorization": f"Bearer {self.secret}"}
        )
        self.assertEqual(stop.json()["status"], "completed")
        gone = self.post({"type": "threads.delete", "params": {"thread_id": thread.pk}})
        self.assertEqual(gone.status_code, 200)
        self.assertEqual(user.chatkit_threads.count(), 0)
        b"".join(answer.streaming_content)

    async def test_async_client(self):
        from asgiref.sync import sync_to_async

        await sync_to_async(self.ask)()
        message = {"content": [{"type": "input_text", "text": "How can I return something?"}],
                   "attachments": [], "inference_options": {}}
        answer = await AsyncClient().post(
            "/api/chatkit", json.dumps({"type": "threads.create", "params": {"input": message}}),
            content_type="application/json", headers={"Authorization": f"Bearer {self.secret}"},
        )
        self.assertEqual(answer.status_code, 200)
        data = b"".join([part async for part in answer.streaming_content])
        self.assertIn(b"within 30 days", data)


class InBackgroundTest(Asks, TransactionTestCase):
    def test_answer(self):
        self.assert_answered()

    def test_answer_again(self):
        self.assert_answered()
'''
# What a test leaves behind that reads no answer to its end.
UNREAD = """
from chatkit.models import Run
from chatkit.testing import Chat, ChatTestMixin
from django.contrib.auth import get_user_model
from django.test import TransactionTestCase


class Unread(ChatTestMixin, TransactionTestCase):
    def leave(self):
        self.client.force_login(get_user_model().objects.create_user("ada"))
        chat = Chat(self.client, "slow")
        chat.read = lambda response: []
        chat.ask("How can I return something?")
        self.assertEqual(Run.objects.get().status, "running")

    def test_one(self):
        self.leave()

    def test_two(self):
        self.leave()
"""
SLOW = """
import asyncio

from chatkit.selfhosted.helpdesk import HelpDeskServer


class SlowDesk(HelpDeskServer):
    async def respond(self, thread, input_user_message, context):
        async for event in super().respond(thread, input_user_message, context):
            yield event
            await asyncio.sleep(60)
"""
PYTEST_INI = "[pytest]\naddopts = -p no:cacheprovider\n"


def blocks() -> dict[str, str]:
    found = dict(BLOCK.findall(PAGE))
    assert set(found) == {
        "shop/tests.py", "shop/test_scripted.py", "shop/test_browser.py", "conftest.py",
        "test_help.py",
    }  # fmt: skip
    return found


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallSite]:
    """A host's project on each database, and how it is told of it."""
    name: str = request.param
    with ExitStack() as made:
        url = ""
        if name in (POSTGRES, MARIADB):
            if reason := missing(name):
                pytest.skip(f"{name}: {reason}")
            url = made.enter_context(scratch(name, tmp_path))
        settings = FILE if name == SQLITE else ""
        settings += 'CHATKIT["WORKFLOWS"]["slow"] = "slow.SlowDesk"\nRATELIMIT_ENABLE = False\n'
        site = SmallSite(tmp_path, settings)
        site.write("slow.py", SLOW)
        site.write("pytest.ini", PYTEST_INI)
        if url:
            site.write("url", url)
        yield site


def start(site: SmallSite, *command: str) -> str:
    """`python -m …`, which must succeed and complain of nothing."""
    url = site.folder / "url"
    variables = {"SITE_DATABASE_URL": url.read_text()} if url.exists() else {}
    status, said = site.fork(*command, **variables)
    assert status == 0, said
    for complaint in ("Traceback", "ERROR", "accessed by other users", "never awaited"):
        assert complaint not in said, said
    return said


@pytest.mark.parametrize("site", [MEMORY, SQLITE, ON_POSTGRES], indirect=True)
def test_django(site: SmallSite) -> None:
    for name in ("shop/tests.py", "shop/test_scripted.py"):
        site.write(name, blocks()[name])
    site.write("shop/__init__.py", "")
    site.write("test_plain.py", PLAIN)
    count = 10
    if not in_memory(site):  # where an answer is complete when the request returns
        site.write("test_unread.py", UNREAD)
        count = 12
    said = start(site, "django", "test", "--noinput", ".", "shop")
    assert f"Ran {count} tests" in said


@pytest.mark.parametrize("site", [MEMORY, ON_MARIADB], indirect=True)
def test_pytest(site: SmallSite) -> None:
    for name in ("conftest.py", "test_help.py"):
        site.write(name, blocks()[name])
    site.write("test_plain.py", PLAIN)
    assert "8 passed" in start(site, "pytest", "-q")


def in_memory(site: SmallSite) -> bool:
    on_server = (site.folder / "url").exists()
    return not on_server and FILE not in (site.folder / "settings.py").read_text()


LAZY = """
import sys
import chatkit.testing
heavy = {"pytest", "playwright", "selenium", "chatkit.server", "agents"}
print(sorted(heavy & sys.modules.keys()))
"""


def test_loads_neither_pytest_nor_the_sdk(tmp_path: Path) -> None:
    done = SmallSite(tmp_path).start("-c", LAZY)
    assert done.stdout.strip() == "[]", done.stderr
