"""POST /api/chatkit/session: bad input to the letter, in its order; and cancelling."""

from __future__ import annotations

import datetime
import json
import logging
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from chatkit import sessions
from chatkit.api import read_body
from chatkit.exceptions import ApiError
from chatkit.models import Session
from chatkit.sessions.views import SESSION_LIMIT

URL = "/api/chatkit/session"
TOKEN = "t" * 32


@pytest.fixture
def wary(user: Any) -> Client:
    """Logged in as `user`, with CSRF enforced and its cookie set."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    client.cookies["csrftoken"] = TOKEN
    return client


def post(client: Client, body: Any, **how: Any) -> Any:
    how.setdefault("content_type", "application/json")
    data = body if isinstance(body, str | bytes) else json.dumps(body)
    return client.post(URL, data, **how)


def code(response: Any) -> str:
    return str(response.json()["error"]["code"])


def refuse(user: Any, workflow_id: str) -> bool:
    return False


def only_known(user: Any, workflow_id: str) -> bool:
    return workflow_id != ""


def fail(user: Any, workflow_id: str) -> bool:
    raise RuntimeError("canary of the rule")


class TestResume:
    """The next page of a site goes on with the session of the last one."""

    def first(self, client: Client, workflow_id: str, **labels: str) -> Any:
        return post(client, {"workflowId": workflow_id, **labels}).json()

    def again(self, client: Client, workflow_id: str, session_id: str, **labels: str) -> Any:
        return post(client, {"workflowId": workflow_id, "resumes": session_id, **labels}).json()

    def test_the_same_while_it_lives(self, logged_in: Client, workflow_id: str) -> None:
        first = self.first(logged_in, workflow_id)
        second = self.again(logged_in, workflow_id, first["session_id"])
        assert second["session_id"] == first["session_id"]
        assert second["expires_at"] == first["expires_at"]
        assert sessions.verify(second["client_secret"]).session_id == first["session_id"]
        assert Session.objects.count() == 1

    def test_it_costs_no_new_one(self, logged_in: Client, workflow_id: str, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"session": "1/h"}}
        first = self.first(logged_in, workflow_id)
        for _ in range(3):
            again = self.again(logged_in, workflow_id, first["session_id"])
            assert again["session_id"] == first["session_id"]
        assert self.first(logged_in, workflow_id)["error"]["code"] == "rate_limited"

    def test_a_new_one_where_half_of_its_life_is_over(
        self, logged_in: Client, workflow_id: str
    ) -> None:
        first = self.first(logged_in, workflow_id)["session_id"]
        later = timezone.now() + datetime.timedelta(seconds=299)
        Session.objects.update(expires_at=later)
        assert self.again(logged_in, workflow_id, first)["session_id"] != first

    def test_a_new_one_after_a_log_out_or_with_other_labels(
        self, logged_in: Client, user: Any, workflow_id: str
    ) -> None:
        first = self.first(logged_in, workflow_id, userId="17")["session_id"]
        assert self.again(logged_in, workflow_id, first)["session_id"] != first
        assert self.again(logged_in, workflow_id, first, userId="17")["session_id"] == first
        logged_in.logout()
        logged_in.force_login(user)
        sessions.cancel_all_of(user)
        assert self.again(logged_in, workflow_id, first, userId="17")["session_id"] != first

    def test_never_anothers(self, logged_in: Client, other: Any, workflow_id: str) -> None:
        first = self.first(logged_in, workflow_id)["session_id"]
        client = Client()
        client.force_login(other)
        second = self.again(client, workflow_id, first)
        assert second["session_id"] != first
        assert second["replaced"] == ""
        assert Session.objects.get(session_id=first).status == Session.Status.ACTIVE

    @pytest.mark.parametrize("value", [5, "x" * 129, ["sess_1"]])
    def test_bad_input(self, logged_in: Client, workflow_id: str, value: Any) -> None:
        response = post(logged_in, {"workflowId": workflow_id, "resumes": value})
        assert code(response) == "invalid_request"


class TestSuccess:
    def test_answer(self, logged_in: Client, workflow_id: str) -> None:
        response = post(logged_in, {"workflowId": workflow_id})
        assert response.status_code == 200
        assert set(response.json()) == {
            "client_secret",
            "session_id",
            "expires_at",
            "expires_in",
            "user_key",
            "visitor",
            "replaced",
        }
        row = Session.objects.get()
        assert response.json()["session_id"] == row.session_id
        assert response.json()["expires_at"] == int(row.expires_at.timestamp())
        assert 598 <= response.json()["expires_in"] <= 600
        assert response.json()["replaced"] == ""
        assert sessions.verify(response.json()["client_secret"]) == row

    def test_url(self) -> None:
        assert reverse("chatkit:session") == URL

    def test_secret_is_not_cached(self, logged_in: Client, workflow_id: str) -> None:
        response = post(logged_in, {"workflowId": workflow_id})
        assert response["Cache-Control"] == "private, no-store"

    def test_no_cors_header(self, logged_in: Client, workflow_id: str) -> None:
        response = post(
            logged_in, {"workflowId": workflow_id}, headers={"Origin": "http://testserver"}
        )
        assert response.status_code == 200
        assert not [name for name in response.headers if name.startswith("Access-Control")]

    def test_labels_are_recorded_and_never_identity(
        self, logged_in: Client, user: Any, other: Any, workflow_id: str
    ) -> None:
        post(logged_in, {"workflowId": workflow_id, "userId": str(other.pk), "deviceId": "ipad"})
        row = Session.objects.get()
        assert (row.user, row.user_label, row.device_label) == (user, str(other.pk), "ipad")

    def test_null_labels(self, logged_in: Client, workflow_id: str) -> None:
        body = {"workflowId": workflow_id, "userId": None, "deviceId": None, "sessionId": None}
        assert post(logged_in, body).status_code == 200
        assert Session.objects.get().user_label == ""

    def test_unknown_fields_are_ignored(self, logged_in: Client, workflow_id: str) -> None:
        body = {"workflowId": workflow_id, "expires_at": 1, "user": "root"}
        assert post(logged_in, body).status_code == 200

    def test_charset_in_content_type(self, logged_in: Client, workflow_id: str) -> None:
        response = post(
            logged_in,
            {"workflowId": workflow_id},
            content_type="application/json; charset=utf-8",
        )
        assert response.status_code == 200

    def test_one_log_line(
        self, logged_in: Client, workflow_id: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.INFO, "chatkit.sessions"):
            secret = post(logged_in, {"workflowId": workflow_id}).json()["client_secret"]
        lines = [line for line in caplog.records if line.name == "chatkit.sessions"]
        assert len(lines) == 1
        assert "session ok" in lines[0].getMessage()
        assert str(Session.objects.get().session_id) in lines[0].getMessage()
        assert secret not in caplog.text


class TestMethods:
    @pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
    def test_refused(self, logged_in: Client, method: str) -> None:
        response = getattr(logged_in, method)(URL)
        assert response.status_code == 405
        assert response["Allow"] == "POST"
        if method != "head":
            assert code(response) == "method_not_allowed"

    def test_trace(self, logged_in: Client) -> None:
        assert logged_in.trace(URL).status_code == 405


class TestStrangers:
    def test_refused(
        self, client: Client, workflow_id: str, db: None, caplog: pytest.LogCaptureFixture
    ) -> None:
        response = post(client, {"workflowId": workflow_id})
        assert (response.status_code, code(response)) == (401, "not_authenticated")
        assert not Session.objects.exists()
        lines = [line for line in caplog.records if line.name == "chatkit.sessions"]
        assert [line.getMessage() for line in lines] == ["session not_authenticated user=-"]

    def test_deactivated(self, logged_in: Client, user: Any, workflow_id: str) -> None:
        get_user_model().objects.filter(pk=user.pk).update(is_active=False)
        response = post(logged_in, {"workflowId": workflow_id})
        assert (response.status_code, code(response)) == (401, "not_authenticated")


DEEP = "[" * 8000
# Each body with the code of its 400.
BAD_BODIES: dict[str, tuple[Any, str]] = {
    "not JSON": ("{workflowId}", "invalid_json"),
    "empty": ("", "invalid_json"),
    "not UTF-8": (b'{"workflowId": "\xff"}', "invalid_json"),
    "too deep": (DEEP, "invalid_json"),
    "a list": ([], "invalid_request"),
    "a text": ('"wf"', "invalid_request"),
    "null": ("null", "invalid_request"),
    "no workflowId": ({}, "missing_workflow"),
    "empty workflowId": ({"workflowId": ""}, "missing_workflow"),
    "null workflowId": ({"workflowId": None}, "missing_workflow"),
    "number": ({"workflowId": 7}, "invalid_request"),
    "true": ({"workflowId": True}, "invalid_request"),
    "nested": ({"workflowId": {"a": {"b": [1]}}}, "invalid_request"),
    "nested deeply": ('{"workflowId": ' + "[" * 400 + "]" * 400 + "}", "invalid_request"),
    "too long": ({"workflowId": "w" * 65}, "invalid_request"),
    "NUL": ({"workflowId": "wf\x00"}, "invalid_request"),
    "half a pair": ('{"workflowId": "\\ud800"}', "invalid_request"),
    "unknown": ({"workflowId": "wf_unknown"}, "unknown_workflow"),
}
BAD_LABELS = {
    "long": "u" * 129,
    "number": 5,
    "list": ["u"],
    "NUL": "a\x00b",
    "half a pair": "\udcff",
}


class TestBadInput:
    @pytest.mark.parametrize("name", BAD_BODIES)
    def test_400(self, logged_in: Client, name: str, caplog: pytest.LogCaptureFixture) -> None:
        body, expected = BAD_BODIES[name]
        # The test client drops the type of an empty body, so it is said as a header.
        response = post(logged_in, body, CONTENT_TYPE="application/json")
        assert (response.status_code, code(response)) == (400, expected)
        assert not Session.objects.exists()
        lines = [line for line in caplog.records if line.name == "chatkit.sessions"]
        assert [f"session {expected}" in line.getMessage() for line in lines] == [True]

    @pytest.mark.parametrize("field", ["userId", "deviceId", "sessionId"])
    @pytest.mark.parametrize("name", BAD_LABELS)
    def test_labels(self, logged_in: Client, workflow_id: str, field: str, name: str) -> None:
        response = post(logged_in, {"workflowId": workflow_id, field: BAD_LABELS[name]})
        assert (response.status_code, code(response)) == (400, "invalid_request")
        assert not Session.objects.exists()

    def test_longest_labels(self, logged_in: Client, workflow_id: str) -> None:
        label = "é" * 128
        body = {"workflowId": workflow_id, "userId": label, "deviceId": label}
        assert post(logged_in, body).status_code == 200
        assert Session.objects.get().user_label == label

    def test_20_kb(self, logged_in: Client, workflow_id: str) -> None:
        response = post(logged_in, {"workflowId": workflow_id, "userId": "u" * 20_000})
        assert (response.status_code, code(response)) == (413, "too_large")

    def test_largest(self, logged_in: Client, workflow_id: str) -> None:
        body = json.dumps({"workflowId": workflow_id})
        assert post(logged_in, body + " " * (SESSION_LIMIT - len(body))).status_code == 200
        assert post(logged_in, body + " " * (SESSION_LIMIT + 1 - len(body))).status_code == 413

    @pytest.mark.parametrize("said", ["", "nonsense", "10"])
    def test_size_that_is_not_said(self, rf: RequestFactory, said: str) -> None:
        """The limit holds for what is read, whatever Content-Length claims."""
        request = rf.post(URL, "x" * 20_000, content_type="application/json")
        request.META["CONTENT_LENGTH"] = said
        with pytest.raises(ApiError, match="too_large"):
            read_body(request, SESSION_LIMIT)

    def test_client_that_goes_away(self, rf: RequestFactory) -> None:
        request = rf.post(URL, "x", content_type="application/json")
        request._stream = Broken()  # type: ignore[assignment]
        with pytest.raises(ApiError, match="invalid_request"):
            read_body(request, SESSION_LIMIT)

    @pytest.mark.parametrize(
        "content_type",
        ["text/plain", "multipart/form-data; boundary=x", "application/x-www-form-urlencoded", ""],
    )
    def test_other_types(self, wary: Client, workflow_id: str, content_type: str) -> None:
        response = post(
            wary,
            {"workflowId": workflow_id},
            content_type=content_type,
            headers={"X-CSRFToken": TOKEN},
        )
        assert (response.status_code, code(response)) == (415, "unsupported_media_type")

    def test_message_is_translated(self, logged_in: Client) -> None:
        response = post(logged_in, {}, headers={"Accept-Language": "en"})
        assert response.json()["error"]["message"] == "The request does not name a workflow."

    def test_envelope(self, logged_in: Client) -> None:
        response = post(logged_in, {})
        assert set(response.json()) == {"error"}
        assert set(response.json()["error"]) == {"code", "message"}
        assert response["Content-Type"] == "application/json"
        assert response["Cache-Control"] == "private, no-store"


class Broken:
    """The body of a client that closed the connection."""

    def read(self, *args: Any) -> bytes:
        raise OSError("gone")


class TestCsrf:
    def test_no_token(self, wary: Client, workflow_id: str) -> None:
        response = post(wary, {"workflowId": workflow_id})
        assert (response.status_code, code(response)) == (403, "csrf_failed")
        assert not Session.objects.exists()

    def test_wrong_token(self, wary: Client, workflow_id: str) -> None:
        response = post(wary, {"workflowId": workflow_id}, headers={"X-CSRFToken": "u" * 32})
        assert code(response) == "csrf_failed"

    def test_token(self, wary: Client, workflow_id: str) -> None:
        response = post(wary, {"workflowId": workflow_id}, headers={"X-CSRFToken": TOKEN})
        assert response.status_code == 200

    def test_foreign_origin(self, wary: Client, workflow_id: str) -> None:
        response = post(
            wary,
            {"workflowId": workflow_id},
            headers={"X-CSRFToken": TOKEN, "Origin": "https://evil.example"},
        )
        assert code(response) == "csrf_failed"

    def test_host_without_the_middleware(
        self, wary: Client, workflow_id: str, settings: Any
    ) -> None:
        settings.MIDDLEWARE = [path for path in settings.MIDDLEWARE if "Csrf" not in path]
        body = {"workflowId": workflow_id}
        assert code(post(wary, body)) == "csrf_failed"
        assert post(wary, body, headers={"X-CSRFToken": TOKEN}).status_code == 200

    def test_token_in_the_session(self, user: Any, workflow_id: str, settings: Any) -> None:
        settings.CSRF_USE_SESSIONS = True
        client = Client(enforce_csrf_checks=True)
        client.force_login(user)
        session = client.session
        session["_csrftoken"] = TOKEN
        session.save()
        body = {"workflowId": workflow_id}
        assert code(post(client, body)) == "csrf_failed"
        client.cookies["csrftoken"] = "v" * 32  # the cookie counts for nothing there
        assert code(post(client, body, headers={"X-CSRFToken": "v" * 32})) == "csrf_failed"
        assert post(client, body, headers={"X-CSRFToken": TOKEN}).status_code == 200


class TestOrder:
    """405, 401, 413, 415, 403 csrf, 403 forbidden, 400, 429: the earlier fault is the answer."""

    def test_order(self, wary: Client, workflow_id: str, settings: Any) -> None:
        """A request with every fault, mended one by one."""
        settings.CHATKIT = {
            **settings.CHATKIT,
            "ACCESS": "tests.sessions.test_views.refuse",
            "RATE_LIMITS": {"session": "0/m"},
        }
        big, small = "x" * 20_000, "x"
        token = {"X-CSRFToken": TOKEN}
        stranger = Client(enforce_csrf_checks=True)
        steps = [
            (stranger.put(URL, big), 405, "method_not_allowed"),
            (post(stranger, big, content_type="text/plain"), 401, "not_authenticated"),
            (post(wary, big, content_type="text/plain"), 413, "too_large"),
            (post(wary, small, content_type="text/plain"), 415, "unsupported_media_type"),
            (post(wary, small), 403, "csrf_failed"),
            (post(wary, small, headers=token), 403, "forbidden"),
        ]
        settings.CHATKIT = settings.CHATKIT | {"ACCESS": "chatkit.access.active_users"}
        good = {"workflowId": workflow_id}
        steps += [
            (post(wary, small, headers=token), 400, "invalid_json"),
            (post(wary, [], headers=token), 400, "invalid_request"),
            (post(wary, {}, headers=token), 400, "missing_workflow"),
            (post(wary, {"workflowId": "wf_x"}, headers=token), 400, "unknown_workflow"),
            (post(wary, good, headers=token), 429, "rate_limited"),
        ]
        assert [(step[0].status_code, code(step[0])) for step in steps] == [
            step[1:] for step in steps
        ]

    def test_fields_come_before_the_unknown_workflow(self, logged_in: Client) -> None:
        assert code(post(logged_in, {"workflowId": "wf_x", "userId": 5})) == "invalid_request"


class TestAccess:
    def test_refused(
        self,
        logged_in: Client,
        workflow_id: str,
        settings: Any,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "ACCESS": "tests.sessions.test_views.refuse"}
        response = post(logged_in, {"workflowId": workflow_id})
        assert (response.status_code, code(response)) == (403, "forbidden")
        assert not Session.objects.exists()
        assert "session forbidden" in caplog.text

    def test_refresh_asks_again(self, logged_in: Client, workflow_id: str, settings: Any) -> None:
        first = post(logged_in, {"workflowId": workflow_id}).json()["session_id"]
        settings.CHATKIT = {**settings.CHATKIT, "ACCESS": "tests.sessions.test_views.refuse"}
        response = post(logged_in, {"workflowId": workflow_id, "sessionId": first})
        assert code(response) == "forbidden"
        assert Session.objects.get().status == Session.Status.ACTIVE

    def test_rule_gets_the_known_workflow_or_none(
        self, logged_in: Client, workflow_id: str, settings: Any
    ) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "ACCESS": "tests.sessions.test_views.only_known"}
        assert post(logged_in, {"workflowId": workflow_id}).status_code == 200
        assert code(post(logged_in, {"workflowId": "wf_x"})) == "forbidden"

    def test_rule_that_fails(
        self,
        logged_in: Client,
        workflow_id: str,
        settings: Any,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        """A fault of the site is our JSON too, without its text, and is logged as Django does."""
        settings.CHATKIT = {**settings.CHATKIT, "ACCESS": "tests.sessions.test_views.fail"}
        logged_in.raise_request_exception = False
        for debug in (False, True):
            settings.DEBUG = debug
            response = post(logged_in, {"workflowId": workflow_id})
            assert (response.status_code, code(response)) == (500, "server_error")
            assert "canary" not in response.content.decode()
        failures = [line for line in caplog.records if line.name == "django.request"]
        assert len(failures) == 2
        assert failures[0].exc_info


class TestCancel:
    @pytest.fixture
    def session_id(self, logged_in: Client, workflow_id: str) -> str:
        return str(post(logged_in, {"workflowId": workflow_id}).json()["session_id"])

    def test_owner(self, logged_in: Client, session_id: str) -> None:
        response = logged_in.post(f"{URL}/{session_id}/cancel")
        assert response.status_code == 200
        assert response.json() == {"session_id": session_id, "status": "cancelled"}
        assert Session.objects.get().status == Session.Status.CANCELLED

    def test_twice(self, logged_in: Client, session_id: str) -> None:
        logged_in.post(f"{URL}/{session_id}/cancel")
        response = logged_in.post(f"{URL}/{session_id}/cancel")
        assert response.json()["status"] == "cancelled"

    def test_admin(self, admin_client: Client, session_id: str) -> None:
        assert admin_client.post(f"{URL}/{session_id}/cancel").status_code == 200

    def test_others_are_not_told(self, client: Client, other: Any, session_id: str) -> None:
        client.force_login(other)
        for wanted in (session_id, "sess_unknown"):
            response = client.post(f"{URL}/{wanted}/cancel")
            assert (response.status_code, code(response)) == (404, "not_found")
        assert Session.objects.get().status == Session.Status.ACTIVE

    def test_stranger(self, client: Client, session_id: str) -> None:
        assert code(client.post(f"{URL}/{session_id}/cancel")) == "not_authenticated"

    def test_csrf(self, wary: Client, session_id: str) -> None:
        form = {"csrfmiddlewaretoken": TOKEN}
        for data in ({}, form):
            response = wary.post(f"{URL}/{session_id}/cancel", data)
            assert (response.status_code, code(response)) == (403, "csrf_failed")
        headers = {"X-CSRFToken": TOKEN}
        assert wary.post(f"{URL}/{session_id}/cancel", headers=headers).status_code == 200

    def test_methods(self, logged_in: Client, session_id: str) -> None:
        response = logged_in.get(f"{URL}/{session_id}/cancel")
        assert (response.status_code, response["Allow"]) == (405, "POST")

    def test_large_body(self, logged_in: Client, session_id: str) -> None:
        response = logged_in.post(
            f"{URL}/{session_id}/cancel", "x" * 20_000, content_type="application/json"
        )
        assert code(response) == "too_large"


class TestStarterBody:
    """OpenAI's starter app names the workflow as `{"workflow": {"id"}}`."""

    def test_it_is_accepted(self, logged_in: Client, workflow_id: str) -> None:
        answer = logged_in.post(
            "/api/chatkit/session",
            {"workflow": {"id": workflow_id}, "scope": {"user_id": "someone"}},
            content_type="application/json",
        )
        assert answer.status_code == 200
        assert Session.objects.get().workflow_id == workflow_id

    @pytest.mark.parametrize(
        ("workflow", "code"),
        [
            ({"id": ""}, "missing_workflow"),
            ({}, "missing_workflow"),
            ("wf", "missing_workflow"),
            ({"id": 5}, "invalid_request"),
            ({"id": "wf_nowhere"}, "unknown_workflow"),
        ],
    )
    def test_a_bad_one_is_refused(self, logged_in: Client, workflow: Any, code: str) -> None:
        answer = logged_in.post(
            "/api/chatkit/session", {"workflow": workflow}, content_type="application/json"
        )
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, code)
