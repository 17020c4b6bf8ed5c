"""Who may ask for which address, and that nobody's answer holds what is another's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.utils import quote
from django.db import transaction

from chatkit.models import Attachment, Feedback, Run, Thread, ThreadItem, ToolCall

from . import walk, world
from .addresses import ADDRESSES
from .world import IN_TURN, PEOPLE, READERS, Person, World

BODIES = {"api/chatkit": {"type": "threads.list", "params": {}}}
METHODS = {"GET", "POST"}
TAKES_THE_OWN_AWAY = {"apps/chatkit/mine/delete/"}


def is_api(route: str) -> bool:
    return route.startswith("api/")


@pytest.fixture(scope="class")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """One world for all tests of the class, since it takes longer to make than to ask."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield world.build(settings.WORKFLOW_ID)
        transaction.set_rollback(True)


@pytest.fixture
def site(standing: World, db: None) -> Iterator[World]:
    """What a test writes is taken back, and whoever it logs out comes in again."""
    cookies = {name: deepcopy(person.client.cookies) for name, person in standing.people.items()}
    yield standing
    for name, person in standing.people.items():
        person.client.cookies = cookies[name]


@pytest.fixture
def real_site(transactional_db: None, workflow_id: str) -> World:
    """For the API, which writes from threads of its own."""
    return world.build(workflow_id)


def test_each_address_stands_in_the_table() -> None:
    found = set(walk.routes())
    assert found - set(ADDRESSES) == set(), "say in tests/safety/addresses.py who may ask for it"
    assert set(ADDRESSES) - found == set(), "no such address any more"
    assert {route for route, row in ADDRESSES.items() if set(row) != METHODS} == set()


@pytest.mark.slow
class TestPages:
    @pytest.mark.parametrize("route", [route for route in ADDRESSES if not is_api(route)])
    def test_each_person_gets_their_own(self, route: str, site: World) -> None:
        check(route, site)


@pytest.mark.slow
@pytest.mark.parametrize("route", [route for route in ADDRESSES if is_api(route)])
def test_each_person_gets_their_own_of_the_api(route: str, real_site: World) -> None:
    check(route, real_site)


def check(route: str, site: World) -> None:
    path = walk.path_of(route, values_of(route, site))
    kept = counts()
    for method, statuses in ADDRESSES[route].items():
        got, told = {}, set()
        for name in IN_TURN:
            if name == "owner":  # the last one
                assert counts() == kept
            response = ask(site.people[name], method, route, path)
            got[name] = str(response.status_code)
            if world.CANARY.encode() in world.body_of(response):
                told.add(name)
        assert got == dict(zip(PEOPLE, statuses.split(), strict=True)), method
        assert told <= READERS, method
    assert (counts() == kept) is (route not in TAKES_THE_OWN_AWAY)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(READERS))
def test_canaries_are_seen_where_they_may_be(name: str, real_site: World) -> None:
    """Else the test above would hold with nothing to find."""
    seen = b""
    for route, row in ADDRESSES.items():
        if "GET" in row and "logout" not in route:
            path = walk.path_of(route, values_of(route, real_site))
            seen += world.body_of(ask(real_site.people[name], "GET", route, path))
    expected = {
        "owner": [b"canary-title", b"canary-frame"],  # the home page lists the last threads
        "root": [
            *(b"canary-title", b"canary-file", b"canary-query"),
            *(b"canary-argument", b"canary-outcome"),
        ],
    }
    assert [word for word in expected[name] if word not in seen] == []
    assert b"canary-held" not in seen


def values_of(route: str, found: World) -> dict[str, str]:
    """What the parts of the address stand for: the owner's rows."""
    rows = found.rows
    model = route.split("/")[2] if route.startswith("admin/chatkit/") else ""
    object_id = str(rows[model].pk) if model in rows else str(found.user.pk)
    return {
        "object_id": quote(object_id),
        "id": str(found.user.pk),
        "content_type_id": "1",
        "app_label": "chatkit",
        "url": "nothing/",
        "slug": "getting-started",
        "group_id": str(rows["group"].pk),
        "set_id": str(rows["evaluations"].pk),
        "question_id": str(rows["evaluations"].questions.get().pk),
        "run_number": "1",
        "thread_id": rows["thread"].pk,
        "item_id": "itm_assistant_message",
        "session_id": rows["session"].session_id,
        "run_id": rows["run"].pk,
        "share_id": str(rows["share"].pk),
        "attachment_id": rows["attachment"].pk,
        "template_id": "1",
        "entity_id": "customer:1",
        "uidb64": "MQ",
        "token": "no-such-token",
    }


def ask(person: Person, method: str, route: str, path: str) -> Any:
    """With the login's cookie and a client secret, whichever the address looks at."""
    if method == "GET":
        return person.client.get(path, headers=person.headers)
    if not route.startswith("api/"):
        return person.client.post(path, headers=person.headers)
    body = json.dumps(BODIES.get(route, {"workflowId": settings.WORKFLOW_ID}))
    return person.client.post(path, body, content_type="application/json", headers=person.headers)


def counts() -> list[int]:
    """How much there is of what nobody may take away."""
    models = (Attachment, Feedback, Run, Thread, ThreadItem, ToolCall)
    return [model.objects.count() for model in models]
