"""Customers in the demo's chat."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from chatkit.entities import EntityContext
from mseller.customers.chatkit_entities import Customers
from mseller.customers.models import Customer


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
