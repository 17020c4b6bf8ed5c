"""Shared links in the admin: staff see which there are, and may end them."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from chatkit.admin.base import moment
from chatkit.contrib.console.models import Change
from chatkit.models import Share, Thread
from tests.selfhosted.protocol import Caller

from .test_sharing import made, page

pytestmark = pytest.mark.django_db(transaction=True)
LIST = "/admin/chatkit/share/"


@pytest.fixture
def staff(admin: Any) -> Client:
    client = Client()
    client.force_login(admin)
    return client


def take_back(client: Client, *rows: int, status: int = 302) -> Any:
    data = {"action": "revoke_selected", "_selected_action": list(rows)}
    response = client.post(LIST, data)
    assert response.status_code == status
    return response


def states(client: Client, query: str = "") -> list[str]:
    response = client.get(LIST + query)
    assert response.status_code == 200
    return [str(row.pk) for row in response.context["cl"].result_list]


def test_the_list_tells_whose_it_is_and_not_what_was_said(
    ada: Caller, staff: Client, thread: Thread
) -> None:
    link = made(ada, thread)
    html = staff.get(LIST).content.decode()
    assert "ada" in html
    assert thread.pk in html
    assert "Works" in html
    shown = staff.get(f"{LIST}{link['id']}/change/").content.decode()
    token = link["url"].rstrip("/").rpartition("/")[2]
    for text in (html, shown):
        assert token not in text
        assert Share.objects.get().token_hash not in text
        assert "Refunds" not in text


def test_one_that_is_taken_back_leads_nowhere(
    ada: Caller, other: Any, staff: Client, admin: Any, thread: Thread
) -> None:
    first, second = made(ada, thread), made(ada, thread)
    take_back(staff, first["id"])
    page(other, first, status=404)
    page(other, second)
    assert "Taken back" in staff.get(LIST).content.decode()
    change = Change.objects.get()
    assert (change.user, change.name) == (admin, thread.pk)
    assert LogEntry.objects.get().object_id == str(first["id"])
    log = staff.get("/apps/chatkit/console/audit/?kind=share").content.decode()
    assert "Shared links" in log
    assert f"revoked: – → {moment(Share.objects.get(pk=first['id']).revoked_at)}" in log
    assert f"{LIST}{first['id']}/change/" in log
    said = take_back(staff, first["id"], second["id"])
    told = [str(message) for message in staff.get(said.url).context["messages"]]
    assert told == ["1 link was taken back.", "1 link led nowhere already."]
    assert Change.objects.count() == 2
    page(other, second, status=404)


def test_filters_tell_what_works(ada: Caller, staff: Client, thread: Thread) -> None:
    over, revoked, works = (str(made(ada, thread)["id"]) for _ in range(3))
    Share.objects.filter(pk=over).update(expires_at=timezone.now() - datetime.timedelta(days=1))
    take_back(staff, int(revoked))
    assert states(staff) == [works, revoked, over]
    assert states(staff, "?state=works") == [works]
    assert states(staff, "?state=revoked") == [revoked]
    assert states(staff, "?state=over") == [over]
    assert states(staff, "?q=ada") == [works, revoked, over]
    assert states(staff, "?q=bob") == []
    Thread.objects.filter(pk=thread.pk).update(deleted_at=timezone.now())
    assert states(staff, "?state=works") == []
    assert "Over" in staff.get(f"{LIST}?state=over").content.decode()


def test_who_may_only_look_takes_none_back(
    ada: Caller, other: Any, user: Any, thread: Thread
) -> None:
    link = made(ada, thread)
    other.is_staff = True
    other.save()
    client = Client()
    client.force_login(other)
    assert client.get(LIST).status_code == 403
    other.user_permissions.add(Permission.objects.get(codename="view_share"))
    assert "revoke_selected" not in client.get(LIST).content.decode()
    take_back(client, link["id"], status=200)
    assert Share.objects.get().revoked_at is None
    other.user_permissions.add(Permission.objects.get(codename="change_share"))
    take_back(client, link["id"])
    assert Share.objects.get().revoked_at is not None


def test_many_cost_as_many_queries_as_one(
    ada: Caller, staff: Client, thread: Thread, django_assert_max_num_queries: Any
) -> None:
    for _ in range(8):
        made(ada, thread)
    with django_assert_max_num_queries(12):
        states(staff)
