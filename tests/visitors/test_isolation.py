"""What is one person's is nobody else's: of two visitors, and of a visitor and a user."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction
from django.test import Client

from chatkit.managers import owned_by
from chatkit.models import (
    Attachment,
    Feedback,
    Run,
    Session,
    Share,
    Thread,
    ThreadItem,
    ToolCall,
    Visitor,
)
from chatkit.testing import Chat

from . import people
from .people import Visit

OWNED: tuple[Any, ...] = (Session, Thread, Run, Attachment, Feedback, ToolCall)


class TestRows:
    def test_a_visitor_owns_what_was_asked(self, visit: Visit) -> None:
        thread = Thread.objects.get()
        assert thread.person == visit.row
        assert thread.user is None
        assert Session.objects.get().person == visit.row
        assert Run.objects.get().person == visit.row

    @pytest.mark.parametrize("model", OWNED)
    def test_a_row_of_nobody_or_of_two_is_refused(
        self, model: Any, visit: Visit, user: Any, workflow_id: str
    ) -> None:
        thread = Thread.objects.get()
        columns: Any = {
            Session: {"workflow_id": workflow_id, "issuer": "self"},
            Thread: {"workflow_id": workflow_id},
            Run: {"thread": thread, "kind": "threads.create"},
            Attachment: {"workflow_id": workflow_id, "name": "a", "mime_type": "text/plain"},
            Feedback: {"thread": thread, "item_id": "x", "kind": "positive"},
            ToolCall: {"thread": thread, "tool": "x", "status": "done"},
        }[model]
        for owner in ({}, {"user": user, "visitor": visit.row}):
            with pytest.raises(IntegrityError), transaction.atomic():
                model.objects.create(**columns, **owner)
        model.objects.create(**columns, visitor=visit.row)
        model.objects.create(**columns, user=user)

    def test_nobody_is_never_the_owner_of_rows_without_a_user(self, visit: Visit) -> None:
        from django.contrib.auth.models import AnonymousUser

        for nobody in (AnonymousUser(), None, Session(workflow_id="x")):
            with pytest.raises(ValueError, match=r"(?i)nobody"):
                owned_by(nobody)
        assert not Thread.objects.for_session(Session(workflow_id="x")).exists()
        assert not Thread.objects.for_user(Visitor(pk="")).exists()

    def test_a_users_key_is_never_a_visitors(self, visit: Visit, user: Any) -> None:
        assert not Thread.objects.for_user(user).exists()
        with pytest.raises(ValueError, match="expected a number"):
            Thread.objects.filter(user_id=visit.row.pk)

    def test_deleting_a_user_or_a_visitor_takes_their_own_along(
        self, visit: Visit, second: Visit, logged_in: Client, user: Any
    ) -> None:
        Chat(logged_in).ask("Where is my order?")
        assert Thread.objects.count() == 3
        user.delete()
        visit.row.delete()
        assert Thread.objects.get().person == second.row
        assert Run.objects.get().person == second.row


@pytest.fixture(params=["visitor", "user"])
def stranger(request: Any, second: Visit, logged_in: Client) -> Chat:
    """Who has no business with `visit`."""
    if request.param == "visitor":
        return second.chat
    chat = Chat(logged_in)
    chat.ask("Where is my order?")
    return chat


def refused(reply: Any) -> bool:
    return reply.status_code == 404 or reply.response.status_code == 404


class TestOthers:
    def test_conversations_are_not_found(self, visit: Visit, stranger: Chat) -> None:
        thread = visit.chat.thread_id
        item = ThreadItem.objects.filter(thread=thread).first()
        asked: dict[str, Any] = {"content": [], "attachments": [], "inference_options": {}}
        for kind, params in (
            ("threads.get_by_id", {}),
            ("items.list", {}),
            ("threads.update", {"title": "mine"}),
            ("threads.delete", {}),
            ("threads.add_user_message", {"input": asked}),
            ("threads.retry_after_item", {"item_id": item.item_id}),
        ):
            reply = stranger.send(kind, thread_id=thread, **params)
            assert reply.status_code == 404, kind
        assert people.vote(stranger, thread, item.item_id) == 404
        assert Thread.objects.get(pk=thread).person == visit.row
        assert not Feedback.objects.exists()

    def test_lists_have_their_own_alone(self, visit: Visit, stranger: Chat) -> None:
        reply = stranger.send("threads.list")
        listed = [one["id"] for one in reply.response.json()["data"]]
        assert listed == [stranger.thread_id]
        for path in ("threads", "threads/search?q=order"):
            told = stranger.client.get(f"/api/chatkit/{path}", headers=bearer(stranger))
            assert told.status_code == 200
            assert stranger.thread_id in told.content.decode()
            assert visit.chat.thread_id not in told.content.decode()

    def test_runs_and_sessions_are_not_found(self, visit: Visit, stranger: Chat) -> None:
        run = Run.objects.get(thread=visit.chat.thread_id)
        session = Session.objects.get(runs=run)
        get, post = stranger.client.get, stranger.client.post
        events = get(f"/api/chatkit/runs/{run.pk}/events", headers=bearer(stranger))
        stop = post(f"/api/chatkit/runs/{run.pk}/stop", headers=bearer(stranger))
        cancel = post(f"/api/chatkit/session/{session.session_id}/cancel")
        export = get(f"/api/chatkit/threads/{visit.chat.thread_id}/export")
        state = get(f"/api/chatkit/launcher/{visit.chat.thread_id}")
        assert [one.status_code for one in (events, stop, cancel, export, state)] == [404] * 5
        session.refresh_from_db()
        assert session.status == Session.Status.ACTIVE

    def test_the_page_does_not_open_them(self, visit: Visit, stranger: Chat) -> None:
        page = stranger.client.get(f"/apps/chatkit/?thread={visit.chat.thread_id}")
        assert page.context["config"]["thread"] is None
        own = visit.client.get(f"/apps/chatkit/?thread={visit.chat.thread_id}")
        assert own.context["config"]["thread"] == visit.chat.thread_id

    def test_a_session_is_not_given_again_to_another(
        self, visit: Visit, stranger: Chat, workflow_id: str
    ) -> None:
        theirs = Session.objects.get(visitor=visit.row).session_id
        found = people.ask_session(stranger.client, workflow_id, resumes=theirs).json()
        assert found["session_id"] != theirs
        found = people.ask_session(stranger.client, workflow_id, sessionId=theirs).json()
        assert found["replaced"] == ""

    def test_files_are_not_found(self, visit: Visit, stranger: Chat, workflow_id: str) -> None:
        row = Attachment.objects.create(
            visitor=visit.row, workflow_id=workflow_id, name="a", mime_type="text/plain", file="a"
        )
        url = f"/api/chatkit/attachments/{row.pk}"
        assert stranger.client.get(url).status_code == 404
        assert stranger.client.get(url, headers=bearer(stranger)).status_code == 404

    def test_counts_are_their_own(
        self, visit: Visit, stranger: Chat, settings: Any, workflow_id: str
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"request": "2/h"}}
        for _ in range(2):
            assert visit.chat.send("threads.list").status_code == 200
        assert visit.chat.send("threads.list").status_code == 429
        assert stranger.send("threads.list").status_code == 200


def bearer(chat: Chat) -> dict[str, str]:
    return {"Authorization": f"Bearer {chat._client_secret()}"}


# Where rows are looked up for who asks.
ROOMS = (
    "attachments",
    "entities",
    "page",
    "retention",
    "selfhosted",
    "sharing",
    "threads",
    "voice",
)
BY_USER = re.compile(r"(?:filter|exclude|get)\([^)]*\b(?:\w+__)?user(?:_id|__\w+)?=")


@pytest.mark.parametrize("room", ROOMS)
def test_rows_of_somebody_are_looked_up_by_one_condition(room: str) -> None:
    """`user_id=None`, as a visitor's row has it, would be a condition that all visitors meet."""
    for path in Path(settings.BASE_DIR, "chatkit", room).rglob("*.py"):
        assert not BY_USER.search(path.read_text("utf-8")), path


def test_a_visitor_makes_no_links(visit: Visit, settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"SHARING": {"seconds": 600}}
    path = f"/api/chatkit/threads/{visit.chat.thread_id}/shares"
    assert visit.client.post(path, headers=bearer(visit.chat)).json()["error"]["code"] == (
        "not_enabled"
    )
    assert not Share.objects.exists()


def test_what_openai_is_told_of_a_visitor_is_no_users(visit: Visit) -> None:
    from chatkit.hosted.owners import Owners, upstream_user

    name = upstream_user(visit.row.pk)
    assert name.endswith(visit.row.pk)
    assert "vis_" in name
    assert Owners().owner(name) is None
