"""Emptied tables: what a test wrote is gone, and the permissions are there, whatever it did."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command

pytestmark = pytest.mark.django_db(transaction=True)


def flushed() -> set[tuple[str, str, str]]:
    call_command("flush", verbosity=0, interactive=False, reset_sequences=False)
    return set(Permission.objects.values_list("codename", "name", "content_type__model"))


def test_rows_are_gone_and_permissions_stay(user: Any) -> None:
    user.user_permissions.set(Permission.objects.all()[:2])
    kept = flushed()
    ids = set(Permission.objects.values_list("id", flat=True))
    assert flushed() == kept
    assert set(Permission.objects.values_list("id", flat=True)) == ids
    assert not type(user).objects.exists()


@pytest.mark.parametrize("changes", [{"name": "x"}, {"codename": "x"}, None])
def test_changed_permissions_are_as_they_were(changes: dict[str, str] | None) -> None:
    kept = flushed()
    some = Permission.objects.filter(content_type__app_label="chatkit")
    if changes:
        some.filter(pk=some.first().pk).update(**changes)
    else:
        some.delete()
    assert flushed() == kept
