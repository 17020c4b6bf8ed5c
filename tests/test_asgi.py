"""The wrapper around Django's ASGI application."""

from __future__ import annotations

import asyncio
import gc
import json
from contextlib import ExitStack
from typing import Any

import pytest
from django.core.handlers.asgi import ASGIHandler
from django.urls import clear_script_prefix, set_script_prefix

from chatkit import asgi, sessions
from chatkit.attachments import links, room
from chatkit.knowledge.library import Knowledge

MIB = 1024 * 1024


def call(application: Any, scope: dict[str, Any], *messages: dict[str, Any]) -> list[Any]:
    """What the application sends, given these messages."""
    sent: list[Any] = []
    left = list(messages)

    async def receive() -> dict[str, Any]:
        return left.pop(0) if left else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(application(scope, receive, send))
    return sent


def http(path: str, *headers: tuple[bytes, bytes], root_path: str = "") -> dict[str, Any]:
    return {
        "type": "http",
        "method": "POST",
        "path": path,
        "root_path": root_path,
        "headers": list(headers),
    }


def body(size: int, more: bool = False) -> dict[str, Any]:
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


class Reader:
    """An application that takes in the whole body, as Django's handler does."""

    def __init__(self) -> None:
        self.received = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            self.received += len(message["body"])
            if not message.get("more_body"):
                break
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"ok"})


def status(sent: list[Any]) -> int:
    return int(sent[0]["status"])


