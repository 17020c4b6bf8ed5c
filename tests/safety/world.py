"""Six people on one site, and what one of them owns: a canary in all that is private."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.files.base import ContentFile
from django.test import Client

from chatkit.contrib.console.models import (
    Evaluation,
    EvaluationQuestion,
    EvaluationSet,
    Question,
    QuestionGroup,
    Review,
)
from chatkit.models import (
    Attachment,
    Feedback,
    Run,
    RunEvent,
    Share,
    Thread,
    ThreadItem,
    ToolCall,
    Visitor,
)

from ..selfhosted.protocol import message, secret_of, session_of

# In the order in which the tables give a status for each.
PEOPLE = ("stranger", "owner", "other", "staff", "viewer", "root")
IN_TURN = (*PEOPLE[:1], *PEOPLE[2:], "owner")  # what the others did leaves the owner all
# Nobody else than the owner, and who may read conversations.
READERS = {"root", "owner"}
CANARY = "canary"


@dataclass
class Person:
    name: str
    client: Client
    secret: str  # "" for the stranger

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.secret}"} if self.secret else {}


@dataclass
class World:
    people: dict[str, Person]
    rows: dict[str, Any]  # what the owner has, by the names of models
    user: Any  # the owner


def build(workflow_id: str) -> World:
    users = {
        name: get_user_model().objects.create_user(
            name, password="pw", is_staff=name in ("staff", "viewer", "root")
        )
        for name in PEOPLE
        if name != "stranger"
    }
    get_user_model().objects.filter(username="root").update(is_superuser=True)
    views = Permission.objects.filter(
        content_type__app_label="chatkit", codename__startswith="view_"
    )
    users["viewer"].user_permissions.set(views)
    people = {"stranger": Person("stranger", Client(), "")}
    for name, user in users.items():
        client = Client()
        client.force_login(user)
        people[name] = Person(name, client, secret_of(user, workflow_id))
    return World(people, belongings(users["owner"], workflow_id), users["owner"])


def belongings(user: Any, workflow_id: str) -> dict[str, Any]:
    """A row of each model."""
    session = session_of(user, workflow_id)
    thread = Thread.objects.create(
        user=user,
        workflow_id=workflow_id,
        title="canary-title",
        metadata={"note": "canary-metadata"},
    )
    common = {"user": user, "thread": thread}
    run = Run.objects.create(
        **common,
        session=session,
        kind="threads.create",
        status="completed",
        outcome="answered",
        searched=[{"query": "canary-query", "language": "en"}],
    )
    RunEvent.objects.create(run=run, number=1, data='data: {"type":"canary-frame"}\n\n')
    items = {
        "user_message": {**message("canary-question"), "quoted_text": "canary-quote"},
        "assistant_message": {"content": [{"type": "output_text", "text": "canary-answer"}]},
        "structured_input": {
            "inputs": [{"type": "freeform", "id": "q1", "question": "canary-form"}]
        },
        "widget": {
            "widget": {"type": "Card", "children": [{"type": "Text", "value": "canary-widget"}]}
        },
        "client_tool_call": {
            "call_id": "c",
            "name": "look",
            "status": "pending",  # which the last one may be alone
            "arguments": {"a": "canary-argument"},
        },
    }
    for kind, payload in items.items():
        whole = {
            "id": f"itm_{kind}",
            "thread_id": thread.pk,
            "type": kind,
            "created_at": "2026-01-02T03:04:05",
            **payload,
        }
        ThreadItem.objects.create(thread=thread, item_id=whole["id"], type=kind, payload=whole)
    share = Share.objects.create(
        thread=thread, token_hash="0" * 64, until_sequence=0, expires_at=thread.created_at
    )
    name = "canary-file.pdf"
    kind = "application/pdf"
    attachment = Attachment.objects.create(
        **common,
        workflow_id=workflow_id,
        name=name,
        mime_type=kind,
        file=ContentFile(b"canary-content", name),
        payload={"id": "atc_1", "type": "file", "name": name, "mime_type": kind},
    )
    group = QuestionGroup.objects.create(key="k", article="getting-started")
    Question.objects.create(run=run, user=user, asked_at=run.created_at, group=group, pending=False)
    Review.objects.create(run=run, source="down")
    evaluations = EvaluationSet.objects.create(name="orders")
    EvaluationQuestion.objects.create(evaluation_set=evaluations, key="k", question="Q?")
    Evaluation.objects.create(evaluation_set=evaluations, number=1, status="done")
    return {
        "group": group,
        "evaluations": evaluations,
        "session": session,
        "thread": thread,
        "run": run,
        "attachment": attachment,
        "share": share,
        "visitor": Visitor.objects.create(key_hash="canary-hash"),
        "feedback": Feedback.objects.create(
            **common, item_id="itm_assistant_message", kind="negative"
        ),
        "toolcall": ToolCall.objects.create(
            **common,
            run=run,
            tool="look",
            status="done",
            arguments={"a": "canary-argument"},
            held={"a": "canary-held"},
            outcome="canary-outcome",
        ),
    }


def body_of(response: Any) -> bytes:
    """All that it says, headers too; at most so much of a stream as a small one has."""
    head = "\n".join(f"{name}: {value}" for name, value in response.items()).encode()
    if not response.streaming:
        return head + bytes(response.content)
    body = b""
    for chunk in response.streaming_content:
        body += chunk
        assert len(body) < 1_000_000, "a stream without end"
    return head + body
