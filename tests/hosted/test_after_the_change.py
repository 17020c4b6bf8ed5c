"""After the one changed line: imported conversations are like any other, for their owner."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.urls import reverse

from chatkit.hosted.importer import Import
from chatkit.hosted.owners import Owners
from chatkit.models import Attachment, Thread
from tests.selfhosted.protocol import Caller, add, ask, secret_of, text_of, types

from .conftest import HOSTED
from .openai_standin import OpenAI
from .samples import SAMPLES, START, item, text_item, thread

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def thread_id(openai: OpenAI, user: Any, settings: Any) -> str:
    """An imported thread of all item types, and 30 texts; the workflow is answered here now."""
    openai.threads["cthr_1"] = thread(user=f"mseller:{user.pk}")
    openai.items["cthr_1"] = [
        *({**sample, "id": f"cthi_{name}"} for name, sample in SAMPLES.items()),
        item("voice_memo", "cthi_odd"),
        *(text_item(f"cthi_{n:02d}", f"Text {n}", created_at=START + n) for n in range(1, 31)),
    ]
    Import(HOSTED, Owners()).run()
    table = {HOSTED: "chatkit.selfhosted.helpdesk.HelpDeskServer"}
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": table}
    return Thread.objects.get().id


@pytest.fixture
def caller(user: Any) -> Caller:
    return Caller(secret_of(user, HOSTED))


def test_is_listed_and_opens(thread_id: str, caller: Caller) -> None:
    (listed,) = caller.json(ask("threads.list", limit=20, order="desc"))["data"]
    assert (listed["id"], listed["title"]) == (thread_id, "About orders")
    opened = caller.json(ask("threads.get_by_id", thread_id=thread_id))
    assert opened["created_at"].startswith("2025-06-15T15:06:40")
    assert opened["status"] == {"type": "active"}


def test_scrolls_to_its_beginning(thread_id: str, caller: Caller) -> None:
    seen, after = [], None
    while True:
        params = {"thread_id": thread_id, "limit": 10, "order": "desc"}
        page = caller.json(ask("items.list", **params, **({"after": after} if after else {})))
        seen += page["data"]
        if not page["has_more"]:
            break
        after = page["after"]
    found = [entry["type"] for entry in reversed(seen)]
    shown = ["user_message", "assistant_message", "widget", "client_tool_call", "task", "workflow"]
    assert sorted(found[:6]) == sorted(shown)
    assert found[6:] == ["assistant_message"] * 30  # and what nobody can read is not sent
    texts = [entry["content"][0]["text"] for entry in reversed(seen[:30])]
    assert texts == [f"Text {number}" for number in range(1, 31)]


def test_nothing_waits_for_the_page(openai: OpenAI, user: Any, settings: Any) -> None:
    """A call that no page had answered is over: the element runs each that is pending."""
    openai.threads["cthr_1"] = thread(user=f"mseller:{user.pk}")
    call = SAMPLES["client_tool_call"] | {"status": "in_progress", "output": None}
    openai.items["cthr_1"] = [SAMPLES["user_message"], call | {"id": "cthi_2"}]
    Import(HOSTED, Owners()).run()
    table = {HOSTED: "chatkit.selfhosted.helpdesk.HelpDeskServer"}
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": table}
    params = {"thread_id": Thread.objects.get().id, "limit": 10, "order": "asc"}
    _, shown = Caller(secret_of(user, HOSTED)).json(ask("items.list", **params))["data"]
    assert (shown["status"], shown["output"]) == ("completed", {"error": "unanswered"})


def test_renames(thread_id: str, caller: Caller) -> None:
    caller.json(ask("threads.update", thread_id=thread_id, title="Renamed"))
    assert Thread.objects.get().title == "Renamed"


def test_continues(thread_id: str, caller: Caller) -> None:
    answered = caller.stream(add(thread_id, "How do I create an order?"))
    assert "error" not in types(answered)
    assert text_of(answered)
    last = Thread.objects.get().items.last()
    assert last is not None
    assert last.type == "assistant_message"


def test_deletes(thread_id: str, caller: Caller) -> None:
    assert Attachment.objects.count() == 2
    caller.json(ask("threads.delete", thread_id=thread_id))
    assert not Thread.objects.exists()
    assert not Attachment.objects.exists()


def test_is_not_another_users(thread_id: str, other: Any) -> None:
    stranger = Caller(secret_of(other, HOSTED))
    response = stranger.post(ask("threads.get_by_id", thread_id=thread_id))
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
    assert stranger.json(ask("threads.list"))["data"] == []


def test_is_marked_in_the_admin(thread_id: str, admin_client: Client) -> None:
    page = admin_client.get(reverse("admin:chatkit_thread_change", args=[quote(thread_id)]))
    assert page.status_code == 200
    assert "Imported from OpenAI" in page.content.decode()
    assert "cthr_1" in page.content.decode()


def test_import_after_the_change(thread_id: str, openai: OpenAI, caller: Caller) -> None:
    """What was said at OpenAI until the last moment is added; what was said here stays."""
    caller.stream(add(thread_id, "How do I create an order?"))
    before = Thread.objects.get().items.count()
    openai.items["cthr_1"].append(text_item("cthi_31", "Last words", created_at=START + 31))
    report = Import(HOSTED, Owners()).run()
    assert (report.extended, report.items.total()) == (1, 1)
    assert Thread.objects.get().items.count() == before + 1