async def cancelled_stream(path: str) -> None:
    """A stream that has begun to answer when the server cancels it."""

    async def streaming(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await asyncio.Event().wait()

    async def nothing(*args: Any) -> Any: ...

    task = asyncio.ensure_future(asgi.with_runs(streaming)(http(path), nothing, nothing))
    await asyncio.sleep(0)
    task.cancel()
    await task


class TestBodies:
    LIMIT = 11 * MIB  # ATTACHMENTS max_size and a little

    def test_body_that_fits_passes(self) -> None:
        reader = Reader()
        sent = call(asgi.with_runs(reader), http("/api/chatkit"), body(1000, True), body(10))
        assert (status(sent), reader.received) == (200, 1010)

    def test_stream_of_bytes_without_end_is_cut(self) -> None:
        reader = Reader()
        chunks = [body(MIB, True)] * 100
        sent = call(asgi.with_runs(reader), http("/api/chatkit"), *chunks)
        assert status(sent) == 413
        assert json.loads(sent[1]["body"])["error"]["code"] == "too_large"
        assert reader.received <= self.LIMIT

    @pytest.mark.parametrize(
        ("origin", "expected"),
        [
            (b"https://app.example.com", "https://app.example.com"),
            (b"https://other.example", None),
        ],
    )
    def test_a_listed_origin_may_read_why(
        self, settings: Any, origin: bytes, expected: str | None
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ALLOWED_ORIGINS": ["https://app.example.com"]}
        scope = http("/api/chatkit", (b"origin", origin), (b"content-length", b"999999999"))
        sent = call(asgi.with_runs(Reader()), scope, body(1000))
        headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        assert (status(sent), headers["vary"]) == (413, "Origin")
        assert headers.get("access-control-allow-origin") == expected

    def test_a_stranger_s_body_is_small(self) -> None:
        for path in ("/api/chatkit", "/api/chatkit/session", "/api/chatkit/attachments"):
            reader = Reader()
            sent = call(asgi.with_runs(reader), http(path), *[body(1000, True)] * 20)
            assert status(sent) == 413
            assert reader.received <= 16 * 1024

    @pytest.mark.parametrize("secret", [b"ck_forged:x", b"", b"\xff"])
    def test_a_forged_secret_is_a_stranger_s(self, secret: bytes) -> None:
        scope = http("/api/chatkit", (b"authorization", b"Bearer " + secret))
        sent = call(asgi.with_runs(Reader()), scope, *[body(1000, True)] * 20)
        assert status(sent) == 413

    @pytest.mark.parametrize(
        ("path", "size", "expected"),
        [
            ("/api/chatkit", MIB - 1000, 200),
            ("/api/chatkit", MIB + 1000, 413),
            ("/api/chatkit/attachments", 10 * MIB, 200),
            ("/api/chatkit/attachments", 12 * MIB, 413),
            ("/api/chatkit/session", 20_000, 413),
        ],
    )
    def test_a_secret_allows_what_its_address_takes(
        self, path: str, size: int, expected: int
    ) -> None:
        secret = sessions.sign("sess_1").encode()
        scope = http(path, (b"authorization", b"Bearer " + secret))
        assert status(call(asgi.with_runs(Reader()), scope, body(size))) == expected

    def test_a_signed_address_takes_a_file_and_nothing_else(self) -> None:
        token = links.sign("atc_1", "sess_1", links.UPLOAD)
        for attachment_id, method, size, expected in (
            ("atc_1", "PUT", 10 * MIB, 200),
            ("atc_1", "PUT", 12 * MIB, 413),
            ("atc_2", "PUT", 20_000, 413),
            ("atc_1", "GET", 20_000, 413),
        ):
            scope = http(f"/api/chatkit/attachments/{attachment_id}") | {"method": method}
            scope["query_string"] = f"token={token}".encode()
            sent = call(asgi.with_runs(Reader()), scope, body(size))
            assert status(sent) == expected

    @pytest.mark.parametrize("path", ["", "/attachments", "/attachments/atc_1", "/session"])
    def test_any_number_of_parameters_is_a_stranger_s(self, path: str) -> None:
        scope = http(f"/api/chatkit{path}") | {"query_string": b"a=1&" * 2000}
        assert status(call(asgi.with_runs(Reader()), scope, body(10))) == 200
        assert status(call(asgi.with_runs(Reader()), scope, body(17 * 1024))) == 413

    def test_there_is_room_for_so_many_files_at_once(self) -> None:
        """The others are told when to come again, before a byte of theirs is kept."""
        reader = Reader()
        with ExitStack() as others:
            for person in range(room.AT_ONCE):
                others.enter_context(room.bodies.entered(person))
            sent = call(asgi.with_runs(reader), http("/api/chatkit/attachments"), body(5))
        assert status(sent) == 503
        assert (b"retry-after", b"5") in sent[0]["headers"]
        assert reader.received == 0
        sent = call(asgi.with_runs(reader), http("/api/chatkit/attachments"), body(5))
        assert status(sent) == 200

    def test_a_body_that_never_ends_is_not_waited_for(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asgi, "BODY_SECONDS", 0.05)
        sent: list[Any] = []

        async def go() -> None:
            first = True

            async def receive() -> Any:
                nonlocal first
                if first:
                    first = False
                    return body(10, True)
                return await asyncio.Event().wait()

            async def send(message: Any) -> None:
                sent.append(message)

            await asgi.with_runs(Reader())(http("/api/chatkit"), receive, send)

        asyncio.run(asyncio.wait_for(go(), 10))
        assert status(sent) == 408
        assert json.loads(sent[1]["body"])["error"]["code"] == "too_slow"

    def test_django_closes_the_file_that_it_has_begun(self) -> None:
        chunks = [body(MIB, True)] * 100
        sent = call(asgi.with_runs(ASGIHandler()), http("/api/chatkit"), *chunks)
        assert status(sent) == 413  # an open file is a ResourceWarning, which fails the test

    @pytest.mark.parametrize("sent", [[], [body(MIB, True)] * 3, [body(MIB, True)] * 100])
    def test_declared_length_is_refused_and_reaches_nobody(self, sent: list[Any]) -> None:
        reader = Reader()
        scope = http("/api/chatkit/attachments", (b"content-length", b"99999999"))
        assert status(call(asgi.with_runs(reader), scope, *sent)) == 413
        assert reader.received == 0

    def test_declared_length_is_refused_though_nothing_comes(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(asgi, "DROPPED_SECONDS", 0.05)
        sent: list[Any] = []

        async def receive() -> Any:
            await asyncio.Event().wait()

        async def send(message: Any) -> None:
            sent.append(message)

        scope = http("/api/chatkit", (b"content-length", b"99999999"))
        asyncio.run(asyncio.wait_for(asgi.with_runs(Reader())(scope, receive, send), 10))
        assert status(sent) == 413

    @pytest.mark.parametrize("path", ["/upload", "/api/chatkitten"])
    def test_other_addresses_of_a_host_are_its_own_matter(self, path: str) -> None:
        scope = http(path, (b"content-length", b"99999999"))
        assert status(call(asgi.with_runs(Reader()), scope, body(20 * MIB))) == 200

    def test_under_a_prefix(self) -> None:
        scope = http("/sub/api/chatkit", (b"content-length", b"99999999"), root_path="/sub")
        assert status(call(asgi.with_runs(Reader()), scope)) == 413

    @pytest.mark.parametrize("language", ["en", "es"])
    def test_below_a_script_name_and_a_language(self, language: str, settings: Any) -> None:
        settings.ROOT_URLCONF = "tests.language_urls"
        settings.FORCE_SCRIPT_NAME = "/app"
        declared = (b"content-length", b"99999999")
        ours = http(f"/app/{language}/help/api/chatkit", declared, root_path="/app")
        assert status(call(asgi.with_runs(Reader()), ours)) == 413
        set_script_prefix("/app")  # as Django does when it starts, and each request anew
        try:
            assert status(call(asgi.with_runs(Reader()), ours)) == 413
        finally:
            clear_script_prefix()
        theirs = http(f"/app/{language}/api/chatkit", declared, root_path="/app")
        assert status(call(asgi.with_runs(Reader()), theirs, body(20 * MIB))) == 200

    def test_what_was_begun_is_not_begun_again(self) -> None:
        async def early(scope: Any, receive: Any, send: Any) -> None:
            await send({"type": "http.response.start", "status": 200, "headers": []})
            while True:
                await receive()

        sent = call(asgi.with_runs(early), http("/api/chatkit"), *[body(MIB, True)] * 20)
        assert [message["type"] for message in sent] == ["http.response.start"]

    def test_open_stream_of_ours_that_the_server_cancels_ends_quietly(self) -> None:
        asyncio.run(cancelled_stream("/api/chatkit"))

    def test_open_stream_of_a_host_that_the_server_cancels_is_told(self) -> None:
        with pytest.raises(asyncio.CancelledError):
            asyncio.run(cancelled_stream("/events"))

    @pytest.mark.parametrize("scope", [{"type": "websocket"}, http("/upload")])
    def test_what_is_not_ours_passes_untouched(self, scope: dict[str, Any]) -> None:
        seen: list[Any] = []

        async def application(*args: Any) -> None:
            seen.extend(args)

        async def nothing(*args: Any) -> Any: ...

        wrapped: Any = asgi.with_runs(application)
        asyncio.run(wrapped(scope, nothing, nothing))
        assert [id(given) for given in seen] == [id(scope), id(nothing), id(nothing)]


class TestLifespan:
    def test_start_prepares_and_end_finishes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        steps: list[str] = []
        monkeypatch.setattr(asgi, "prepare", lambda: steps.append("prepare"))
        monkeypatch.setattr(asgi, "finish", lambda: steps.append("finish"))
        sent = call(
            asgi.with_runs(Reader()),
            {"type": "lifespan"},
            {"type": "lifespan.startup"},
            {"type": "lifespan.shutdown"},
        )
        assert steps == ["prepare", "finish"]
        assert [message["type"] for message in sent] == [
            "lifespan.startup.complete",
            "lifespan.shutdown.complete",
        ]

    def test_the_garbage_collector_is_the_hosts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(asgi, "prepare", lambda: None)
        frozen = gc.get_freeze_count()
        call(
            asgi.with_runs(Reader()),
            {"type": "lifespan"},
            {"type": "lifespan.startup"},
            {"type": "lifespan.shutdown"},
        )
        assert gc.get_freeze_count() == frozen

    @pytest.mark.django_db
    def test_workflow_that_does_not_load_stops_no_start(
        self, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"wf_broken": "no.such.Server"}}
        asgi.prepare()
        assert "wf_broken" in caplog.text

    @pytest.mark.django_db
    @pytest.mark.parametrize(
        ("server", "prepared"),
        [
            ("chatkit.selfhosted.helpdesk.HelpDeskServer", 1),
            ("chatkit.selfhosted.assistant.AssistantServer", 1),
            ("tests.safety.servers.OpenServer", 0),
        ],
    )
    def test_the_help_is_loaded_for_those_who_search_it(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch, server: str, prepared: int
    ) -> None:
        searched: list[None] = []
        monkeypatch.setattr(Knowledge, "prepare", lambda self: searched.append(None))
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"wf_1": server}}
        asgi.prepare()
        assert len(searched) == prepared

    def test_hosted_workflows_load_nothing(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        # No database is allowed in this test: nothing is looked for.
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {"wf_1": "openai"}}
        asgi.prepare()

    def test_end_without_any_run_is_quiet(self) -> None:
        asgi.finish()
