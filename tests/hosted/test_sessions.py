"""Hosted sessions through our endpoint: what is answered, recorded and logged, fault by fault."""

from __future__ import annotations

import datetime
import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from chatkit.hosted import cancelling, causes, sunset
from chatkit.models import Session

from .conftest import HOSTED
from .openai_standin import KEY, OpenAI

URL = "/api/chatkit/session"
Status = Session.Status
TODAY = sunset.today  # the tests put another clock in its place


def post(client: Client, **body: Any) -> Any:
    return client.post(URL, {"workflowId": HOSTED, **body}, content_type="application/json")


def on_day(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    monkeypatch.setattr(sunset, "today", lambda: datetime.date.fromisoformat(day))


@pytest.fixture(autouse=True)
def _before_the_sunset(monkeypatch: pytest.MonkeyPatch) -> None:
    on_day(monkeypatch, "2026-11-01")


class TestSuccess:
    def test_answer_is_openais(self, openai: OpenAI, logged_in: Client, user: Any) -> None:
        answer = post(logged_in).json()
        (session,) = openai.sessions.values()
        assert answer["client_secret"] == session["client_secret"]
        assert answer["session_id"] == session["id"]
        assert answer["expires_at"] == session["expires_at"]
        assert session["user"] == f"mseller:{user.pk}"

    def test_exactly_one_call(self, openai: OpenAI, logged_in: Client) -> None:
        post(logged_in)
        assert openai.paths() == ["POST /chatkit/sessions"]

    def test_labels_are_not_told(self, openai: OpenAI, logged_in: Client) -> None:
        post(logged_in, userId="boss", deviceId="ipad")
        assert set(openai.calls[0].body) == {"workflow", "user", "expires_after"}
        assert "boss" not in str(openai.calls[0].body)

    def test_record(self, openai: OpenAI, logged_in: Client, user: Any) -> None:
        answer = post(logged_in).json()
        row = Session.objects.get()
        assert (row.user, row.workflow_id, row.issuer) == (user, HOSTED, Session.Issuer.OPENAI)
        assert (row.session_id, row.status) == (answer["session_id"], Status.ACTIVE)
        assert int(row.expires_at.timestamp()) == answer["expires_at"]
        assert (row.upstream_status, row.upstream_request_id) == (200, "req_1")
        assert row.error_code == ""

    def test_one_log_line(
        self, openai: OpenAI, logged_in: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO, "chatkit.sessions")
        session_id = post(logged_in).json()["session_id"]
        (line,) = [line for line in caplog.records if line.name == "chatkit.sessions"]
        for part in ("session ok", "upstream_status=200", "upstream_request=req_1", session_id):
            assert part in line.getMessage()

    def test_refresh(self, openai: OpenAI, logged_in: Client) -> None:
        first = post(logged_in).json()["session_id"]
        second = post(logged_in, sessionId=first).json()["session_id"]
        row = Session.objects.get(session_id=second)
        assert (row.refreshed_from.session_id, row.refreshed_from.status) == (
            first,
            Status.REFRESHED,
        )

    def test_is_no_key_to_our_endpoint(self, openai: OpenAI, logged_in: Client) -> None:
        secret = post(logged_in).json()["client_secret"]
        response = Client().post(
            reverse("chatkit:endpoint"),
            {"type": "threads.list", "params": {}},
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )
        assert response.status_code == 401


# The fault -> code, OpenAI's status, cause.
FAULTS: list[tuple[dict[str, Any], str, int | None, causes.Cause]] = [
    ({"kind": "status", "status": 401}, "openai_error", 401, causes.KEY),
    ({"kind": "status", "status": 403}, "openai_error", 403, causes.NO_CHATKIT),
    ({"kind": "status", "status": 404}, "openai_error", 404, causes.UNKNOWN_WORKFLOW),
    ({"kind": "status", "status": 429}, "openai_error", 429, causes.RATE),
    ({"kind": "status", "status": 500}, "openai_error", 500, causes.FAULT),
    ({"kind": "html", "status": 200}, "openai_bad_response", 200, causes.UNREADABLE),
    ({"kind": "empty"}, "openai_bad_response", 200, causes.UNREADABLE),
    ({"kind": "truncated"}, "openai_bad_response", 200, causes.UNREADABLE),
    ({"kind": "cut"}, "openai_bad_response", 200, causes.UNREADABLE),
    ({"kind": "reset"}, "openai_unreachable", None, causes.BROKEN_OFF),
    ({"kind": "silence"}, "openai_timeout", None, causes.TIMEOUT),
]


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "code", "status", "cause"),
        FAULTS,
        ids=["-".join(map(str, fault[0].values())) for fault in FAULTS],
    )
    def test_answer_record_and_line(
        self,
        openai: OpenAI,
        logged_in: Client,
        settings: Any,
        caplog: pytest.LogCaptureFixture,
        fault: dict[str, Any],
        code: str,
        status: int | None,
        cause: causes.Cause,
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_TIMEOUT": (1, 0.3)}
        openai.fault(times=None, **fault)
        response = post(logged_in, userId="label")
        assert response.status_code == 500
        error = response.json()["error"]
        assert error["code"] == code
        row = Session.objects.get()
        assert (row.status, row.error_code, row.error_cause) == (
            Status.FAILED,
            code,
            cause.sentence,
        )
        assert (row.upstream_status, row.session_id, row.user_label) == (status, None, "label")
        assert bool(row.upstream_request_id) == (status is not None)
        (line,) = [line for line in caplog.records if line.name == "chatkit.sessions"]
        assert f"session {code} " in line.getMessage()
        assert f"upstream_status={status or '-'}" in line.getMessage()
        for text in (response.content.decode(), caplog.text, str(vars(row))):
            assert KEY not in text
            assert "<html>" not in text

    def test_no_key(self, openai: OpenAI, logged_in: Client, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": ""}
        response = post(logged_in)
        assert (response.status_code, response.json()["error"]["code"]) == (500, "not_configured")
        assert Session.objects.get().error_cause == causes.NO_KEY.sentence
        assert openai.calls == []

    def test_same_id_twice(self, openai: OpenAI, logged_in: Client) -> None:
        openai.session_id = lambda number: "cksess_same"
        assert post(logged_in).status_code == 200
        response = post(logged_in)
        assert response.json()["error"]["code"] == "openai_bad_response"
        assert sorted(Session.objects.values_list("status", flat=True)) == ["active", "failed"]

    def test_failed_refresh_leaves_the_old_one(self, openai: OpenAI, logged_in: Client) -> None:
        first = post(logged_in).json()["session_id"]
        openai.fault("status", status=500)
        assert post(logged_in, sessionId=first).status_code == 500
        assert Session.objects.get(session_id=first).status == Status.ACTIVE

    def test_failures_count_for_the_limit(
        self, openai: OpenAI, logged_in: Client, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"session": "1/h"}}
        openai.fault("status", status=500)
        assert post(logged_in).status_code == 500
        assert post(logged_in).status_code == 429

    @pytest.mark.parametrize("how", ["stranger", "invalid", "limited"])
    def test_no_record_and_no_call(
        self, openai: OpenAI, logged_in: Client, settings: Any, how: str
    ) -> None:
        if how == "limited":
            settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"session": "0/h"}}
        client = Client() if how == "stranger" else logged_in
        response = post(client, **({"userId": 5} if how == "invalid" else {}))
        assert response.status_code == {"stranger": 401, "invalid": 400, "limited": 429}[how]
        assert not Session.objects.exists()
        assert openai.calls == []

    def test_repeated_after_503(self, openai: OpenAI, logged_in: Client) -> None:
        openai.fault("status", status=503)
        assert post(logged_in).status_code == 200
        assert Session.objects.get().status == Status.ACTIVE


