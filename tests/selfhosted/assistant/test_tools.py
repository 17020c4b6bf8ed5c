"""Tools: by right, with the user's word, each use on record. The site's own are the example."""

from __future__ import annotations

import datetime
import re
import threading
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.utils import timezone

from chatkit.models import ThreadItem, ToolCall
from chatkit.selfhosted.runs import heartbeat, process, recovery
from chatkit.toolbox import MASK, ToolContext, tool
from mseller.customers.models import Customer, Note
from tests.selfhosted.protocol import (
    Caller,
    add,
    ask,
    create,
    secret_of,
    text_of,
    thread_id_of,
    until,
)

from .model_server import Model, chat, chat_call

NOTE = {"text": "Call back about the offer", "due": "2026-12-01"}


def allow(user: Any, *codenames: str) -> None:
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


@pytest.fixture
def acme(db: None) -> Customer:
    return Customer.objects.create(name="Acme", email="hi@acme.example")


@pytest.fixture
def clerk(chat_ada: Caller, user: Any) -> Caller:
    allow(user, "view_customer", "add_note")
    return chat_ada


def asked(model: Model, caller: Caller, customer: Customer) -> tuple[str, dict[str, Any]]:
    """Ask for a note: the thread and the card that asks for the user's word."""
    call = chat_call("add_follow_up_note", NOTE | {"customer": customer.pk})
    model.answers = [call, chat("Please decide.")]
    found = caller.stream(create("Add a note"))
    card = next(
        event["item"]
        for event in found
        if event["type"] == "thread.item.done" and event["item"]["type"] == "widget"
    )
    return thread_id_of(found), card


def press(caller: Caller, thread: str, card: dict[str, Any], button: str) -> list[dict[str, Any]]:
    action = card["widget"][button]["action"]
    request = ask("threads.custom_action", thread_id=thread, item_id=card["id"], action=action)
    return caller.stream(request)


def offered(model: Model) -> list[str]:
    return [tool["function"]["name"] for tool in model.bodies[-1].get("tools", [])]


@pytest.fixture
def root(admin: Any) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def status_shown(client: Client, query: str = "") -> list[str]:
    """The statuses in the admin's list, by their colours."""
    page = client.get(f"/admin/chatkit/toolcall/{query}").content.decode()
    return re.findall(r"chatkit-status--(\w+)", page)


class TestPermission:
    def test_hidden_without_it(self, chat_ada: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat("Hi.")]
        chat_ada.stream(create("Hello"))
        assert offered(scripted_model) == ["search_articles", "report_outcome"]

    def test_offered_with_it(self, clerk: Caller, scripted_model: Model) -> None:
        scripted_model.answers = [chat("Hi.")]
        clerk.stream(create("Hello"))
        assert set(offered(scripted_model)) == {
            "search_articles", "find_customers", "add_follow_up_note", "report_outcome",
        }  # fmt: skip
        schema = scripted_model.bodies[-1]["tools"]
        note = next(t for t in schema if t["function"]["name"] == "add_follow_up_note")
        properties = note["function"]["parameters"]["properties"]
        assert properties["customer"]["description"] == "The customer's id, from find_customers."
        assert note["function"]["parameters"]["required"] == ["customer", "text"]

    def test_a_workflow_may_have_fewer(
        self, clerk: Caller, scripted_model: Model, settings: Any, workflow_id: str, acme: Customer
    ) -> None:
        server = settings.CHATKIT["WORKFLOWS"][workflow_id]
        entry = {"server": server, "tools": ["search_articles"]}
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: entry}}
        scripted_model.answers = [chat_call("find_customers", {"name": "acme"}), chat("I can’t.")]
        clerk.stream(create("Who is Acme?"))
        assert offered(scripted_model) == ["search_articles", "report_outcome"]
        assert "hi@acme.example" not in str(scripted_model.bodies[-1])

    def test_one_that_nobody_declares_is_logged_once(
        self,
        clerk: Caller,
        scripted_model: Model,
        settings: Any,
        workflow_id: str,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        entry = {
            "server": settings.CHATKIT["WORKFLOWS"][workflow_id],
            "tools": ["search_articles", "find_custmers"],
        }
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: entry}}
        scripted_model.answers = [chat("Hi."), chat("Hi again.")]
        clerk.stream(create("Hello"))
        clerk.stream(create("Hello again"))
        assert offered(scripted_model) == ["search_articles", "report_outcome"]
        (told,) = [record for record in caplog.records if "find_custmers" in record.getMessage()]
        assert told.levelname == "WARNING"

    def test_a_card_of_a_tool_that_the_workflow_lost(
        self, clerk: Caller, scripted_model: Model, settings: Any, workflow_id: str, acme: Customer
    ) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        entry = {"server": settings.CHATKIT["WORKFLOWS"][workflow_id], "tools": []}
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: entry}}
        press(clerk, thread, card, "confirm")
        assert not Note.objects.exists()

    def test_hidden_tool_is_not_run(
        self, chat_ada: Caller, scripted_model: Model, acme: Customer
    ) -> None:
        """A model may name a tool that it was never offered."""
        call = chat_call("find_customers", {"name": "acme"})
        scripted_model.answers = [call, chat("I can’t.")]
        found = chat_ada.stream(create("Who is Acme?"))
        assert text_of(found) == "I can’t."
        assert "hi@acme.example" not in str(scripted_model.bodies[-1])
        assert ToolCall.objects.filter(status="done").count() == 0

    def test_taken_away_meanwhile(
        self, clerk: Caller, scripted_model: Model, acme: Customer, user: Any
    ) -> None:
        """Offered at the beginning of the answer, refused when it is called."""

        def lose(body: dict[str, Any]) -> Any:
            user.user_permissions.clear()
            return chat_call("find_customers", {"name": "acme"})

        scripted_model.answers = [lose, chat("You may not.")]
        clerk.stream(create("Who is Acme?"))
        assert "permission" in scripted_model.bodies[-1]["messages"][-1]["content"]
        assert "hi@acme.example" not in str(scripted_model.bodies[-1])
        call = ToolCall.objects.get()
        assert (call.tool, call.status, call.user) == ("find_customers", "refused", user)


