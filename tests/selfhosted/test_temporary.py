"""Temporary conversations: in no list, read by nobody else, and gone with their session."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.test import Client
from django.utils import timezone

from chatkit import personal_data
from chatkit.contrib.console import unanswered
from chatkit.contrib.console.models import Change, EvaluationQuestion, QuestionGroup, Reading
from chatkit.contrib.console.said.index import catch_up
from chatkit.contrib.console.said.models import Said
from chatkit.models import Attachment, Feedback, Run, Session, Thread, ThreadItem
from chatkit.retention import temporary
from chatkit.selfhosted.runs import recovery

from .protocol import Caller, add, ask, create, thread_id_of

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = {"metadata": {"chatkit.temporary": True}}
SESSION = "/api/chatkit/session"
COLLECT = "/apps/chatkit/console/quality/collect/"


class Person:
    """A login with a session of its own."""

    def __init__(self, user: Any, workflow_id: str) -> None:
        self.user, self.workflow_id = user, workflow_id
        self.client = Client()
        self.client.force_login(user)
        self.begin()

    def begin(self, replaces: str = "") -> None:
        body = {"workflowId": self.workflow_id, "sessionId": replaces}
        answer = self.client.post(SESSION, body, content_type="application/json").json()
        self.caller, self.session_id = Caller(answer["client_secret"]), answer["session_id"]

    def cancel(self) -> None:
        assert self.client.post(f"{SESSION}/{self.session_id}/cancel").status_code == 200

    def titles(self) -> list[str]:
        return [row["id"] for row in self.caller.json(ask("threads.list"))["data"]]


@pytest.fixture
def ada(user: Any, workflow_id: str, settings: Any) -> Person:
    settings.CHATKIT = {
        **settings.CHATKIT,
        "WORKFLOWS": {workflow_id: "tests.selfhosted.servers.ScriptedServer"},
    }
    return Person(user, workflow_id)


def begun(person: Person, words: str = "secretword") -> str:
    return thread_id_of(person.caller.stream(create(words) | WANTED))


def there(thread_id: str) -> bool:
    return Thread.objects.filter(pk=thread_id).exists()


def test_it_is_in_no_list_and_says_what_it_is(ada: Person) -> None:
    events = ada.caller.stream(create("secretword") | WANTED)
    created = next(event for event in events if event["type"] == "thread.created")
    assert created["thread"]["metadata"] == {"chatkit.temporary": True}
    thread_id = thread_id_of(events)
    kept = thread_id_of(ada.caller.stream(create("kept")))
    assert ada.titles() == [kept]
    row = Thread.objects.get(pk=thread_id)
    assert (row.temporary, row.title) == (True, "")
    again = ada.caller.json(ask("threads.get_by_id", thread_id=thread_id))
    assert again["metadata"] == {"chatkit.temporary": True}
    assert "secretword" in json.dumps(again)
    assert ada.caller.json(ask("threads.get_by_id", thread_id=kept))["metadata"] == {}
    assert "secretword" not in ada.client.get("/").content.decode()


@pytest.mark.parametrize("metadata", [{}, {"chatkit.temporary": "yes"}, {"temporary": True}])
def test_others_are_kept(ada: Person, metadata: dict[str, Any]) -> None:
    kept = thread_id_of(ada.caller.stream(create("kept") | {"metadata": metadata}))
    assert ada.titles() == [kept]


def test_no_name_is_kept_of_it(ada: Person) -> None:
    thread_id = begun(ada)
    ada.caller.stream(add(thread_id, "another secretword"))
    ada.caller.json(ask("threads.update", thread_id=thread_id, title="secretword"))
    row = Thread.objects.get(pk=thread_id)
    assert row.title == ""
    assert row.temporary


def test_it_outlives_a_reload_and_a_new_secret(ada: Person) -> None:
    thread_id = begun(ada)
    ada.begin(replaces=ada.session_id)
    assert temporary.delete_ended() == 0
    first = ada.session_id
    ada.begin()  # a page that knows of no session before
    ada.caller.json(ask("threads.get_by_id", thread_id=thread_id))
    assert Thread.objects.get(pk=thread_id).session == Session.objects.get(
        session_id=ada.session_id
    )
    ada.client.post(f"{SESSION}/{first}/cancel")
    assert there(thread_id)
    ada.caller.stream(add(thread_id, "and more"))


def test_it_goes_when_its_session_is_ended(ada: Person, other: Any) -> None:
    bob = Person(other, ada.workflow_id)
    his, hers = begun(bob), begun(ada)
    kept = thread_id_of(ada.caller.stream(create("kept")))
    ada.cancel()
    assert [there(pk) for pk in (hers, his, kept)] == [False, True, True]


def test_it_goes_with_the_log_out(ada: Person) -> None:
    thread_id = begun(ada)
    ada.client.post("/accounts/logout/")
    assert not there(thread_id)


def test_it_goes_with_the_password(ada: Person, user: Any) -> None:
    thread_id = begun(ada)
    user.set_password("another")
    user.save()
    assert not there(thread_id)


@pytest.mark.parametrize(("minutes", "stays"), [(29, True), (31, False)])
def test_the_clock_takes_it_a_while_after_its_session_ran_out(
    ada: Person, minutes: int, stays: bool
) -> None:
    thread_id = begun(ada)
    ran_out = timezone.now() - datetime.timedelta(minutes=minutes)
    Session.objects.update(expires_at=ran_out)
    recovery.sweep()
    assert there(thread_id) is stays


def test_a_session_record_that_is_deleted_takes_it_along(ada: Person) -> None:
    thread_id = begun(ada)
    Session.objects.all().delete()
    recovery.sweep()
    assert not there(thread_id)


def test_staff_see_that_it_was_and_not_what_was_said(ada: Person, admin_client: Client) -> None:
    thread_id = begun(ada)
    Run.objects.update(outcome="not_found")
    catch_up()
    assert "secretword" not in Said.objects.get(thread=thread_id).words
    unanswered.gather()
    assert not QuestionGroup.objects.exists()
    console = f"/apps/chatkit/console/conversations/{thread_id}/"
    admin = f"/admin/chatkit/thread/{quote(thread_id)}"
    admin_client.post(f"{console}open/")
    admin_client.post(f"{admin}/open/")
    for address in (console, f"{admin}/change/"):
        html = admin_client.get(address).content.decode()
        assert "A temporary conversation: its words are not shown" in html
        assert "secretword" not in html
    for address in ("/apps/chatkit/console/conversations/", "/admin/chatkit/thread/"):
        html = admin_client.get(address).content.decode()
        assert thread_id in html or quote(thread_id) in html
        assert "secretword" not in html
    assert Run.objects.get().searched == []
    # Nor are the names of its files, or a question of it in an evaluation set.
    owner = {"user": ada.user, "workflow_id": ada.workflow_id, "mime_type": "text/plain"}
    Attachment.objects.create(thread_id=thread_id, name="secretword.txt", **owner)
    kept = Thread.objects.create(id="thr_kept", user=ada.user, workflow_id=ada.workflow_id)
    Attachment.objects.create(thread=kept, name="another.txt", **owner)
    Attachment.objects.create(name="not-sent-secretword.txt", **owner)  # perhaps for such a one
    files = admin_client.get("/admin/chatkit/attachment/").content.decode()
    found = admin_client.get("/admin/chatkit/attachment/?q=secretword").content.decode()
    assert "0 results" in found
    assert ("secretword" in files, "another.txt" in files) == (False, True)
    admin_client.post(COLLECT, {"run": Run.objects.get().pk, "set": "mine"})
    assert not EvaluationQuestion.objects.exists()
    said = [str(row.__dict__) for model in (Reading, Change) for row in model.objects.all()]
    assert "secretword" not in "".join(said)


def test_a_comment_on_it_is_not_kept(ada: Person) -> None:
    thread_id = begun(ada)
    item = ThreadItem.objects.filter(thread=thread_id, type="assistant_message").get()
    vote = ask("items.feedback", thread_id=thread_id, item_ids=[item.item_id], kind="negative")
    why = {"reason": "wrong", "comment": "secretword"}
    ada.caller.json(vote | {"metadata": {"chatkit.feedback": why}})
    assert [(vote.reason, vote.comment) for vote in Feedback.objects.all()] == [("wrong", "")]


def test_who_asks_for_the_own_data_gets_it_too(ada: Person, user: Any) -> None:
    begun(ada)
    exported = json.loads("".join(personal_data.export(user)))
    assert [row["temporary"] for row in exported["threads"]] == [True]
    assert "secretword" in json.dumps(exported["items"])
