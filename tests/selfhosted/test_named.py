"""What a message names: checked as it is sent, told by the help desk, and on the record."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from chatkit.contrib.console.strip import strips
from chatkit.models import Run, Thread, ThreadItem
from chatkit.transcripts.entries import read
from mseller.customers.models import Customer

from .protocol import Caller, create, secret_of, text_of, thread_id_of


def tag(id: str, text: str = "Ada", **fields: Any) -> dict[str, Any]:
    return {"type": "input_tag", "id": id, "text": text, "data": {}} | fields


def message(*parts: Any, **extra: Any) -> dict[str, Any]:
    """A request with these texts, and tags by their fields."""
    request = create("") | extra
    request["params"]["input"]["content"] = [
        {"type": "input_text", "text": part} if isinstance(part, str) else tag(**part)
        for part in parts
    ]
    return request


@pytest.fixture
def ada(transactional_db: None) -> Customer:
    return Customer.objects.create(name="Ada *Lovelace*", email="ada@example.org", phone="+12")


@pytest.fixture
def desk(ada: Customer, user: Any, workflow_id: str, settings: Any) -> Caller:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "chatkit.selfhosted.helpdesk.HelpDeskServer"},
        "RATE_LIMITS": {"message": "1000/m"},
    }
    user.user_permissions.add(Permission.objects.get(codename="view_customer"))
    return Caller(secret_of(user, workflow_id))


def test_the_facts_are_the_sites(desk: Caller, ada: Customer) -> None:
    lie = {"id": f"customer:{ada.pk}", "data": {"facts": {"Phone": "a lie"}}}
    found = desk.stream(message("What is the phone of ", lie, "?"))
    text = text_of(found)
    assert r"### Ada \*Lovelace\* (Customers)" in text
    assert "Phone: +12" in text
    assert "lie" not in text
    row = ThreadItem.objects.get(thread_id=thread_id_of(found), type="user_message")
    part = row.payload["content"][1]
    assert part["text"] == "Ada *Lovelace*"
    assert part["data"]["facts"]["E-mail"] == "ada@example.org"
    run = Run.objects.get()
    assert run.outcome == "answered"
    assert run.named == [{"kind": "customer", "id": str(ada.pk)}]
    named = next(part for part in read(row).parts if part.label == "Named")
    assert named.content == [f"Ada *Lovelace* · customer:{ada.pk}"]
    steps = [step.text for step in strips([run])[run.pk].steps]
    assert "named: Customers" in steps


def test_what_the_facts_do_not_answer_is_not_called_answered(desk: Caller, ada: Customer) -> None:
    text = text_of(desk.stream(message("Does ", {"id": f"customer:{ada.pk}"}, " like zebras?")))
    assert "ada@example.org" in text
    assert Run.objects.get().outcome != "answered"


@pytest.mark.parametrize("lost", ["deleted", "forbidden"])
def test_what_is_gone_is_said_and_nothing_is_stored(
    desk: Caller, ada: Customer, user: Any, lost: str
) -> None:
    named = {"id": f"customer:{ada.pk}", "text": "Ada\n<b>"}
    if lost == "deleted":
        ada.delete()
    else:
        user.user_permissions.clear()
    answer = desk.post(message("Call ", named), **{"Accept-Language": "es"})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert error["code"] == "entity_gone"
    assert "«Ada <b>»" in error["message"]
    assert not Thread.objects.exists()
    assert not Run.objects.exists()
    assert text_of(desk.stream(message("Call nobody")))


@pytest.mark.parametrize(
    "tags",
    [
        [{"id": f"page:{number}"} for number in range(51)],
        [{"id": "page:1", "data": {"a": "x" * 10_001}}],
        [{"id": "x" * 129}],
        [{"id": "a\u202eb"}],
        [{"id": ""}],
    ],
)
def test_more_than_a_message_may_name(desk: Caller, tags: list[dict[str, Any]]) -> None:
    answer = desk.post(message("Look at ", *tags))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_request")
    assert not Thread.objects.exists()


def test_the_pages_own_tags_stay_as_they_are(desk: Caller) -> None:
    found = desk.stream(message("About ", {"id": "page:1", "text": "Mine", "data": {"a": "b"}}))
    row = ThreadItem.objects.get(thread_id=thread_id_of(found), type="user_message")
    assert row.payload["content"][1]["data"] == {"a": "b"}
    assert Run.objects.get().named == []


def test_an_article_that_is_named(desk: Caller, admin: Any) -> None:
    found = desk.stream(message({"id": "article:payments", "text": "Payments"}))
    done = [event["item"] for event in found if event["type"] == "thread.item.done"]
    answer = next(item for item in done if item["type"] == "assistant_message")
    cited = answer["content"][0]["annotations"][0]["source"]
    assert cited["url"] == "/apps/chatkit/help/payments/"
    client = Client()
    client.force_login(admin)
    page = client.get(reverse("admin:chatkit_run_change", args=[quote(Run.objects.get().pk)]))
    assert "article:payments" in page.content.decode()


def test_a_temporary_one_leaves_no_record(desk: Caller, ada: Customer) -> None:
    wanted = {"metadata": {"chatkit.temporary": True}}
    desk.stream(message({"id": f"customer:{ada.pk}"}, **wanted))
    assert Run.objects.get().named == []
