"""Message templates: who gets which, counted, and never another's."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from chatkit.models import MessageTemplate
from tests.selfhosted.protocol import secret_of

pytestmark = pytest.mark.django_db
URL = "/api/chatkit/templates"


@pytest.fixture
def rows(user: Any) -> dict[str, MessageTemplate]:
    mine, others = Group.objects.create(name="mine"), Group.objects.create(name="others")
    user.groups.add(mine)
    given: dict[str, dict[str, Any]] = {
        "all": {"order": 2, "icon": "write"},
        "mine": {"group": mine, "order": 1, "start_screen": False},
        "others": {"group": others},
        "off": {"active": False},
        "spanish": {"language": "es"},
    }
    return {
        label: MessageTemplate.objects.create(label=label, text="For {{name}}", **fields)
        for label, fields in given.items()
    }


def get(user: Any, workflow_id: str) -> Any:
    return Client().get(URL, headers={"Authorization": f"Bearer {secret_of(user, workflow_id)}"})


def test_of_the_reader(user: Any, workflow_id: str, rows: dict[str, MessageTemplate]) -> None:
    answer = get(user, workflow_id)
    assert answer["Cache-Control"] == "private, no-store"
    told = answer.json()["templates"]
    assert [one["label"] for one in told] == ["mine", "all"]
    assert told[1] == {
        "id": str(rows["all"].pk), "label": "all", "text": "For {{name}}", "icon": "write",
    }  # fmt: skip


def test_the_page_knows_the_start_screens(
    logged_in: Client, rows: dict[str, MessageTemplate]
) -> None:
    told = logged_in.get("/apps/chatkit/").context["config"]["templates"]
    assert told["any"]
    assert [one["label"] for one in told["start"]] == ["all"]
    MessageTemplate.objects.all().delete()
    told = logged_in.get("/apps/chatkit/").context["config"]["templates"]
    assert told == {"any": False, "start": []}


def test_uses_are_counted(user: Any, workflow_id: str, rows: dict[str, MessageTemplate]) -> None:
    headers = {"Authorization": f"Bearer {secret_of(user, workflow_id)}"}
    for label, status in (("all", 200), ("all", 200), ("others", 404), ("off", 404)):
        answer = Client().post(f"{URL}/{rows[label].pk}/used", headers=headers)
        assert answer.status_code == status
    uses = dict(MessageTemplate.objects.values_list("label", "uses"))
    assert uses == {"all": 2, "mine": 0, "others": 0, "off": 0, "spanish": 0}
    assert Client().post(f"{URL}/{10**30}/used", headers=headers).status_code == 404


def test_who_has_no_session_gets_nothing(
    user: Any, workflow_id: str, settings: Any, rows: dict[str, MessageTemplate]
) -> None:
    assert Client().get(URL).json()["error"]["code"] == "not_authenticated"
    assert Client().post(URL).status_code == 405
    settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"request": "1/h"}}
    assert get(user, workflow_id).status_code == 200
    assert get(user, workflow_id).json()["error"]["code"] == "rate_limited"
    settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.sessions.test_views.refuse"}
    assert get(user, workflow_id).json()["error"]["code"] == "forbidden"
