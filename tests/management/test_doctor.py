"""`manage.py chatkit_doctor`."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from chatkit.checks import site
from chatkit.hosted import sunset, transport
from tests.selfhosted.managed.stand_in import AgentsApi

from ..hosted.openai_standin import KEY, OpenAI, running


@pytest.fixture(autouse=True)
def _built(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    script = tmp_path / "chatkit.js"
    script.write_text("")
    monkeypatch.setattr(site, "SCRIPT", script)
    monkeypatch.setattr(transport, "_sleep", lambda seconds: None)


@pytest.fixture
def openai(settings: Any) -> Iterator[OpenAI]:
    with running() as standin:
        settings.CHATKIT = {
            **settings.CHATKIT,
            "WORKFLOWS": {"wf_hosted": "openai"},
            "OPENAI_API_KEY": KEY,
            "OPENAI_BASE_URL": standin.url,
            "OPENAI_TIMEOUT": (1, 1),
        }
        yield standin


def doctor(*args: str) -> tuple[str, str]:
    """What it wrote, and the text of its failure ("" for success)."""
    out = io.StringIO()
    try:
        call_command("chatkit_doctor", *args, stdout=out, no_color=True)
    except CommandError as error:  # manage.py makes it exit status 1
        return out.getvalue(), str(error)
    return out.getvalue(), ""


@pytest.mark.django_db
class TestReport:
    def test_good_site(self, workflow_id: str) -> None:
        text, failure = doctor()
        assert failure == ""
        assert f"{workflow_id}: this site, chatkit.selfhosted.helpdesk.HelpDeskServer" in text
        assert "(the default)" in text
        assert "all passed" in text
        assert "SESSION_OPTIONS = {}  (default)" in text
        assert "No fault found." in text

    def test_key_is_hidden(self, openai: OpenAI) -> None:
        text, _ = doctor()
        assert "OPENAI_API_KEY = (set, hidden)" in text
        assert KEY not in text

    def test_login_in_a_url_is_hidden(self, settings: Any) -> None:
        settings.CHATKIT = {
            **settings.CHATKIT,
            "OPENAI_BASE_URL": "https://ann:canary@eu.example/v1",
            "SESSION_OPTIONS": {"state_variables": {"api_token": "canary"}},
        }
        text, _ = doctor()
        assert "canary" not in text
        assert "https://(hidden)@eu.example/v1" in text

    def test_checks_with_their_fix(self, settings: Any) -> None:
        settings.CHATKIT = {**settings.CHATKIT, "COLOUR": "red"}
        text, failure = doctor()
        assert "chatkit.E002: CHATKIT['COLOUR'] is not a setting." in text
        assert "fix: The settings are WORKFLOWS" in text
        assert failure == "1 fault found."

    def test_warnings_are_no_fault(self, openai: OpenAI) -> None:
        text, failure = doctor()
        assert "chatkit.W018" in text
        assert failure == ""

    def test_silenced_checks(self, openai: OpenAI, settings: Any) -> None:
        settings.SILENCED_SYSTEM_CHECKS = ["chatkit.W018"]
        assert "chatkit.W018" not in doctor()[0]

    def test_server_that_fails_to_load(self, settings: Any) -> None:
        settings.CHATKIT = {"WORKFLOWS": {"wf_1": "tests.data.broken_server.Server"}}
        text, failure = doctor()
        assert "it can't be loaded: RuntimeError: no model today" in text
        assert failure == "1 fault found."

    def test_unreadable_table(self, settings: Any) -> None:
        settings.CHATKIT = {"WORKFLOWS": ["wf_1"]}
        text, failure = doctor("--ping")
        assert "can't be read" in text
        assert "chatkit.E001" in text
        assert failure

    def test_nobody_answers(self, settings: Any) -> None:
        settings.CHATKIT = {}
        assert "none: nobody answers" in doctor()[0]

    @pytest.mark.parametrize(
        ("backend", "words"),
        [
            ("locmem.LocMemCache", "each process counts for itself"),
            ("dummy.DummyCache", "calls are not limited"),
        ],
    )
    def test_cache(self, settings: Any, backend: str, words: str) -> None:
        settings.CACHES = {"default": {"BACKEND": f"django.core.cache.backends.{backend}"}}
        assert words in doctor()[0]

    def test_limits_off(self, settings: Any) -> None:
        settings.RATELIMIT_ENABLE = False
        assert "switched off" in doctor()[0]

    def test_wsgi_hint(self, settings: Any) -> None:
        assert "ASGI_APPLICATION is not set" not in doctor()[0]
        settings.ASGI_APPLICATION = None
        assert "ASGI_APPLICATION is not set" in doctor()[0]

    def test_proxies_by_name_alone(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTPS_PROXY", "http://ann:canary@proxy")
        text, _ = doctor()
        assert "proxies of the environment: HTTPS_PROXY" in text
        assert "canary" not in text


@pytest.mark.django_db
class TestPing:
    def test_not_without_being_asked(self, openai: OpenAI) -> None:
        doctor()
        assert openai.calls == []

    def test_works(self, openai: OpenAI) -> None:
        text, failure = doctor("--ping")
        assert "a session was made (request req_1)" in text
        assert failure == ""
        (session,) = openai.sessions.values()
        assert (session["user"], session["status"]) == ("chatkit_doctor", "cancelled")
        assert session["client_secret"] not in text

    def test_failure_is_explained(self, openai: OpenAI, caplog: pytest.LogCaptureFixture) -> None:
        openai.fault("status", status=403)
        text, failure = doctor("--ping")
        assert "failed: The API key may not use ChatKit. (status 403, request req_1)" in text
        assert "fix: Give the key's project access to ChatKit" in text
        assert failure == "1 fault found."
        assert KEY not in text + caplog.text

    def test_it_may_be_the_end(self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        """Also where OpenAI answers what nobody expects."""
        monkeypatch.setattr(sunset, "today", lambda: sunset.DATE)
        openai.fault("status", status=451)
        text, _ = doctor("--ping")
        assert "failed: OpenAI refused the call. (status 451, request req_1)" in text
        assert "tells it. OpenAI announced the end of Agent Builder for 2026-11-30" in text

    def test_unreachable(self, openai: OpenAI) -> None:
        openai.fault("reset")
        text, failure = doctor("--ping")
        assert "failed: The connection to OpenAI broke off." in text
        assert failure == "1 fault found."

    def test_session_that_stays(self, openai: OpenAI) -> None:
        openai.fault("status", status=500, path="cancel")
        text, failure = doctor("--ping")
        assert "it could not be ended: OpenAI has a fault." in text
        assert failure == ""

    def test_each_hosted_workflow(self, openai: OpenAI, settings: Any) -> None:
        table = {"wf_a": "openai", "wf_b": "chatkit.selfhosted.helpdesk.HelpDeskServer"}
        settings.CHATKIT = {**settings.CHATKIT, "WORKFLOWS": {**table, "wf_c": "openai"}}
        doctor("--ping")
        asked = [call.body["workflow"]["id"] for call in openai.calls if call.body]
        assert asked == ["wf_a", "wf_c"]

    def test_nothing_to_ask(self) -> None:
        assert "nothing to ask" in doctor("--ping")[0]

    def test_key_in_no_log(self, openai: OpenAI, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        doctor("--ping")
        assert KEY not in caplog.text


def test_what_is_to_be_deleted_at_openai(db: None) -> None:
    from chatkit.hosted import causes
    from chatkit.models import AgentSession

    assert "agents' sessions" not in doctor()[0]
    AgentSession.objects.create(id="sess_1", agent_id="a", error=causes.KEY.sentence)
    told = doctor()[0]
    assert "agents' sessions to be deleted at OpenAI: 1" in told
    assert "The API key is wrong or was revoked." in told
    assert "sess_1" not in told


@pytest.mark.parametrize(
    ("server", "told"),
    [
        ("OfferingServer", "the agent is there: agent_support"),
        ("NamelessServer", "its server class names no agent: set its agent_id"),
    ],
)
def test_ping_of_a_server_class(db: None, settings: Any, server: str, told: str) -> None:
    with AgentsApi().running() as api:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {"wf_1": f"tests.selfhosted.managed.servers.{server}"},
            "OPENAI_API_KEY": api.key,
            "OPENAI_BASE_URL": api.url,
        }
        assert told in doctor("--ping")[0]


@pytest.mark.parametrize(
    ("agent", "key", "told"),
    [
        ("agent_support", "", "the agent is there: agent_support"),
        ("agent_gone", "", "OpenAI does not know this agent id. (status 404"),
        ("agent_support", "sk-other", "The API key is wrong or was revoked. (status 401"),
    ],
)
def test_ping_of_an_agent(db: None, settings: Any, agent: str, key: str, told: str) -> None:
    with AgentsApi().running() as api:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {"wf_1": f"openai-agent:{agent}"},
            "OPENAI_API_KEY": key or api.key,
            "OPENAI_BASE_URL": api.url,
        }
        text = doctor("--ping")[0]
    assert told in text
    assert f"wf_1: OpenAI's agent {agent}, asked by this site" in text
    assert "canary" not in text
