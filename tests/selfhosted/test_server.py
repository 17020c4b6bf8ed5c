"""Runs over real sockets: one process, several, killed and told to end."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from .protocol import add, ask, create, events, numbers, text_of, types, until
from .realserver import GUNICORN, PATIENT, UVICORN, RealServer, thread_of

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealServer]:
    """Uvicorn with two workers: a request may meet either."""
    server = RealServer(tmp_path_factory.mktemp("workers"), [*UVICORN, "--workers", "2"]).start()
    yield server
    server.kill()


@pytest.fixture
def single(tmp_path: Path) -> Iterator[RealServer]:
    server = RealServer(tmp_path, UVICORN).start()
    yield server
    server.kill()


def counted(text: str) -> list[int]:
    return [int(number) for number in text.split()]


class TestTwoWorkers:
    def test_first_byte_comes_long_before_the_last(self, server: RealServer) -> None:
        answer = server.call(create("drip 60"))
        first = answer.read_until(b"text_delta")
        assert b'"delta":"60 "' not in first
        answer.read()
        assert counted(text_of(events(answer.data))) == list(range(1, 61))
        assert answer.headers["Content-Encoding"] == "identity"

    def test_dropped_connection_is_taken_up_on_any_worker(self, server: RealServer) -> None:
        for _ in range(4):
            answer = server.call(create("drip 40"))
            answer.read_until(b'"delta":"3 "')
            seen = events(answer.drop())
            rest = server.events(answer.run_id, len(seen)).read()
            assert numbers(rest)[0] == len(seen) + 1
            assert counted(text_of(seen + events(rest))) == list(range(1, 41))

    def test_cut_in_the_last_moment_loses_nothing(self, server: RealServer) -> None:
        for _ in range(10):
            answer = server.call(create("drip 3"))
            answer.read_until(b'"delta":"3 "')
            seen = events(answer.drop())
            rest = server.events(answer.run_id, len(seen)).read()
            assert counted(text_of(seen + events(rest))) == [1, 2, 3]
            assert "thread.item.done" in types(seen + events(rest))

    def test_stop_from_any_worker_within_a_second(self, server: RealServer) -> None:
        for _ in range(4):
            answer = server.call(create("say 2 wait"))
            answer.read_until(b"1 2 ")
            started = time.monotonic()
            server.stop_run(answer.run_id).read()
            data = answer.read()
            assert time.monotonic() - started < 2  # 0.5 s for a tick, the rest for a busy machine
            items = server.items(thread_of(data))
            assert [item["type"] for item in items] == ["user_message", "assistant_message", "task"]
            assert items[1]["content"][0]["text"] == "1 2 "

    def test_second_message_is_refused_by_every_worker(self, server: RealServer) -> None:
        answer = server.call(create("wait"))
        thread_id = thread_of(answer.read_until(b"stream_options"))
        for _ in range(4):
            assert server.call(add(thread_id, "say 1")).status == 409
        server.stop_run(answer.run_id).read()
        answer.read()
        again = server.call(add(thread_id, "say 1"))
        assert again.status == 200
        again.read()

    def test_client_that_only_drops_the_connection_is_served(self, server: RealServer) -> None:
        answer = server.call(create("say 1 wait"))
        thread_id = thread_of(answer.read_until(b"text_delta"))
        answer.drop()

        def accepted() -> Any:
            again = server.call(add(thread_id, "say 3"))
            return again if again.status == 200 else None

        again = until(accepted, seconds=15)
        assert counted(text_of(events(again.read()))) == [1, 2, 3]

    def test_answers_at_the_same_time_keep_their_languages(self, server: RealServer) -> None:
        def asked(language: str) -> str:
            headers = {"Accept-Language": language}
            return text_of(events(server.call(create("speak"), **headers).read()))

        languages = ["en", "es"] * 6
        with ThreadPoolExecutor(6) as callers:
            said = list(callers.map(asked, languages))
        assert said == [f"{language} " * 5 for language in languages]

    def test_not_found_comes_before_the_first_byte(self, server: RealServer) -> None:
        assert server.call(add("thr_none", "say 1")).status == 404
        assert server.call(create("x") | {"type": "threads.burn"}).status == 400

    def test_large_body_of_a_stranger(self, server: RealServer) -> None:
        # Announced, not sent: the answer comes before a byte of it is taken in.
        with socket.create_connection(("127.0.0.1", server.port), timeout=10) as stranger:
            stranger.sendall(
                b"POST /api/chatkit HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n"
            )
            answer = b""
            while b"too_large" not in answer:
                chunk = stranger.recv(65536)
                assert chunk, answer
                answer += chunk
        assert answer.startswith(b"HTTP/1.1 413 ")


class TestOneProcess:
    def test_killed_in_the_middle(self, single: RealServer) -> None:
        answer = single.call(create("drip 2000"))
        # More than a second of text, so that half a second less is still something.
        thread_id = thread_of(answer.read_until(b'"delta":"60 "'))
        single.kill()
        shown = counted(text_of(events(answer.drop())))
        single.start()
        items = single.items(thread_id)
        assert [item["type"] for item in items] == ["user_message", "assistant_message", "task"]
        kept = counted(items[1]["content"][0]["text"])
        assert kept == list(range(1, len(kept) + 1))
        assert len(kept) >= len(shown) - 40  # 0.5 s, and what a tick takes on a busy machine
        ended = single.events(answer.run_id)
        assert ended.headers["X-ChatKit-Run-Status"] == "interrupted"
        assert counted(text_of(events(ended.read()))) == kept
        retry = ask("threads.retry_after_item", thread_id=thread_id, item_id=items[0]["id"])
        again = single.call(retry)
        assert again.status == 200
        again.drop()

    def test_told_to_end_with_an_open_stream(self, single: RealServer) -> None:
        answer = single.call(create("say 2 wait"))
        thread_id = thread_of(answer.read_until(b"1 2 "))
        started = time.monotonic()
        single.terminate()
        assert time.monotonic() - started < 10
        answer.drop()
        single.start()
        items = single.items(thread_id)
        assert [item["type"] for item in items] == ["user_message", "assistant_message", "task"]
        assert items[1]["content"][0]["text"] == "1 2 "
        ended = single.events(answer.run_id)
        assert ended.headers["X-ChatKit-Run-Status"] == "interrupted"
        ended.read()

    def test_readers_hear_of_the_end(self, tmp_path: Path) -> None:
        """Even where the server itself would wait for an open stream for ever."""
        server = RealServer(tmp_path, PATIENT).start()
        try:
            answer = server.call(create("say 2 wait"))
            answer.read_until(b"1 2 ")
            quick = server.call(create("drip 50"))  # ends by itself within the grace
            server.terminate(12)
            assert types(events(quick.read()))[-1] == "thread.item.done"
            last = events(answer.read())[-1]
            assert (last["type"], last["allow_retry"]) == ("error", True)
            assert last["message"] == "The answer was interrupted."
            assert server.output() == ""
        finally:
            server.kill()


class TestThreadedServer:
    @pytest.fixture
    def threaded(self, tmp_path: Path) -> Iterator[RealServer]:
        pytest.importorskip("gunicorn")
        server = RealServer(tmp_path, [*GUNICORN, "--workers", "2"]).start()
        yield server
        server.kill()

    def test_streams_resumes_stops_and_ends(self, threaded: RealServer) -> None:
        answer = threaded.call(create("drip 30"))
        answer.read_until(b'"delta":"3 "')
        seen = events(answer.drop())
        rest = threaded.events(answer.run_id, len(seen)).read()
        assert counted(text_of(seen + events(rest))) == list(range(1, 31))
        waiting = threaded.call(create("say 2 wait"))
        waiting.read_until(b"1 2 ")
        threaded.stop_run(waiting.run_id).read()
        items = threaded.items(thread_of(waiting.read()))
        assert [item["type"] for item in items] == ["user_message", "assistant_message", "task"]
        last = threaded.call(create("say 2 wait"))
        thread_id = thread_of(last.read_until(b"1 2 "))
        threaded.terminate()
        last.drop()
        threaded.start()
        assert threaded.items(thread_id)[1]["content"][0]["text"] == "1 2 "
