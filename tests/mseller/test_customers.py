"""Customers in the demo's chat."""

from __future__ import annotations

import datetime
import json
from typing import Any

import pytest
from django.utils import timezone

from chatkit.entities import EntityContext
from mseller.customers.chatkit_entities import Customers
from mseller.customers.models import Customer, Note
from mseller.models import Preference
from tests.management.test_commands import run


@pytest.mark.parametrize(
    ("zone", "day"), [("America/New_York", "Jan. 1, 2026"), ("Asia/Tokyo", "Jan. 2, 2026")]
)
def test_the_day_is_that_of_the_reader(user: Any, zone: str, day: str) -> None:
    customer = Customer.objects.create(name="Ada", email="ada@example.com")
    moment = datetime.datetime(2026, 1, 2, 3, tzinfo=datetime.UTC)
    Customer.objects.update(created_at=moment)
    with timezone.override(zone):
        found = Customers().get(EntityContext(user, "wf_1", "en"), str(customer.pk))
    assert found is not None
    assert found.facts["Customer since"] == day


def test_one_s_notes_are_in_the_export_and_are_nobody_s_after_an_erasure(
    user: Any, other: Any
) -> None:
    customer = Customer.objects.create(name="Ada", email="ada@example.com")
    notes = [
        Note.objects.create(customer=customer, text=text, author=author)
        for text, author in (("Call back", user), ("Send the invoice", other), ("Imported", None))
    ]
    exported = json.loads(run("chatkit_export", "--user=ada"))["customer_notes"]
    assert [(row["id"], row["text"]) for row in exported] == [(notes[0].pk, "Call back")]
    assert "1 customer notes" in run("chatkit_erase", "--user=ada", "--yes")
    kept = Note.objects.order_by("pk").values_list("text", "author")
    assert list(kept) == [("Call back", None), ("Send the invoice", other.pk), ("Imported", None)]
    assert json.loads(run("chatkit_export", "--user=ada"))["customer_notes"] == []


def test_one_s_language_is_in_the_export_and_stays_with_the_account(user: Any) -> None:
    Preference.objects.create(user=user, language="ja")
    assert json.loads(run("chatkit_export", "--user=ada"))["preferences"] == [{"language": "ja"}]
    run("chatkit_erase", "--user=ada", "--yes")
    assert Preference.objects.get().language == "ja"
    user.delete()
    assert not Preference.objects.exists()
