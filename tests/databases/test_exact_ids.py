"""Ids that differ in case alone are different ids, whatever the database's collation."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from chatkit.contrib.console.evaluations import exchange
from chatkit.contrib.console.models import EvaluationSet
from chatkit.models import Feedback, Session, Thread, ThreadItem, ToolCall
from chatkit.selfhosted.runs.writes import upsert

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_sessions(user: Any) -> None:
    fields = {"user": user, "workflow_id": "wf_1", "issuer": Session.Issuer.OPENAI}
    for session_id in ("cksess_a", "cksess_A"):
        Session.objects.create(session_id=session_id, **fields)
    assert Session.objects.get(session_id="cksess_A").session_id == "cksess_A"
    with pytest.raises(IntegrityError), transaction.atomic():
        Session.objects.create(session_id="cksess_a", **fields)


def test_imported_threads(user: Any) -> None:
    for upstream_id in ("cthr_a", "cthr_A"):
        Thread.objects.create(user=user, workflow_id="wf_1", upstream_id=upstream_id)
    assert Thread.objects.get(upstream_id="cthr_a").upstream_id == "cthr_a"


def test_items_and_votes(user: Any) -> None:
    thread = Thread.objects.create(user=user, workflow_id="wf_1")
    for text in ("old", "new"):
        rows = [
            ThreadItem(item_id=item_id, thread=thread, type="task", payload={"text": text + end})
            for item_id, end in (("tsk_a", ""), ("tsk_A", " two"), ("tsk_á", " three"))
        ]
        upsert(ThreadItem, rows, ["thread", "item_id"], ["type", "payload"])
    found = {item.item_id: item.payload["text"] for item in thread.items.all()}
    assert found == {"tsk_a": "new", "tsk_A": "new two", "tsk_á": "new three"}
    for item_id in ("tsk_a", "tsk_A"):
        Feedback.objects.create(thread=thread, item_id=item_id, user=user, kind="positive")
    assert Feedback.objects.filter(item_id="tsk_A").count() == 1


def test_tool_calls(user: Any) -> None:
    thread = Thread.objects.create(user=user, workflow_id="wf_1")
    for call_id in ("tcl_a", "tcl_A"):
        ToolCall.objects.create(id=call_id, thread=thread, user=user, tool="note")
    assert ToolCall.objects.get(pk="tcl_A").pk == "tcl_A"


def test_evaluation_sets() -> None:
    names = ["orders", "Orders", "örders"]
    for _time in range(2):
        for name in names:
            questions = [{"question": f"What of {name}?", "outcome": "answered"}]
            file = {"format": exchange.FORMAT, "name": name, "questions": questions}
            exchange.take_in(exchange.load(json.dumps(file).encode()))
    kept = {one.name: one.questions.get().question for one in EvaluationSet.objects.all()}
    assert kept == {name: f"What of {name}?" for name in names}
