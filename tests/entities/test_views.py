"""The addresses of the "@" menu, with the site's own kinds: customers and articles."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from mseller.customers.models import Customer, Note
from tests.selfhosted.protocol import secret_of

pytestmark = pytest.mark.django_db
URL = "/api/chatkit/entities"


@pytest.fixture
def customer() -> Customer:
    row = Customer.objects.create(name="Ada Lovelace", email="ada@example.org", phone="12")
    Note.objects.create(customer=row, text="canary note", created_at=timezone.now())
    return row


def get(user: Any, workflow_id: str, path: str) -> Any:
    headers = {"Authorization": f"Bearer {secret_of(user, workflow_id)}"}
    return Client().get(f"{URL}{path}", headers=headers)


def permit(user: Any, *codenames: str) -> None:
    user.user_permissions.add(*Permission.objects.filter(codename__in=codenames))


def test_customers_for_who_may_view_them(
    user: Any, other: Any, workflow_id: str, customer: Customer
) -> None:
    tag_id = f"customer:{customer.pk}"
    assert get(user, workflow_id, "?q=ada").json() == {"entities": []}
    assert get(user, workflow_id, f"/{tag_id}").json()["error"]["code"] == "not_found"
    permit(other, "view_customer")
    answer = get(other, workflow_id, "?q=ada")
    assert answer["Cache-Control"] == "private, no-store"
    assert answer.json()["entities"] == [
        {
            "id": tag_id,
            "title": "Ada Lovelace",
            "group": "Customers",
            "icon": "user",
            "interactive": True,
            "data": {"kind": "customer", "description": "ada@example.org"},
        }
    ]
    shown = str(get(other, workflow_id, f"/{tag_id}").json()["preview"])
    assert "ada@example.org" in shown
    assert "canary note" not in shown
    permit(other, "view_note")
    assert "canary note" in str(get(other, workflow_id, f"/{tag_id}").json())
    customer.delete()
    assert get(other, workflow_id, f"/{tag_id}").status_code == 404


def test_articles_for_everybody(user: Any, workflow_id: str) -> None:
    found = get(user, workflow_id, "?q=payment").json()["entities"]
    assert [one["id"] for one in found] == ["article:payments"]
    assert found[0]["data"]["url"] == "/apps/chatkit/help/payments/"
    preview = get(user, workflow_id, "/article:payments").json()["preview"]
    assert preview["type"] == "Basic"
    assert preview["children"][0]["value"] == found[0]["title"]
    for gone in ("article:..%2F..%2Fsettings", "article:none", "nothing:1", "nothing"):
        assert get(user, workflow_id, f"/{gone}").status_code == 404


def test_limited_and_closed(user: Any, workflow_id: str, settings: Any, logged_in: Client) -> None:
    assert logged_in.get(URL).json()["error"]["code"] == "not_authenticated"
    settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"entities": "1/h"}}
    assert get(user, workflow_id, "?q=" + "x" * 5000).status_code == 200
    assert get(user, workflow_id, "").json()["error"]["code"] == "rate_limited"


def test_the_page_asks_where_there_is_something_to_name(logged_in: Client) -> None:
    config = logged_in.get("/apps/chatkit/").context["config"]
    assert config["naming"] is True
    assert config["urls"]["entity"] == f"{URL}/ENTITY_ID"