class TestCall:
    def test_answer_goes_to_the_model_and_on_record(
        self, clerk: Caller, scripted_model: Model, acme: Customer, user: Any
    ) -> None:
        scripted_model.answers = [chat_call("find_customers", {"name": "acm"}), chat("Found.")]
        found = clerk.stream(create("Who is Acme?"))
        assert text_of(found) == "Found."
        assert "hi@acme.example" in scripted_model.bodies[-1]["messages"][-1]["content"]
        call = ToolCall.objects.get()
        assert (call.user, call.tool, call.status) == (user, "find_customers", "done")
        assert call.arguments == {"name": "acm"}
        assert "hi@acme.example" in call.outcome
        assert call.run.thread_id == call.thread_id == thread_id_of(found)
        assert call.ended_at is not None
        assert call.ended_at >= call.created_at

    def test_arguments_that_do_not_fit(
        self, clerk: Caller, scripted_model: Model, acme: Customer
    ) -> None:
        given = ("{not json", {"nme": "x"}, {"name": 7, "password": "canary"}, "[]")
        for arguments in given:
            scripted_model.answers = [chat_call("find_customers", arguments), chat("Sorry.")]
            found = clerk.stream(create("Who?"))
            assert text_of(found) == "Sorry."
        calls = list(ToolCall.objects.order_by("created_at"))
        assert [call.arguments for call in calls] == [
            {}, {"nme": "x"}, {"name": 7, "password": MASK}, {},
        ]  # fmt: skip
        assert {call.status for call in calls} == {"unfit"}
        assert all(call.outcome.startswith("The arguments do not fit: ") for call in calls)
        assert all(call.ended_at and call.run_id for call in calls)