class TestSunset:
    def test_failure_before_the_day(self, openai: OpenAI, logged_in: Client) -> None:
        openai.fault("status", status=404)
        assert "Agent Builder" not in post(logged_in).json()["error"]["message"]

    @pytest.mark.parametrize("day", ["2026-11-30", "2026-12-01"])
    def test_failure_from_the_day_on(
        self, openai: OpenAI, logged_in: Client, monkeypatch: pytest.MonkeyPatch, day: str
    ) -> None:
        on_day(monkeypatch, day)
        openai.fault("status", status=404)
        error = post(logged_in).json()["error"]
        assert error["code"] == "openai_error"
        assert "Agent Builder" in error["message"]
        assert "Nov. 30, 2026" in error["message"]  # as the reader writes it

    @pytest.mark.parametrize("status", [401, 429, 500])
    def test_failure_of_another_kind(
        self, openai: OpenAI, logged_in: Client, monkeypatch: pytest.MonkeyPatch, status: int
    ) -> None:
        on_day(monkeypatch, "2026-12-01")
        openai.fault("status", status=status, times=None)
        error = post(logged_in).json()["error"]
        assert error["code"] == "openai_error"
        assert "Agent Builder" not in error["message"]

    def test_success_after_the_day(
        self, openai: OpenAI, logged_in: Client, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        on_day(monkeypatch, "2026-12-01")
        assert post(logged_in).status_code == 200

    def test_notice(self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
        before = sunset.notice()
        on_day(monkeypatch, "2026-11-30")
        after = sunset.notice()
        assert before != after
        for notice in (before, after):
            assert notice is not None
            for part in ("2026-11-30", "chatkit_import", "docs/leaving-agent-builder.md"):
                assert part in notice
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {HOSTED: "x.Y"}}
        assert sunset.notice() is None


def test_today() -> None:
    assert TODAY() == timezone.now().astimezone(datetime.UTC).date()


class TestCancel:
    def test_is_ended_there_too(self, openai: OpenAI, logged_in: Client) -> None:
        session_id = post(logged_in).json()["session_id"]
        response = logged_in.post(f"{URL}/{session_id}/cancel")
        assert response.json() == {"session_id": session_id, "status": "cancelled"}
        assert openai.sessions[session_id]["status"] == "cancelled"

    def test_failure_there_leaves_the_record(self, openai: OpenAI, logged_in: Client) -> None:
        session_id = post(logged_in).json()["session_id"]
        openai.fault("status", status=500)
        response = logged_in.post(f"{URL}/{session_id}/cancel")
        assert response.json()["error"]["code"] == "openai_error"
        assert Session.objects.get().status == Status.ACTIVE

    def test_unknown_there(self, openai: OpenAI, logged_in: Client) -> None:
        session_id = post(logged_in).json()["session_id"]
        openai.sessions.clear()
        assert logged_in.post(f"{URL}/{session_id}/cancel").status_code == 200
        assert Session.objects.get().status == Status.CANCELLED

    def test_expired_asks_nobody(self, openai: OpenAI, logged_in: Client) -> None:
        session_id = post(logged_in).json()["session_id"]
        Session.objects.update(expires_at=timezone.now())
        response = logged_in.post(f"{URL}/{session_id}/cancel")
        assert response.json()["status"] == "expired"
        assert len(openai.calls) == 1


class TestEndInTheBackground:
    @pytest.fixture(autouse=True)
    def _commits(self, django_capture_on_commit_callbacks: Any) -> Any:
        self.commits = lambda: django_capture_on_commit_callbacks(execute=True)

    def test_logout(self, openai: OpenAI, logged_in: Client) -> None:
        first = post(logged_in).json()["session_id"]
        second = post(logged_in, sessionId=first).json()["session_id"]
        with self.commits():
            logged_in.post(reverse("logout"))
        cancelling.wait(10)
        assert openai.sessions[second]["status"] == "cancelled"
        assert openai.sessions[first]["status"] == "cancelled"  # its secret still worked
        assert Session.objects.get(session_id=second).status == Status.CANCELLED
        assert Session.objects.get(session_id=first).status == Status.REFRESHED

    def test_logout_does_not_wait(
        self, openai: OpenAI, logged_in: Client, caplog: pytest.LogCaptureFixture
    ) -> None:
        session_id = post(logged_in).json()["session_id"]
        openai.fault("silence")
        with self.commits():
            logged_in.post(reverse("logout"))
        assert len(openai.calls) <= 2  # the answer came while OpenAI is still silent
        assert not openai.over.is_set()
        assert Session.objects.get().status == Status.CANCELLED
        openai.over.set()
        cancelling.wait(10)
        assert session_id in caplog.text
        assert "could not be cancelled at OpenAI" in caplog.text
        assert KEY not in caplog.text

    def test_rolled_back_logout(self, openai: OpenAI, logged_in: Client) -> None:
        post(logged_in)
        logged_in.post(reverse("logout"))  # the test's own transaction never commits
        cancelling.wait(1)
        assert len(openai.calls) == 1

    def test_deactivated(self, openai: OpenAI, logged_in: Client, user: Any) -> None:
        session_id = post(logged_in).json()["session_id"]
        with self.commits():
            user.is_active = False
            user.save()
        cancelling.wait(10)
        assert openai.sessions[session_id]["status"] == "cancelled"

    def test_password_change(self, openai: OpenAI, logged_in: Client, user: Any) -> None:
        session_id = post(logged_in).json()["session_id"]
        with self.commits():
            user.set_password("another")
            user.save(update_fields=["password"])
        cancelling.wait(10)
        assert openai.sessions[session_id]["status"] == "cancelled"

    def test_deleted_user(self, openai: OpenAI, logged_in: Client, user: Any) -> None:
        session_id = post(logged_in).json()["session_id"]
        with self.commits():
            get_user_model().objects.get(pk=user.pk).delete()
        cancelling.wait(10)
        assert openai.sessions[session_id]["status"] == "cancelled"

    def test_many_deleted_users(
        self, openai: OpenAI, logged_in: Client, other: Any, django_assert_max_num_queries: Any
    ) -> None:
        """All at once, with as many queries as one."""
        people = get_user_model().objects
        client = Client()
        client.force_login(other)
        ids = [post(one).json()["session_id"] for one in (logged_in, client)]
        with CaptureQueriesContext(connection) as one, transaction.atomic():
            people.filter(pk=other.pk).delete()
            transaction.set_rollback(True)
        with self.commits(), django_assert_max_num_queries(len(one)), transaction.atomic():
            people.all().delete()
        cancelling.wait(10)
        assert {openai.sessions[id]["status"] for id in ids} == {"cancelled"}

    def test_what_is_over_is_left(self, openai: OpenAI, logged_in: Client) -> None:
        post(logged_in)
        Session.objects.update(expires_at=timezone.now())
        with self.commits():
            logged_in.post(reverse("logout"))
        cancelling.wait(10)
        assert len(openai.calls) == 1

    def test_worker_ends_and_starts_again(self, openai: OpenAI) -> None:
        for number in (1, 2):
            cancelling.cancel_later([f"cksess_{number}"])
            cancelling.wait(10)
        assert openai.paths() == [f"POST /chatkit/sessions/cksess_{n}/cancel" for n in (1, 2)]
        assert cancelling._worker is None

    def test_a_fault_of_ours_does_not_end_the_worker(
        self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
    ) -> None:
        from chatkit.hosted import client

        def cancel(session_id: str) -> None:
            seen.append(session_id)
            raise RuntimeError

        seen: list[str] = []
        monkeypatch.setattr(client, "cancel_session", cancel)
        cancelling.cancel_later(["a", "b"])
        cancelling.wait(10)
        assert seen == ["a", "b"]
        assert "session a could not be cancelled" in caplog.text
