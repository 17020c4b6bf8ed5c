"""`input.transcribe`, from the request to the endpoint that writes down what was said."""

from __future__ import annotations

import base64
import logging
from typing import Any

import pytest
import requests
import responses
from django.core.exceptions import ImproperlyConfigured

from chatkit.exceptions import ApiError
from chatkit.models import Thread
from chatkit.page.options import element_options
from chatkit.voice import AUDIO_BYTES, body_bytes
from chatkit.workflows import Workflow
from tests.selfhosted.protocol import Caller, ask, create, secret_of

from .recordings import mp4, webm

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "sk-canary-0123"
URL = "https://speech.example/v1"
TRANSCRIPTIONS = f"{URL}/audio/transcriptions"
OPENAI = "https://api.openai.com/v1/audio/transcriptions"


def dictated(data: bytes, mime_type: str = "audio/webm;codecs=opus") -> dict[str, Any]:
    return ask(
        "input.transcribe", audio_base64=base64.b64encode(data).decode(), mime_type=mime_type
    )


@pytest.fixture
def site(settings: Any) -> Any:
    """The settings of a site with an endpoint of its own; `site(**more)` changes them."""

    def configure(transcriber: Any, **more: Any) -> None:
        workflows = {"wf": "tests.selfhosted.servers.ScriptedServer"}
        settings.CHATKIT = {"WORKFLOWS": workflows, "TRANSCRIBER": transcriber, **more}

    configure({"base_url": URL, "model": "writer-1", "api_key": KEY})
    return configure


@pytest.fixture
def ada(site: Any, django_user_model: Any) -> Caller:
    return Caller(secret_of(django_user_model.objects.create_user("ada"), "wf"))


@pytest.fixture
def upstream() -> Any:
    with responses.RequestsMock() as mock:
        yield mock


def error_of(response: Any) -> tuple[int, str, str]:
    error = response.json()["error"]
    return response.status_code, error["code"], error["message"]


class TestEndpoint:
    def test_what_it_is_asked_and_what_comes_back(
        self, ada: Caller, upstream: Any, caplog: Any
    ) -> None:
        caplog.set_level(logging.INFO, "chatkit.voice")
        usage = {"type": "tokens", "input_tokens": 14, "output_tokens": 5}
        upstream.post(TRANSCRIPTIONS, json={"text": " Where is it?\u0007\n", "usage": usage})
        assert ada.json(dictated(webm(2500), "video/lie")) == {"text": "Where is it?"}
        sent = upstream.calls[0].request
        assert sent.headers["Authorization"] == f"Bearer {KEY}"
        assert b'name="model"\r\n\r\nwriter-1\r\n' in sent.body
        assert b'name="response_format"\r\n\r\njson\r\n' in sent.body
        assert b'filename="speech.webm"\r\nContent-Type: audio/webm\r\n' in sent.body
        assert webm(2500) in sent.body
        assert b"language" not in sent.body
        assert "audio_s=2.5" in caplog.text
        assert "tokens=14/5" in caplog.text
        assert "Where" not in caplog.text

    def test_the_language_where_the_site_has_one(
        self, ada: Caller, site: Any, upstream: Any
    ) -> None:
        site({"base_url": URL, "model": "m", "language": "pt"})
        upstream.post(TRANSCRIPTIONS, json={"text": ""})
        assert ada.json(dictated(mp4(2000))) == {"text": ""}  # nobody said anything
        sent = upstream.calls[0].request
        assert b'name="language"\r\n\r\npt\r\n' in sent.body
        assert b'filename="speech.mp4"' in sent.body

    def test_openais_key_goes_to_openai_alone(self, ada: Caller, site: Any, upstream: Any) -> None:
        site({"model": "m"}, OPENAI_API_KEY=KEY)
        upstream.post(OPENAI, json={"text": "a"})
        ada.json(dictated(webm(10)))
        assert upstream.calls[0].request.headers["Authorization"] == f"Bearer {KEY}"
        site({"model": "m", "base_url": URL}, OPENAI_API_KEY=KEY)
        upstream.post(TRANSCRIPTIONS, json={"text": "b"})
        ada.json(dictated(webm(10)))
        assert "Authorization" not in upstream.calls[1].request.headers

    @pytest.mark.parametrize(
        ("answer", "status", "code"),
        [
            ({"status": 400, "json": {"error": {"message": KEY}}}, 400, "invalid_request"),
            ({"status": 401, "json": {"error": {"message": KEY}}}, 500, "transcriber_failed"),
            ({"status": 429, "body": KEY}, 500, "transcriber_failed"),
            ({"status": 302, "headers": {"Location": "/x"}}, 500, "transcriber_failed"),
            ({"status": 503, "body": KEY}, 500, "transcriber_failed"),
            ({"body": f"<html>{KEY}"}, 500, "transcriber_failed"),
            ({"json": {"text": 5, "key": KEY}}, 500, "transcriber_failed"),
            ({"json": [KEY]}, 500, "transcriber_failed"),
            ({"body": "x" * 2_000_000}, 500, "transcriber_failed"),
            ({"body": requests.ConnectionError(KEY)}, 500, "transcriber_failed"),
            ({"body": ValueError(KEY)}, 500, "transcriber_failed"),
            ({"body": requests.ReadTimeout(KEY)}, 500, "transcriber_timeout"),
        ],
    )
    def test_its_faults(
        self,
        ada: Caller,
        upstream: Any,
        caplog: Any,
        answer: dict[str, Any],
        status: int,
        code: str,
    ) -> None:
        caplog.set_level(logging.DEBUG)
        upstream.post(TRANSCRIPTIONS, **answer)
        found = error_of(ada.post(dictated(webm(10))))
        assert found[:2] == (status, code)
        assert KEY not in found[2] + caplog.text
        assert "chatkit.voice" in {record.name for record in caplog.records}