class TestConfirmation:
    def test_nothing_is_done_before(
        self, clerk: Caller, scripted_model: Model, acme: Customer
    ) -> None:
        _thread, card = asked(scripted_model, clerk, acme)
        assert Note.objects.count() == 0
        assert "Not done yet" in scripted_model.bodies[-1]["messages"][-1]["content"]
        shown = str(card["widget"])
        assert "Acme" in shown
        assert NOTE["text"] in shown
        call = ToolCall.objects.get()
        assert (call.status, call.item_id) == ("waiting", card["id"])
        payload = card["widget"]["confirm"]["action"]["payload"]
        # The arguments stay here; the element takes the buttons off when the hour is over.
        assert payload == {"call": call.pk, "expires_at": int(call.waits_until.timestamp())}
        assert call.waits_until - call.created_at == datetime.timedelta(hours=1)

    def test_the_card_of_a_temporary_conversation_says_what_it_asks(
        self, own_registry: None, chat_ada: Caller, scripted_model: Model
    ) -> None:
        """Its record has no words of it."""

        @tool(confirm=True)
        def rename(ctx: ToolContext, new_name: str, password: str) -> str:
            """Rename something."""
            return "Done."

        call = chat_call("rename", {"new_name": "Blue whale", "password": "canary"})
        scripted_model.answers = [call, chat("Please decide.")]
        temporary = {"metadata": {"chatkit.temporary": True}}
        found = chat_ada.stream(create("Rename it") | temporary)
        cards = [event["item"] for event in found if event.get("item", {}).get("type") == "widget"]
        lines = [part["value"] for part in cards[0]["widget"]["children"]]
        assert lines[1:] == ["new name: Blue whale", f"password: {MASK}"]
        assert ToolCall.objects.get().arguments == {}

    def test_confirm(self, clerk: Caller, scripted_model: Model, acme: Customer, user: Any) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        asked_before = len(scripted_model.requests)
        found = press(clerk, thread, card, "confirm")
        note = Note.objects.get()
        assert (note.customer, note.text, note.author) == (acme, NOTE["text"], user)
        assert note.due_on == datetime.date(2026, 12, 1)
        assert text_of(found) == "The note was added to Acme."
        replaced = [e["item"] for e in found if e["type"] == "thread.item.replaced"]
        assert [item["id"] for item in replaced] == [card["id"]]
        assert "confirm" not in replaced[0]["widget"]
        stored = ThreadItem.objects.get(thread_id=thread, item_id=card["id"])
        assert "confirm" not in stored.payload["widget"]
        call = ToolCall.objects.get()
        assert (call.status, call.outcome) == ("done", "The note was added to Acme.")
        assert call.held is None
        assert len(scripted_model.requests) == asked_before  # no model decides about it

    def test_model_knows_it_afterwards(
        self, clerk: Caller, scripted_model: Model, acme: Customer
    ) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        press(clerk, thread, card, "confirm")
        scripted_model.answers = [chat("Yes.")]
        clerk.stream(add(thread, "Is it there?"))
        said = [m["content"] for m in scripted_model.bodies[-1]["messages"]]
        assert "The note was added to Acme." in said

    def test_cancel(self, clerk: Caller, scripted_model: Model, acme: Customer) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        found = press(clerk, thread, card, "cancel")
        assert Note.objects.count() == 0
        assert "Cancelled" in str(next(e for e in found if e["type"] == "thread.item.replaced"))
        assert ToolCall.objects.get().status == "cancelled"
        assert press(clerk, thread, card, "confirm")[-1]["type"] == "error"
        assert Note.objects.count() == 0

    def test_once(self, clerk: Caller, scripted_model: Model, acme: Customer) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        press(clerk, thread, card, "confirm")
        again = press(clerk, thread, card, "confirm")
        assert again[-1]["message"] == "This has been decided already."
        assert Note.objects.count() == 1

    def test_in_many_tabs_at_once(
        self, clerk: Caller, scripted_model: Model, acme: Customer
    ) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        action = card["widget"]["confirm"]["action"]
        request = ask("threads.custom_action", thread_id=thread, item_id=card["id"], action=action)
        barrier = threading.Barrier(5)
        codes: list[int] = []

        def send() -> None:
            barrier.wait()
            answer = clerk.post(request)
            if answer.status_code == 200:
                b"".join(answer.streaming_content)
            codes.append(answer.status_code)
            connection.close()

        tabs = [threading.Thread(target=send) for _ in range(5)]
        for tab in tabs:
            tab.start()
        for tab in tabs:
            tab.join()
        assert set(codes) <= {200, 409}
        assert Note.objects.count() == 1
        assert ToolCall.objects.get().status == "done"

    def test_another_user(
        self, clerk: Caller, scripted_model: Model, acme: Customer, other: Any, workflow_id: str
    ) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        allow(other, "view_customer", "add_note")
        bob = Caller(secret_of(other, workflow_id))
        scripted_model.answers = [chat("Hi.")]
        bobs = thread_id_of(bob.stream(create("Hello")))
        action = card["widget"]["confirm"]["action"]
        for where in (
            {"thread_id": thread},
            {"thread_id": thread, "item_id": card["id"]},
            {"thread_id": bobs, "item_id": card["id"]},
        ):
            answer = bob.post(ask("threads.custom_action", action=action, **where))
            assert answer.status_code == 404, where
        found = bob.stream(ask("threads.custom_action", thread_id=bobs, action=action))
        assert found[-1]["message"] == "This has been decided already."
        assert Note.objects.count() == 0
        assert ToolCall.objects.get().status == "waiting"

    def test_another_card(self, clerk: Caller, scripted_model: Model, acme: Customer) -> None:
        """A card's button works from that card alone, and only while it is in the thread."""
        _thread, card = asked(scripted_model, clerk, acme)
        other_thread, other = asked(scripted_model, clerk, acme)
        mixed = other | {"widget": card["widget"]}
        assert press(clerk, other_thread, mixed, "confirm")[-1]["type"] == "error"
        assert (
            press(clerk, other_thread, card | {"id": other["id"]}, "confirm")[-1]["type"] == "error"
        )
        assert Note.objects.count() == 0

    def test_right_taken_away(
        self, clerk: Caller, scripted_model: Model, acme: Customer, user: Any
    ) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        user.user_permissions.clear()
        found = press(clerk, thread, card, "confirm")
        assert "permission" in str(found[-1])
        assert Note.objects.count() == 0
        assert ToolCall.objects.get().status == "refused"

    def test_expired(self, clerk: Caller, scripted_model: Model, acme: Customer) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        call = ToolCall.objects.get()
        call.created_at -= datetime.timedelta(hours=2)
        call.save()
        assert "expired" in str(press(clerk, thread, card, "confirm")[-1])
        assert Note.objects.count() == 0
        assert ToolCall.objects.get().status == "expired"

    def test_expired_by_the_clock(
        self, clerk: Caller, scripted_model: Model, acme: Customer, root: Client
    ) -> None:
        """Nobody presses: what was held goes, and a late press is told why."""
        thread, card = asked(scripted_model, clerk, acme)
        ToolCall.objects.update(created_at=timezone.now() - datetime.timedelta(minutes=61))
        assert status_shown(root) == ["expired"]
        assert status_shown(root, "?status=waiting") == []
        recovery.sweep()
        call = ToolCall.objects.get()
        assert (call.status, call.held) == ("expired", None)
        assert call.ended_at is not None
        assert status_shown(root, "?status=expired") == ["expired"]
        assert "expired" in str(press(clerk, thread, card, "confirm")[-1])
        assert Note.objects.count() == 0

    def test_expired_by_the_clock_where_nobody_asks_any_more(
        self,
        clerk: Caller,
        scripted_model: Model,
        acme: Customer,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(heartbeat, "BEAT_SECONDS", 0.02)
        monkeypatch.setattr(heartbeat, "SWEEP_SECONDS", 0.1)
        monkeypatch.setattr(recovery, "KEEP_SECONDS", 0)
        asked(scripted_model, clerk, acme)
        ToolCall.objects.update(
            created_at=timezone.now() - ToolCall.objects.all().WAITS + datetime.timedelta(seconds=3)
        )
        beat = process.current().heartbeat
        assert beat is not None
        until(beat.done)  # nobody is here
        assert ToolCall.objects.get().held is not None
        until(lambda: ToolCall.objects.get().held is None)

    def test_what_can_not_work_is_not_asked(self, clerk: Caller, scripted_model: Model) -> None:
        call = chat_call("add_follow_up_note", NOTE | {"customer": 999})
        scripted_model.answers = [call, chat("No such customer.")]
        found = clerk.stream(create("Add a note"))
        assert "widget" not in str([e.get("item", {}).get("type") for e in found])
        assert scripted_model.bodies[-1]["messages"][-1]["content"] == "There is no such customer."

    def test_customer_gone_meanwhile(
        self, clerk: Caller, scripted_model: Model, acme: Customer
    ) -> None:
        thread, card = asked(scripted_model, clerk, acme)
        acme.delete()
        found = press(clerk, thread, card, "confirm")
        assert text_of(found) == "There is no such customer."
        assert "not done" in str([e for e in found if e["type"] == "thread.item.replaced"][-1])
        assert ToolCall.objects.get().status == "failed"


class TestAdmin:
    def test_arguments_are_for_those_who_may_read(
        self, clerk: Caller, scripted_model: Model, acme: Customer, admin: Any, other: Any
    ) -> None:
        asked(scripted_model, clerk, acme)
        call = ToolCall.objects.get()
        url = f"/admin/chatkit/toolcall/{quote(call.pk)}/change/"
        client = Client()
        client.force_login(admin)
        assert NOTE["text"] in client.get(url).content.decode()
        assert client.get("/admin/chatkit/toolcall/").status_code == 200
        other.is_staff = True
        other.save()
        allow(other, "view_toolcall")
        client.force_login(other)
        page = client.get(url).content.decode()
        assert call.pk in page
        assert NOTE["text"] not in page

    def test_customers(self, admin: Any, acme: Customer) -> None:
        client = Client()
        client.force_login(admin)
        url = f"/admin/customers/customer/{acme.pk}/change/"
        form = {
            "name": "Acme", "email": "", "phone": "1", "notes-TOTAL_FORMS": "1",
            "notes-INITIAL_FORMS": "0", "notes-0-text": "Write", "notes-0-due_on": "",
        }  # fmt: skip
        assert client.post(url, form).status_code == 302
        assert Note.objects.get().author == admin
