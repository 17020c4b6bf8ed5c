"""Canaries: the API key and a client secret turn up in no page, row, log or error."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings as django_settings
from django.test import Client, RequestFactory
from django.urls import reverse
from django.views.debug import ExceptionReporter

from chatkit.exceptions import ApiError
from chatkit.hosted import causes, transport, upstream
from chatkit.hosted import client as openai_client
from chatkit.sessions import service

from .hosted.openai_standin import KEY, OpenAI, running

URL = "/api/chatkit/session"
FAULTS = ["status", "html", "empty", "truncated", "reset", "cut"]


@pytest.fixture
def openai(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAI]:
    monkeypatch.setattr(transport, "_sleep", lambda seconds: None)
    with running() as standin:
        settings.CHATKIT = {
            **settings.CHATKIT,
            "WORKFLOWS": {"wf_hosted": "openai"},
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": standin.url,
            "OPENAI_TIMEOUT": (1, 1),
        }
        yield standin


def post(client: Client, workflow_id: str = "wf_hosted") -> Any:
    return client.post(URL, {"workflowId": workflow_id}, content_type="application/json")


def all_rows() -> str:
    """Every value in every table, of ours and of the others."""
    models = [model for model in apps.get_models() if model._meta.managed]
    return repr([list(model._default_manager.values()) for model in models])


def clean(text: str, *canaries: str) -> bool:
    return not [canary for canary in canaries if canary in text]


class TestHosted:
    @pytest.mark.parametrize("debug", [False, True])
    def test_success(
        self,
        openai: OpenAI,
        logged_in: Client,
        admin_client: Client,
        settings: Any,
        caplog: pytest.LogCaptureFixture,
        debug: bool,
    ) -> None:
        settings.DEBUG = debug
        caplog.set_level(logging.DEBUG)
        response = post(logged_in)
        secret = response.json()["client_secret"]
        assert clean(response.content.decode(), KEY)
        assert clean(all_rows(), KEY, secret)
        assert clean(caplog.text, KEY, secret)
        for page in ("/apps/chatkit/", "/"):
            assert clean(logged_in.get(page).content.decode(), KEY, secret)
        changelist = reverse("admin:chatkit_session_changelist")
        assert clean(admin_client.get(changelist).content.decode(), KEY, secret)

    @pytest.mark.parametrize("debug", [False, True])
    @pytest.mark.parametrize("kind", FAULTS)
    def test_fault(
        self,
        openai: OpenAI,
        logged_in: Client,
        settings: Any,
        caplog: pytest.LogCaptureFixture,
        kind: str,
        debug: bool,
    ) -> None:
        """The stand-in's error texts repeat the key, as real ones have."""
        settings.DEBUG = debug
        caplog.set_level(logging.DEBUG)
        openai.fault(kind, times=None)
        response = post(logged_in)
        assert response.status_code == 500
        assert clean(response.content.decode(), KEY)
        assert clean(all_rows() + caplog.text, KEY)

    def test_key_that_breaks_the_header(
        self, openai: OpenAI, logged_in: Client, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        """What requests says of a bad header repeats the header."""
        key = f"{KEY}\r\nX: é"
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": key}
        caplog.set_level(logging.DEBUG)
        assert clean(post(logged_in).content.decode() + caplog.text + all_rows(), KEY)


class TestOwn:
    def test_secret(
        self, logged_in: Client, workflow_id: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.DEBUG)
        secret = post(logged_in, workflow_id).json()["client_secret"]
        signature = secret.rpartition(":")[2]
        assert clean(all_rows() + caplog.text, signature)
        assert clean(logged_in.get("/apps/chatkit/").content.decode(), signature)

    def test_cookie_of_the_login(self, logged_in: Client, workflow_id: str) -> None:
        post(logged_in, workflow_id)
        values = [morsel.value for morsel in logged_in.cookies.values()]
        assert clean(repr(values), "ck_")


class Reported(Exception):
    """A fault planted deep inside, to see what an error report would show."""


class TestErrorReports:
    """What Django mails to admins and shows on its debug page."""

    @pytest.fixture
    def report(
        self,
        openai: OpenAI,
        logged_in: Client,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> Any:
        """The report that the error mail would hold, after a fault in a function of ours."""

        def fail(*args: Any, **kwargs: Any) -> Any:
            raise Reported

        def make(module: Any, name: str) -> str:
            monkeypatch.setattr(module, name, fail)
            logged_in.raise_request_exception = False
            assert post(logged_in).json()["error"]["code"] == "server_error"
            (record,) = [line for line in caplog.records if line.name == "django.request"]
            assert record.exc_info
            reporter = ExceptionReporter(record.request, *record.exc_info)  # type: ignore[attr-defined]
            text = reporter.get_traceback_html() + reporter.get_traceback_text()
            assert "Reported" in text
            return text

        return make

    def test_while_the_session_is_recorded(self, report: Any, openai: OpenAI) -> None:
        text = report(service, "_record")
        (session,) = openai.sessions.values()
        assert clean(text, KEY, session["client_secret"])

    def test_after_it_was_made(self, report: Any, openai: OpenAI) -> None:
        text = report(service, "_log")
        (session,) = openai.sessions.values()
        assert clean(text, KEY, session["client_secret"])

    def test_while_the_answer_is_read(self, report: Any) -> None:
        assert clean(report(transport, "_checked"), KEY)

    @pytest.mark.parametrize("debug", [False, True])
    def test_settings_are_starred(
        self, settings: Any, openai: OpenAI, rf: RequestFactory, debug: bool
    ) -> None:
        """The debug page lists the settings; the key lies within the dict CHATKIT."""
        settings.DEBUG = debug
        try:
            raise Reported
        except Reported as error:
            reporter = ExceptionReporter(rf.get("/"), Reported, error, error.__traceback__)
        text = reporter.get_traceback_html() + reporter.get_traceback_text()
        assert "CHATKIT" in text
        assert "wf_hosted" in text
        assert clean(text, KEY)
        assert KEY in repr(django_settings.CHATKIT)


class TestExceptions:
    def test_upstream_error(self, openai: OpenAI) -> None:
        openai.fault("reset")
        with pytest.raises(causes.UpstreamError) as raised:
            openai_client.cancel_session("x")
        error = raised.value
        assert clean(repr(error) + str(error) + repr(vars(error)), KEY)
        assert error.__suppress_context__

    def test_api_error(self) -> None:
        error = ApiError("openai_error")
        assert str(error) == "openai_error"

    def test_auth_of_the_request(self) -> None:
        assert KEY not in repr(upstream.BearerAuth(KEY))
