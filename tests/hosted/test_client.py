"""The calls as they go over the wire."""

from __future__ import annotations

import json
from typing import Any

import pytest
import responses
from django.test import RequestFactory

from chatkit.hosted import causes, client
from chatkit.hosted.causes import UpstreamError

from .openai_standin import KEY

URL = "https://api.openai.com/v1/chatkit/sessions"
GOOD = {"id": "cksess_1", "client_secret": "ek_1", "expires_at": 1_900_000_000}

pytestmark = pytest.mark.usefixtures("hosted_settings")


def create(workflow_id: str = "wf_hosted") -> client.CreatedSession:
    return client.create_session(RequestFactory().post("/"), workflow_id, "mseller:7")


class TestCreate:
    @responses.activate
    def test_request(self) -> None:
        responses.post(URL, json=GOOD)
        create()
        assert len(responses.calls) == 1
        request = responses.calls[0].request
        assert request.headers["Authorization"] == f"Bearer {KEY}"
        assert request.headers["OpenAI-Beta"] == "chatkit_beta=v1"
        assert request.headers["Content-Type"] == "application/json"
        assert json.loads(request.body or "") == {
            "workflow": {"id": "wf_hosted"},
            "user": "mseller:7",
            "expires_after": {"anchor": "created_at", "seconds": 600},
        }

    @responses.activate
    def test_answer(self) -> None:
        responses.post(URL, json=GOOD, headers={"x-request-id": "req_1"})
        created = create()
        assert created == client.CreatedSession("ek_1", "cksess_1", 1_900_000_000, 200, "req_1")

    @responses.activate
    def test_repr_hides_the_secret(self) -> None:
        responses.post(URL, json=GOOD)
        assert "ek_1" not in repr(create())

    @responses.activate
    def test_base_url_with_a_slash(self, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "OPENAI_BASE_URL": "https://eu.example/v1/"}
        responses.post("https://eu.example/v1/chatkit/sessions", json=GOOD)
        assert create().session_id == "cksess_1"

    @responses.activate
    def test_key_pasted_with_a_line_end(self, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "OPENAI_API_KEY": f" {KEY}\n"}
        responses.post(URL, json=GOOD)
        create()
        assert responses.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"

    @responses.activate
    @pytest.mark.parametrize(
        "change",
        [
            {"client_secret": None},
            {"client_secret": ""},
            {"client_secret": 5},
            {"client_secret": "a\nb"},
            {"id": None},
            {"id": "i" * 129},
            {"id": ["x"]},
            {"expires_at": None},
            {"expires_at": "soon"},
            {"expires_at": True},
            {"expires_at": -1},
            {"expires_at": 10**18},
        ],
    )
    def test_odd_answer(self, change: dict[str, Any]) -> None:
        responses.post(URL, json={**GOOD, **change}, headers={"x-request-id": "req_1"})
        with pytest.raises(UpstreamError) as raised:
            create()
        assert raised.value.cause is causes.UNREADABLE
        assert (raised.value.status, raised.value.request_id) == (200, "req_1")


class TestOptions:
    @responses.activate
    def test_overall_and_own(self, settings: Any) -> None:
        settings.CHATKIT = {
            **settings.CHATKIT,
            "SESSION_OPTIONS": {
                "expires_after": {"seconds": 120},
                "rate_limits": {"max_requests_per_1_minute": 20},
                "chatkit_configuration": {"history": {"enabled": False}},
                "state_variables": {"company": "ACME"},
                "tracing": {"enabled": False},
                "workflows": {
                    "wf_hosted": {"version": "3", "rate_limits": {"max_requests_per_1_minute": 5}}
                },
            },
        }
        responses.post(URL, json=GOOD)
        create()
        create("wf_other")
        own, overall = (json.loads(call.request.body or "") for call in responses.calls)
        assert own == {
            "workflow": {
                "id": "wf_hosted",
                "version": "3",
                "tracing": {"enabled": False},
                "state_variables": {"company": "ACME"},
            },
            "user": "mseller:7",
            "expires_after": {"anchor": "created_at", "seconds": 120},
            "rate_limits": {"max_requests_per_1_minute": 5},
            "chatkit_configuration": {"history": {"enabled": False}},
        }
        assert overall["rate_limits"] == {"max_requests_per_1_minute": 20}
        assert "version" not in overall["workflow"]

    @responses.activate
    def test_state_variables_of_the_request(self, settings: Any, user: Any) -> None:
        path = "tests.hosted.test_client.state_variables"
        settings.CHATKIT = {**settings.CHATKIT, "SESSION_OPTIONS": {"state_variables": path}}
        responses.post(URL, json=GOOD)
        request = RequestFactory().post("/")
        request.user = user
        client.create_session(request, "wf_hosted", "mseller:7")
        sent = json.loads(responses.calls[0].request.body or "")["workflow"]["state_variables"]
        assert sent == {"name": "ada", "workflow": "wf_hosted", "seats": 3, "trial": True}

    @responses.activate
    @pytest.mark.parametrize(
        "function", ["failing_variables", "list_of_variables", "deep_variables"]
    )
    def test_state_variables_that_fail(
        self, settings: Any, function: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        path = f"tests.hosted.test_client.{function}"
        settings.CHATKIT = {**settings.CHATKIT, "SESSION_OPTIONS": {"state_variables": path}}
        with pytest.raises(UpstreamError) as raised:
            create()
        assert raised.value.code == "not_configured"
        assert path in caplog.text
        assert len(responses.calls) == 0


def state_variables(request: Any, workflow_id: str) -> dict[str, Any]:
    name = request.user.get_username()
    return {"name": name, "workflow": workflow_id, "seats": 3, "trial": True}


def failing_variables(request: Any, workflow_id: str) -> dict[str, Any]:
    raise LookupError


def list_of_variables(request: Any, workflow_id: str) -> Any:
    return ["x"]


def deep_variables(request: Any, workflow_id: str) -> Any:
    return {"a": {"b": "c"}}


class TestCancel:
    @responses.activate
    def test_request(self) -> None:
        responses.post(f"{URL}/cksess_1/cancel", json=GOOD)
        client.cancel_session("cksess_1")
        request = responses.calls[0].request
        assert request.headers["OpenAI-Beta"] == "chatkit_beta=v1"
        assert request.body is None

    @responses.activate
    def test_id_is_quoted(self) -> None:
        responses.post(f"{URL}/..%2Fthreads/cancel", json=GOOD)
        client.cancel_session("../threads")
        assert responses.calls[0].request.url == f"{URL}/..%2Fthreads/cancel"
