"""One conversation as a file: what is in it, and who gets it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from chatkit import personal_data
from chatkit.downloads import file_name
from chatkit.models import Thread, ThreadItem
from chatkit.signals import conversations_read
from tests.selfhosted.protocol import Caller

pytestmark = pytest.mark.django_db(transaction=True)


def export(client: Client, thread: Thread, form: str = "", secret: str = "") -> Any:
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    query = {"as": form} if form else {}
    return client.get(f"/api/chatkit/threads/{thread.pk}/export", query, headers=headers)


def text(response: Any) -> str:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


@pytest.fixture
def thread(ada: Caller, user: Any, workflow_id: str) -> Thread:
    thread = Thread.objects.create(
        user=user, workflow_id=workflow_id, title='Refunds / "2026": \u202e..'
    )
    said = {
        "user_message": {"content": [{"type": "input_text", "text": "# Where\nis it?\x1b[2J"}]},
        "hidden_context_item": {"content": "secret-of-the-host"},
        "assistant_message": {
            "content": [
                {
                    "type": "output_text",
                    "text": "In **Orders**.",
                    "annotations": [
                        {"source": {"type": "url", "title": "A [b]", "url": "https://a.example/x"}},
                        {"source": {"type": "url", "title": "Bad", "url": "javascript:alert(1)"}},
                    ],
                }
            ]
        },
    }
    for kind, payload in said.items():
        ThreadItem.objects.create(thread=thread, item_id=f"itm_{kind}", type=kind, payload=payload)
    other = Thread.objects.create(user=user, workflow_id=workflow_id, title="Another")
    ThreadItem.objects.create(thread=other, item_id="itm_other", type="task", payload={})
    return thread


def test_as_markdown(ada: Caller, thread: Thread) -> None:
    response = export(ada.client, thread, secret=ada.secret)
    found = text(response)
    assert found.startswith('# Refunds / "2026": \ufffd..\n')
    assert "\n> # Where\n> is it?\ufffd[2J\n" in found
    assert "**You** · " in found
    assert "**Assistant** · " in found
    assert "\nIn **Orders**.\n" in found
    assert "1. [A \\[b\\]](<https://a.example/x>)\n2. Bad\n" in found
    assert "javascript:" not in found
    assert "secret-of-the-host" not in found
    assert response["Content-Disposition"] == 'attachment; filename="Refunds 2026.md"'
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    assert "no-store" in response["Cache-Control"]


def test_it_has_all_that_was_said(ada: Caller, user: Any, workflow_id: str) -> None:
    thread = Thread.objects.create(user=user, workflow_id=workflow_id, title="Trip")
    answered = {"values": ["3 May", "4 May"], "skipped": False}
    said: dict[str, Any] = {
        "user_message": {
            "content": [
                {"type": "input_text", "text": "When is "},
                {"type": "input_tag", "text": "Order 7", "id": "7"},
                {"type": "input_text", "text": " sent?"},
            ],
            "quoted_text": "as soon as it is paid",
            "attachments": [{"name": "order.pdf"}],
        },
        "structured_input": {
            "status": "answered",
            "inputs": [
                {"id": "a", "question": "Which dates?", "answer": answered},
                {"id": "b", "question": "Why?", "answer": {"values": [], "skipped": True}},
            ],
        },
        "widget": {"widget": {"type": "Card", "status": {"text": "On its way"}}},
        "generated_image": {"image": {"id": "i", "url": "https://img.example/a.png"}},
    }
    for kind, payload in said.items():
        ThreadItem.objects.create(thread=thread, item_id=f"itm_{kind}", type=kind, payload=payload)
    inline = {"image": {"id": "j", "url": "data:image/png;base64,AAAA"}}
    ThreadItem.objects.create(thread=thread, item_id="j", type="generated_image", payload=inline)
    found = text(export(ada.client, thread, secret=ada.secret))
    parts = [part for part in found.split("\n\n") if " · " not in part]
    assert [part.strip() for part in parts] == [
        "# Trip",
        "> When is Order 7 sent?\n>\n> as soon as it is paid\n>\n> order.pdf",
        "Which dates?",
        "> 3 May\n> 4 May",
        "Why?",
        "On its way",
        "![Generated image](<https://img.example/a.png>)",
        "*Generated image*",
    ]
    to_read = "".join(personal_data.readable(user, "You", "Assistant"))
    assert "\nAssistant: Which dates?\n\nYou: 3 May\n4 May\n\nAssistant: Why?\n" in to_read
    assert "\nYou: When is Order 7 sent?\n\nas soon as it is paid\n\norder.pdf\n" in to_read
    assert "\nAssistant: On its way\n" in to_read
    headers = {"Authorization": f"Bearer {ada.secret}"}
    for words in ("which dates", "may", "on its way", "order 7 sent"):
        hits = ada.client.get("/api/chatkit/threads/search", {"q": words}, headers=headers)
        assert [row["thread"]["id"] for row in hits.json()["data"]] == [thread.pk], words


def test_a_text_from_right_to_left_keeps_its_marks(
    ada: Caller, user: Any, workflow_id: str
) -> None:
    thread = Thread.objects.create(user=user, workflow_id=workflow_id, title="\u0637\u0644\u0628")
    whole = "\u200f\u0627\u0644\u0637\u0644\u0628 \u2068#7\u2069 (CSV)\u200e"
    payload = {"content": [{"text": f"{whole}\n\u2067left open\nend\u2069 \u202eover"}]}
    ThreadItem.objects.create(
        thread=thread, item_id="itm_1", type="assistant_message", payload=payload
    )
    found = text(export(ada.client, thread, secret=ada.secret))
    assert f"\n{whole}\n\ufffdleft open\nend\ufffd \ufffdover\n" in found


def test_as_json_it_is_that_part_of_the_personal_data(ada: Caller, thread: Thread) -> None:
    told = text(export(ada.client, thread, "json", secret=ada.secret))
    found = json.loads(told)
    assert [row["id"] for row in found["threads"]] == [thread.pk]
    assert [row["item_id"] for row in found["items"]] == [
        "itm_user_message",
        "itm_assistant_message",
    ]
    assert "secret-of-the-host" not in told
    assert {"feedback", "runs", "tool_calls", "attachments"} < set(found)
    assert "sessions" not in found
    assert "user" not in found


def test_who_gets_it(ada: Caller, bob: Caller, user: Any, thread: Thread) -> None:
    assert export(bob.client, thread, secret=bob.secret).status_code == 404
    assert export(Client(), thread).status_code == 401
    assert export(Client(), thread, secret="ck_no").status_code == 401
    staff = get_user_model().objects.create_superuser("root", password="pw")
    client = Client()
    client.force_login(staff)
    assert export(client, thread).status_code == 404
    client.force_login(user)
    assert export(client, thread, "json").status_code == 200
    assert export(client, thread, "html").status_code == 400
    Thread.objects.filter(pk=thread.pk).update(deleted_at=thread.created_at)
    assert export(client, thread).status_code == 404
    assert export(ada.client, thread, secret=ada.secret).status_code == 404


def test_that_it_was_taken_is_told(ada: Caller, user: Any, thread: Thread) -> None:
    told = []

    def heard(sender: Any, **kwargs: Any) -> None:
        told.append((kwargs["user"], kwargs["action"], kwargs["thread"].pk, kwargs["what"]))

    conversations_read.connect(heard)
    try:
        text(export(ada.client, thread, secret=ada.secret))
    finally:
        conversations_read.disconnect(heard)
    assert told == [(user, "exported", thread.pk, "conversation")]


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Refunds", "Refunds"),
        ("../../etc/passwd", "etc passwd"),
        ("a\r\nSet-Cookie: x", "a Set-Cookie x"),
        ("\u202egpj.exe", "gpj exe"),
        (" .. ", "none"),
        ("", "none"),
        ("Número ñ 请", "Número ñ 请"),
        ("x" * 500, "x" * 60),
    ],
)
def test_names_of_files(words: str, name: str) -> None:
    assert file_name(words, "none") == name
