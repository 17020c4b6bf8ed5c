"""Hostile texts in votes, searches and exports: text in every format, in a time that is short."""

from __future__ import annotations

import csv
import io
import json
import re
import time
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.core.management import call_command
from django.urls import reverse

from chatkit.models import Feedback, Session, Thread, ThreadItem, ToolCall

from ..selfhosted.protocol import Caller, ask, message
from . import world
from .hostile import SURROGATES, TEXTS
from .world import World

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

SECONDS = 10  # of the processor, for all that is done with one text
FORMULA = re.compile(r"""[\s"]*[=+\-@＝＋－＠]""")
# What a terminal obeys, or that turns around what stands behind it.
COMMANDS = [*map(chr, range(0x7F, 0xA0)), *"\u200e\u200f\u2028\u2029\u202d\u202e\u2066\u2069"]
WITH_NUL = "a\0b"


@pytest.fixture
def site(transactional_db: None, settings: Any, workflow_id: str) -> World:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "tests.safety.servers.OpenServer"},
    }
    return world.build(workflow_id)


def one_after_the_other(site: World) -> Iterator[tuple[str, Thread]]:
    """Each text in the conversation, and in the records beside it."""
    for name, text in TEXTS.items():
        began = time.process_time()
        yield text, answered(site, text)
        assert time.process_time() - began < SECONDS, name


def answered(site: World, text: str) -> Thread:
    """A conversation in which all that can be is this text, with a vote on its answer."""
    thread: Thread = site.rows["thread"]
    Thread.objects.filter(pk=thread.pk).update(title=text[:200], metadata={"note": text})
    row = ThreadItem.objects.get(item_id="itm_assistant_message")
    row.payload |= {"content": [{"type": "output_text", "text": text, "annotations": []}]}
    row.save()
    ThreadItem.objects.filter(item_id="itm_user_message").update(
        payload={**message(text), "id": "itm_user_message", "type": "user_message"}
    )
    labels = {"user_label": text[:128], "device_label": text[-128:], "error_cause": text[:255]}
    Session.objects.filter(pk=site.rows["session"].pk).update(**labels)
    ToolCall.objects.update(arguments={"a": text}, outcome=text[:200])
    vote = ask("items.feedback", thread_id=thread.pk, item_ids=[row.item_id], kind="negative")
    assert Caller(site.people["owner"].secret).post(vote).status_code == 200
    return thread


def test_votes_and_searches(site: World) -> None:
    lists = cycle(["session", "thread", "run", "feedback", "attachment", "toolcall"])
    for text, thread in one_after_the_other(site):
        root = site.people["root"].client
        vote = Feedback.objects.get()
        # Each list is searched by a few of the texts: all would be a request for each pair.
        pages = [
            root.get(reverse(f"admin:chatkit_{name}_changelist"), {"q": text[:300]})
            for name in islice(lists, 2)
        ]
        pages += [
            root.get(reverse("admin:chatkit_feedback_change", args=[quote(vote.pk)])),
            root.get(reverse("admin:chatkit_thread_changelist"), {"feedback": "negative"}),
            root.post(reverse("admin:chatkit_thread_open", args=[quote(thread.pk)]), follow=True),
        ]
        for response in pages:
            assert response.status_code == 200
            body = world.body_of(response)
            assert len(body) < 3_000_000
            assert b"<script>alert" not in body
            assert b"<img src=x" not in body
        refused = ask("items.feedback", thread_id=thread.pk, item_ids=[text], kind="positive")
        assert Caller(site.people["owner"].secret).post(refused).status_code in (400, 404)
        assert Feedback.objects.count() == 1


def test_csv_has_rows_and_no_formula(site: World) -> None:
    for _text, _thread in one_after_the_other(site):
        pks = list(Session.objects.values_list("pk", flat=True))
        data = {"action": "export_csv", "_selected_action": pks}
        address = reverse("admin:chatkit_session_changelist")
        response: Any = site.people["root"].client.post(address, data)
        body = b"".join(response.streaming_content).decode("utf-8-sig")
        rows = list(csv.reader(io.StringIO(body)))
        assert len(rows) == 1 + len(pks)
        assert {len(row) for row in rows} == {len(rows[0])}
        for delimiter in ",;\t":
            read = list(csv.reader(io.StringIO(body), delimiter=delimiter))
            assert len(read) == len(rows)
            assert not [cell for row in read for cell in row if FORMULA.match(cell)]
        assert not [
            one for one in body if not one.isprintable() and one not in "\r\n" and one < "\xa0"
        ]


def test_json_has_the_text_itself(site: World) -> None:
    for text, thread in one_after_the_other(site):
        out = io.StringIO()
        call_command("chatkit_export", user="owner", stdout=out)
        written = out.getvalue()
        assert not [one for one in written if one in COMMANDS or (one < " " and one != "\n")]
        found = json.loads(written)
        assert {row["title"] for row in found["threads"] if row["id"] == thread.pk} == {text[:200]}
        answer = next(row for row in found["items"] if row["type"] == "assistant_message")
        assert answer["payload"]["content"][0]["text"] == text
        assert found["feedback"][0]["kind"] == "negative"


@pytest.mark.parametrize("text", [WITH_NUL, *SURROGATES])
def test_what_no_database_holds_is_refused(text: str, site: World) -> None:
    owner = site.people["owner"]
    # Half a character is written as JSON writes it.
    given = json.dumps(text) if text == WITH_NUL else f'"{text}"'
    thread = site.rows["thread"].pk
    for request in (
        ask("items.feedback", thread_id=thread, item_ids=["HERE"], kind="positive"),
        ask("threads.update", thread_id=thread, title="HERE"),
    ):
        body = json.dumps(request).replace('"HERE"', given)
        assert Caller(owner.secret).post(body).status_code == 400
    label = json.dumps({"workflowId": site.rows["session"].workflow_id, "userId": "HERE"})
    address = reverse("chatkit:session")
    body = label.replace('"HERE"', given)
    answer = owner.client.post(address, body, content_type="application/json")
    assert answer.status_code == 400