class TestRecording:
    @pytest.mark.parametrize(
        ("data", "status", "code"),
        [
            (b"", 400, "invalid_request"),
            (b"hello", 415, "unsupported_media_type"),
            (webm(400_000), 413, "too_large"),
            (b"OggS" + bytes(AUDIO_BYTES), 413, "too_large"),
        ],
    )
    def test_what_is_not_passed_on(self, ada: Caller, data: bytes, status: int, code: str) -> None:
        found = error_of(ada.post(dictated(data)))
        assert found[:2] == (status, code)
        assert "JSON" not in found[2]

    def test_a_long_one_may_be_larger_than_other_requests(
        self, ada: Caller, site: Any, upstream: Any
    ) -> None:
        large = webm(200_000) + b"\xec\x10\x20\x00\x00" + bytes(2 * 1024 * 1024)  # and a gap
        upstream.post(TRANSCRIPTIONS, json={"text": "long"})
        assert ada.json(dictated(large)) == {"text": "long"}
        other = ask("threads.list", limit=10, order="desc", after="x" * 2 * 1024 * 1024)
        assert error_of(ada.post(other))[1] == "too_large"
        assert error_of(ada.post(dictated(bytes(body_bytes()))))[1] == "too_large"
        site(None)
        assert error_of(ada.post(dictated(large)))[1] == "too_large"

    def test_the_name_of_one_makes_none(self, ada: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
        """What is many values is refused before they are read."""
        read: list[bytes] = []
        monkeypatch.setattr("chatkit.selfhosted.protocol.parse", read.append)
        action = {"type": "a", "payload": [0] * 500_000}
        given = ask("threads.custom_action", thread_id="t", action=action)
        given = {"metadata": {"type": "input.transcribe"}} | given
        assert error_of(ada.post(given))[:2] == (413, "too_large")
        assert read == []


class TestFunction:
    def test_is_given_the_recording(self, ada: Caller, site: Any, monkeypatch: Any) -> None:
        site(f"{__name__}.write")
        assert ada.json(dictated(webm(10))) == {"text": f"ada: {len(webm(10))} of audio/webm"}

    @pytest.mark.parametrize(
        ("name", "code"),
        [("fail", "transcriber_failed"), ("nothing", "transcriber_failed"), ("refuse", "busy")],
    )
    def test_its_faults(self, ada: Caller, site: Any, name: str, code: str) -> None:
        site(f"{__name__}.{name}")
        assert error_of(ada.post(dictated(webm(10))))[1] == code


def write(audio: bytes, mime_type: str, context: Any) -> str:
    context.user.refresh_from_db()  # it may use the ORM
    return f"{context.user.username}: {len(audio)} of {mime_type}"


def fail(audio: bytes, mime_type: str, context: Any) -> str:
    raise ImproperlyConfigured(KEY)


def nothing(audio: bytes, mime_type: str, context: Any) -> None:
    return None


def refuse(audio: bytes, mime_type: str, context: Any) -> str:
    raise ApiError("busy")


class TestWithoutOne:
    def test_is_not_enabled(self, ada: Caller, site: Any) -> None:
        site(None)
        assert error_of(ada.post(dictated(webm(10))))[1] == "not_enabled"

    def test_the_page_has_a_microphone_where_there_is_one(self, site: Any, rf: Any) -> None:
        from django.contrib.auth.models import AnonymousUser

        request = rf.get("/")
        request.user = AnonymousUser()

        def composer(answerer: str) -> Any:
            return element_options(request, Workflow("wf", answerer))["composer"]

        assert composer("shop.Server")["dictation"] == {"enabled": True}
        assert "dictation" not in composer("openai")  # its own recordings go elsewhere
        site(None)
        assert "dictation" not in composer("shop.Server")

    def test_calls_are_counted(self, ada: Caller, site: Any) -> None:
        site(f"{__name__}.write", RATE_LIMITS={"transcribe": "2/h"})
        for _time in range(2):
            ada.json(dictated(webm(10)))
        response = ada.post(dictated(webm(10)))
        assert error_of(response)[1] == "rate_limited"
        assert int(response["Retry-After"]) > 0


def test_only_recordings_may_be_large(ada: Caller) -> None:
    """Whatever else a request says of itself."""
    request = create("word " * 300_000) | {"metadata": {"type": "input.transcribe"}}
    assert error_of(ada.post(request))[:2] == (413, "too_large")
    assert not Thread.objects.exists()
