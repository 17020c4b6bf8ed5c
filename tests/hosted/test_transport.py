"""The way to OpenAI: faults, repeats, the shared connections. Over real sockets."""

from __future__ import annotations

import os
import socket
import threading
import time
from typing import Any

import pytest

from chatkit.hosted import causes, transport
from chatkit.hosted.causes import UpstreamError
from chatkit.hosted.transport import RetryPolicy, call

from .openai_standin import KEY, OpenAI


def failed(method: str = "POST", path: str = "/chatkit/sessions/x/cancel") -> UpstreamError:
    with pytest.raises(UpstreamError) as raised:
        call(method, path)
    return raised.value


# Fault -> cause, status, and how often the call is made in all.
FAULTS: list[tuple[dict[str, Any], causes.Cause, int | None, int]] = [
    ({"kind": "status", "status": 400}, causes.REFUSED, 400, 1),
    ({"kind": "status", "status": 401}, causes.KEY, 401, 1),
    ({"kind": "status", "status": 403}, causes.NO_CHATKIT, 403, 1),
    ({"kind": "status", "status": 404}, causes.UNKNOWN_WORKFLOW, 404, 1),
    ({"kind": "status", "status": 418}, causes.OTHER, 418, 1),
    ({"kind": "status", "status": 429}, causes.RATE, 429, 3),
    ({"kind": "status", "status": 500}, causes.FAULT, 500, 1),
    ({"kind": "status", "status": 503}, causes.FAULT, 503, 3),
    ({"kind": "status", "status": 201}, causes.OTHER, 201, 1),
    (
        {"kind": "status", "status": 302, "headers": {"Location": "http://127.0.0.1:9/"}},
        causes.ELSEWHERE,
        302,
        1,
    ),
    ({"kind": "html", "status": 200}, causes.UNREADABLE, 200, 1),
    ({"kind": "html", "status": 502}, causes.FAULT, 502, 1),
    ({"kind": "list"}, causes.UNREADABLE, 200, 1),
    ({"kind": "truncated"}, causes.UNREADABLE, 200, 1),
    ({"kind": "cut"}, causes.UNREADABLE, 200, 1),
    ({"kind": "reset"}, causes.BROKEN_OFF, None, 1),
]


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "cause", "status", "calls"),
        FAULTS,
        ids=["-".join(map(str, list(fault[0].values())[:2])) for fault in FAULTS],
    )
    def test_cause(
        self,
        openai: OpenAI,
        fault: dict[str, Any],
        cause: causes.Cause,
        status: int | None,
        calls: int,
    ) -> None:
        openai.fault(times=None, **fault)
        error = failed()
        assert (error.cause, error.status) == (cause, status)
        assert len(openai.calls) == calls
        if status is not None:
            assert error.request_id == f"req_{calls}"

    @pytest.mark.parametrize(
        ("status", "error", "cause"),
        [
            (429, {"code": "insufficient_quota"}, causes.QUOTA),
            (403, {"code": "unsupported_country_region_territory"}, causes.REGION),
            (403, {"message": "The domain is not on the allowlist."}, causes.DOMAIN),
            (400, {"message": "Domain not allowed: x"}, causes.DOMAIN),
            (401, {"code": ["odd"], "message": {"odd": 1}}, causes.KEY),
        ],
    )
    def test_cause_by_the_body(
        self, openai: OpenAI, status: int, error: dict[str, Any], cause: causes.Cause
    ) -> None:
        openai.fault("status", status=status, body={"error": error}, times=None)
        assert failed().cause is cause
        assert len(openai.calls) == 1

    def test_silence(self, openai: OpenAI, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_TIMEOUT": (1, 0.2)}
        openai.fault("silence")
        error = failed()
        assert (error.cause, error.code) == (causes.TIMEOUT, "openai_timeout")

    def test_drip(self, openai: OpenAI, settings: Any) -> None:
        """An answer that never ends, byte by byte, is bounded as a whole."""
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_TIMEOUT": (1, 0.3)}
        openai.fault("drip")
        start = time.monotonic()
        assert failed().cause is causes.TIMEOUT
        assert time.monotonic() - start < 3

    def test_answer_too_large(self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transport, "LARGEST_BODY", 10)
        assert failed("GET", "/chatkit/threads").cause is causes.UNREADABLE

    def test_nobody_listens(self, openai: OpenAI, settings: Any, pauses: list[float]) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_BASE_URL": f"http://127.0.0.1:{port}"}
        error = failed()
        assert (error.cause, error.code) == (causes.UNREACHABLE, "openai_unreachable")
        assert len(pauses) == 2

    def test_no_tls_there(self, openai: OpenAI, settings: Any) -> None:
        url = openai.url.replace("http://", "https://")
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_BASE_URL": url}
        assert failed().code == "openai_unreachable"

    def test_proxy_that_is_gone(self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert failed().code == "openai_unreachable"
        assert openai.calls == []

    @pytest.mark.parametrize("key", ["", "   "])
    def test_no_key(self, openai: OpenAI, settings: Any, key: str) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": key}
        error = failed()
        assert (error.cause, error.code) == (causes.NO_KEY, "not_configured")
        assert openai.calls == []

    @pytest.mark.parametrize("key", ["sk-é", "sk-“x”", "sk a", "sk-\nX-Evil: 1", "sk-\x00"])
    def test_odd_key(self, openai: OpenAI, settings: Any, key: str) -> None:
        settings.CHATKIT = settings.CHATKIT | {"OPENAI_API_KEY": key}
        assert failed().cause is causes.ODD_KEY
        assert openai.calls == []


class TestRepeats:
    def test_until_it_works(self, openai: OpenAI, pauses: list[float]) -> None:
        openai.fault("status", status=503, times=2)
        assert call("GET", "/chatkit/threads").status == 200
        assert len(openai.calls) == 3
        assert 0.25 <= pauses[0] <= 0.5
        assert 0.5 <= pauses[1] <= 1

    def test_pauses_are_jittered(self, openai: OpenAI, pauses: list[float]) -> None:
        for _ in range(8):
            openai.fault("status", status=503)
            call("GET", "/chatkit/threads")
        assert len(set(pauses)) > 1

    def test_retry_after_is_kept_to(self, openai: OpenAI, pauses: list[float]) -> None:
        openai.fault("status", status=429, headers={"Retry-After": "2"})
        call("GET", "/chatkit/threads")
        assert pauses == [2]

    def test_nobody_waits_long(self, openai: OpenAI, pauses: list[float]) -> None:
        openai.fault("status", status=429, headers={"Retry-After": "3"})
        assert failed().cause is causes.RATE
        assert (len(openai.calls), pauses) == (1, [])

    def test_patience(self, openai: OpenAI, pauses: list[float]) -> None:
        openai.fault("status", status=429, headers={"Retry-After": "30"}, times=5)
        call("GET", "/chatkit/threads", policy=RetryPolicy(retries=5, longest_pause=60))
        assert pauses == [30] * 5

    @pytest.mark.parametrize("value", ["Wed, 21 Oct 2026 07:28:00 GMT", "-1", "1.5", "²"])
    def test_odd_retry_after(self, openai: OpenAI, pauses: list[float], value: str) -> None:
        openai.fault("status", status=429, headers={"Retry-After": value.encode().decode("latin")})
        call("GET", "/chatkit/threads")
        assert pauses[0] <= 0.5

    @pytest.mark.parametrize("kind", ["status", "reset", "cut", "truncated"])
    def test_reading_is_repeated_after_any_passing_fault(self, openai: OpenAI, kind: str) -> None:
        openai.fault(kind)
        assert call("GET", "/chatkit/threads").status == 200
        assert len(openai.calls) == 2


class TestConnections:
    def test_one_is_used_again(self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transport, "_session", transport._new_session())
        for _ in range(5):
            call("GET", "/chatkit/threads")
        pool = _pool(openai)
        assert (pool.num_requests, pool.num_connections) == (5, 1)

    def test_threads_share_the_pool(self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(transport, "_session", transport._new_session())
        results: list[int] = []

        def work() -> None:
            for _ in range(10):
                results.append(call("GET", "/chatkit/threads").status)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert results == [200] * 80
        assert _pool(openai).num_connections <= 8

    def test_failed_calls_give_theirs_back(
        self, openai: OpenAI, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(transport, "_session", transport._new_session())
        openai.fault("status", status=500, times=10)
        for _ in range(10):
            failed()
        assert _pool(openai).num_connections == 1

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
    @pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
    def test_a_child_has_its_own(self, openai: OpenAI) -> None:
        call("GET", "/chatkit/threads")
        parents = transport._session
        child = os.fork()
        if child == 0:
            os._exit(0 if transport._session is not parents else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0

    def test_no_cookie_is_kept(self, openai: OpenAI) -> None:
        openai.fault("status", status=500, headers={"Set-Cookie": "canary=1; Path=/"})
        failed()
        call("GET", "/chatkit/threads")
        assert "Cookie" not in openai.calls[-1].headers

    def test_netrc_does_not_replace_the_key(
        self, openai: OpenAI, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        netrc = tmp_path / "netrc"
        netrc.write_text("machine 127.0.0.1 login a password b\n")
        monkeypatch.setenv("NETRC", str(netrc))
        call("GET", "/chatkit/threads")
        assert openai.calls[0].headers["Authorization"] == f"Bearer {KEY}"


def _pool(openai: OpenAI) -> Any:
    """The one pool of connections to the stand-in."""
    pools = transport._session.get_adapter(openai.url).poolmanager.pools  # type: ignore[attr-defined]
    (key,) = pools.keys()
    return pools[key]
