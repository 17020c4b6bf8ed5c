"""Who is answered what by each request of the protocol, about another's things above all."""

from __future__ import annotations

from typing import Any

import pytest

from chatkit.models import Thread, ThreadItem

from ..selfhosted.protocol import Caller, add, create, message
from . import world
from .requests import REQUESTS
from .servers import CarelessUploads
from .world import IN_TURN, PEOPLE, Person, World

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(transactional_db: None, settings: Any, workflow_id: str) -> World:
    settings.CHATKIT = settings.CHATKIT | {
        "WORKFLOWS": {workflow_id: "tests.safety.servers.OpenServer"},
    }
    return world.build(workflow_id)


def types() -> set[str]:
    """Those of the SDK's union."""
    from typing import get_args

    from chatkit.types import ChatKitReq

    union = get_args(ChatKitReq)[0]
    return {str(kind.model_fields["type"].default) for kind in get_args(union)}


def post(person: Person, request: Any) -> tuple[str, bytes]:
    response = Caller(person.secret).post(request)
    return str(response.status_code), world.body_of(response)


def test_each_request_stands_in_the_table() -> None:
    assert types() - set(REQUESTS) == set(), "say in tests/safety/requests.py who may send it"
    assert set(REQUESTS) - types() == set(), "no such request any more"


@pytest.mark.parametrize("type_", REQUESTS)
def test_each_person_gets_their_own(type_: str, site: World) -> None:
    params, statuses = REQUESTS[type_]
    request = {"type": type_, "params": params(site)}
    before = state(site)
    got = {}
    for name in IN_TURN:
        if name == "owner":
            assert state(site) == before
        got[name], body = post(site.people[name], request)
        assert name == "owner" or world.CANARY.encode() not in body, name
    assert got == dict(zip(PEOPLE, statuses.split(), strict=True))


def test_the_owner_sees_it_all(site: World) -> None:
    thread_id = site.rows["thread"].pk
    request = {"type": "threads.get_by_id", "params": {"thread_id": thread_id}}
    _status, body = post(site.people["owner"], request)
    for word in (b"title", b"question", b"quote", b"answer", b"argument", b"form", b"widget"):
        assert b"canary-" + word in body
    assert b"canary-metadata" not in body


@pytest.mark.parametrize("name", [name for name in IN_TURN if name not in ("stranger", "owner")])
def test_an_own_thread_opens_no_other(name: str, site: World) -> None:
    """Another's items, attachments and cursors, named beside a thread of one's own."""
    person = site.people[name]
    post(person, create("say 1"))
    own = Thread.objects.exclude(pk=site.rows["thread"].pk).get().pk
    attachment = site.rows["attachment"].pk
    before = state(site)
    about_own: list[tuple[str, dict[str, Any]]] = [
        ("threads.retry_after_item", {"item_id": "itm_user_message"}),
        ("threads.custom_action", {"item_id": "itm_widget", "action": {"type": "go"}}),
        ("threads.sync_custom_action", {"item_id": "itm_widget", "action": {"type": "go"}}),
        ("items.feedback", {"item_ids": ["itm_assistant_message"], "kind": "positive"}),
        ("items.list", {"after": "itm_user_message"}),
        ("threads.add_user_message", {"input": message("say 1", attachments=[attachment])}),
        ("threads.add_user_message", {"input": message("say 1", quoted_text="mine")}),
    ]
    got = {}
    for type_, params in about_own:
        status, body = post(person, {"type": type_, "params": {"thread_id": own, **params}})
        got[type_, *params] = status
        assert world.CANARY.encode() not in body, type_
    status, body = post(person, create("say 1", attachments=[attachment]))
    got["threads.create",] = status
    assert world.CANARY.encode() not in body
    assert [key for key, status in got.items() if status != "404"] == [
        ("threads.add_user_message", "input")  # the last one, with a quotation of one's own
    ]
    assert state(site) == before
    assert post(person, add(site.rows["thread"].pk, "say 1"))[0] == "404"


def state(site: World) -> list[Any]:
    """All that the owner's thread holds."""
    thread = Thread.objects.filter(pk=site.rows["thread"].pk).values().get()
    items = list(ThreadItem.objects.filter(thread=thread["id"]).values())
    files = [list(site.rows["thread"].attachments.values()), [*CarelessUploads.deleted]]
    marks = list(site.rows["thread"].feedback.values())
    return [thread, items, marks, files]
