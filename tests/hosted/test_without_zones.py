"""OpenAI answers on a site whose times have no zone (`USE_TZ = False`), far from UTC."""

from __future__ import annotations

import datetime
import io
import time
from typing import Any

import pytest
from django.contrib.admin.utils import quote
from django.core.management import call_command
from django.db import DatabaseError
from django.test import Client

from chatkit import personal_data
from chatkit.hosted import cancelling
from chatkit.models import Session, Thread
from chatkit.sessions import service

from .conftest import HOSTED
from .openai_standin import OpenAI
from .samples import START, text_item, thread

URL = "/api/chatkit/session"


@pytest.fixture
def zoneless(openai: OpenAI, settings: Any) -> OpenAI:
    settings.TIME_ZONE = "America/Lima"
    settings.USE_TZ = False
    return openai


def post(client: Client, **body: Any) -> Any:
    return client.post(URL, {"workflowId": HOSTED, **body}, content_type="application/json")


def local(seconds: float) -> datetime.datetime:
    """A time in unix seconds as clocks in Lima show it."""
    utc = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return utc.replace(tzinfo=None) - datetime.timedelta(hours=5)


def test_session(zoneless: OpenAI, logged_in: Client, admin: Any) -> None:
    """Started, refreshed, listed, cancelled."""
    first = post(logged_in)
    assert first.status_code == 200
    (session,) = zoneless.sessions.values()
    assert first.json()["expires_at"] == session["expires_at"]
    row = Session.objects.get()
    assert row.expires_at == local(session["expires_at"])
    assert row.current_status == "active"
    second = post(logged_in, sessionId=first.json()["session_id"]).json()["session_id"]
    assert Session.objects.get(session_id=second).refreshed_from == row
    root = Client()
    root.force_login(admin)
    for query in ("", "?status=active", f"?created_at__from={datetime.date.today()}"):
        page = root.get(f"/admin/chatkit/session/{query}")
        assert page.status_code == 200
        assert "chatkit-status--active" in page.content.decode()
    assert root.get(f"/admin/chatkit/session/{row.pk}/change/").status_code == 200
    assert logged_in.post(f"{URL}/{second}/cancel").json()["status"] == "cancelled"
    assert zoneless.sessions[second]["status"] == "cancelled"


def test_log_out(
    zoneless: OpenAI, logged_in: Client, django_capture_on_commit_callbacks: Any
) -> None:
    session_id = post(logged_in).json()["session_id"]
    with django_capture_on_commit_callbacks(execute=True):
        logged_in.logout()
    cancelling.wait(10)
    assert zoneless.sessions[session_id]["status"] == "cancelled"


def test_import_and_what_is_kept(zoneless: OpenAI, user: Any, admin: Any) -> None:
    told = f"mseller:{user.pk}"
    zoneless.threads["cthr_1"] = thread(user=told)
    zoneless.items["cthr_1"] = [text_item("cthi_1", "One", created_at=START + 60)]
    for _ in range(2):
        call_command("chatkit_import", stdout=io.StringIO())
    zoneless.items["cthr_1"].append(text_item("cthi_2", "Two", created_at=START + 120))
    call_command("chatkit_import", "--since", "2025-01-01", stdout=io.StringIO())
    row = Thread.objects.get()
    assert (row.created_at, row.updated_at) == (local(START), local(START + 120))
    assert [item.created_at for item in row.items.all()] == [local(START + 60), local(START + 120)]
    root = Client()
    root.force_login(admin)
    assert root.get("/admin/chatkit/thread/").status_code == 200
    assert root.get(f"/admin/chatkit/thread/{quote(row.pk)}/change/").status_code == 200
    assert "cthi_2" in "".join(personal_data.export(user)) or row.items.count() == 2
    call_command("chatkit_prune", "--days", "30", stdout=io.StringIO())
    assert Thread.objects.count() == 0


def test_downloads(zoneless: OpenAI, logged_in: Client, user: Any) -> None:
    zoneless.threads["cthr_1"] = thread(user=f"mseller:{user.pk}")
    zoneless.items["cthr_1"] = [text_item("cthi_1", "One")]
    call_command("chatkit_import", stdout=io.StringIO())
    mine = [f"/apps/chatkit/mine/download/{form}" for form in ("", "?as=text", "?as=files")]
    export = f"/api/chatkit/threads/{Thread.objects.get().pk}/export"
    for address in (*mine, export, f"{export}?as=json"):
        answer = logged_in.get(address)
        assert answer.status_code == 200, address
        assert b"".join(answer.streaming_content), address  # type: ignore[attr-defined]


def test_what_can_not_be_recorded_is_revoked(
    openai: OpenAI, logged_in: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any) -> None:
        raise DatabaseError("disk full")

    monkeypatch.setattr(service, "_record", fail)
    logged_in.raise_request_exception = False
    assert post(logged_in).status_code == 500
    cancelling.wait(10)
    (session,) = openai.sessions.values()
    assert session["status"] == "cancelled"


def test_the_clock_is_local(zoneless: OpenAI) -> None:
    """What the tests above rely on."""
    assert abs(local(time.time()) - datetime.datetime.now()) < datetime.timedelta(minutes=1)
