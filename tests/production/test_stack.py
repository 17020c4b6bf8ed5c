"""The site as deploy/ has it: nginx, two processes, PostgreSQL and Redis."""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import re
import signal
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from ..databases.scratch import POSTGRES, ask
from ..selfhosted.protocol import create, events, text_of, until
from ..selfhosted.realserver import Answer, thread_of
from . import deployed
from .site import SESSIONS
from .stack import HEALTH, Stack, left_out, running, seen

pytestmark = pytest.mark.database
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    if reason := left_out():
        pytest.skip(reason)
    with running(tmp_path_factory.mktemp("stack")) as stack:
        yield stack


@pytest.fixture
def stack(deployment: Stack) -> Stack:
    deployment.serve()  # again, where a test has ended it
    return deployment


@pytest.fixture(scope="module")
def secret(deployment: Stack) -> str:
    """Ada's client secret, got as a browser gets it."""
    deployment.serve()
    answer = deployment.session(deployment.login("ada"))
    return str(answer.json()["client_secret"])


def status_of(stack: Stack, run_id: str) -> str:
    return str(
        ask(POSTGRES, stack.database, f"SELECT status FROM chatkit_run WHERE id = '{run_id}'")[0][0]
    )


class TestStreams:
    def test_they_come_while_the_answer_is_being_written(self, stack: Stack, secret: str) -> None:
        answer = stack.call(secret, create("say 3 wait"))
        # This answer never ends by itself: a proxy that buffers would hold it back for ever.
        answer.read_until(b"1 2 3 ")
        assert status_of(stack, answer.run_id) == "running"
        assert answer.headers["Content-Type"].startswith("text/event-stream")
        assert answer.headers.get("Content-Encoding", "identity") == "identity"
        bearer = {"Authorization": f"Bearer {secret}"}
        stack.ask("POST", f"/api/chatkit/runs/{answer.run_id}/stop", **bearer)
        assert events(answer.read())[-1]["type"] == "thread.item.done"
        assert status_of(stack, answer.run_id) == "stopped"

    def test_one_process_writes_and_the_other_resumes(self, stack: Stack, secret: str) -> None:
        answer = stack.call(secret, create("drip 40 wait"))
        writer = seen(answer)["process"]
        heard = events(answer.read_until(b'"delta":"9 "'))
        heard = events(answer.drop())

        def resumed_elsewhere() -> bytes | None:
            again = stack.events(secret, answer.run_id, len(heard))
            data = again.read_until(b'"delta":"40 "')
            again.drop()
            return None if seen(again)["process"] == writer else data

        rest = events(until(resumed_elsewhere, seconds=60))
        assert text_of(heard + rest).split() == [str(number) for number in range(1, 41)]


class TestLimits:
    def test_both_processes_count_together(self, stack: Stack) -> None:
        bob = stack.login("bob")
        answers: list[tuple[int, int]] = []

        def call(_number: int) -> tuple[int, int]:
            answer = stack.session(bob)
            return answer.status, seen(answer)["process"]

        def enough() -> bool:
            with ThreadPoolExecutor(8) as callers:
                answers.extend(callers.map(call, range(8)))
            both = len({process for _status, process in answers}) == 2
            return both and len(answers) > 2 * SESSIONS

        until(enough, seconds=60)
        statuses = [status for status, _process in answers]
        assert set(statuses) == {200, 429}
        assert statuses.count(200) == SESSIONS

    def test_large_bodies_end_at_nginx_and_in_the_application(
        self, stack: Stack, secret: str
    ) -> None:
        headers = {"Authorization": f"Bearer {secret}", "Content_Type": "application/json"}
        # Said, not sent: nginx answers before it reads.
        huge = stack.ask("POST", "/api/chatkit", Content_Length=str(13 * MIB), **headers)
        assert (huge.status, seen(huge)) == (413, {})
        for _ in range(20):  # it must not depend on how much nginx has sent by then
            large = stack.ask("POST", "/api/chatkit", b"x" * (2 * MIB), **headers)
            assert large.status == 413
            assert large.headers["Cache-Control"] == "private, no-store"  # not nginx's word
        for answer in (huge, large):
            assert answer.headers["Content-Type"] == "application/json"
            assert json.loads(unzipped(answer))["error"]["code"] == "too_large"


def unzipped(answer: Answer) -> bytes:
    packed = answer.headers["Content-Encoding"] == "gzip"
    return gzip.decompress(answer.data) if packed else answer.data


class TestPages:
    def test_headers_and_cookies_are_the_ones_of_production(self, stack: Stack) -> None:
        page = stack.ask("GET", "/accounts/login/")
        assert b"<form" in unzipped(page)
        headers = page.headers
        assert headers["Strict-Transport-Security"] == (
            "max-age=31536000; includeSubDomains; preload"
        )
        assert "script-src 'self'" in headers["Content-Security-Policy"]
        assert "unsafe" not in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Content-Encoding"] == "gzip"
        assert headers.get_all("Server") == ["nginx"]
        cookies = headers.get_all("Set-Cookie", [])
        assert cookies
        assert all("; Secure" in cookie for cookie in cookies)

    def test_plain_http_leads_to_https(self, stack: Stack) -> None:
        answer = stack.ask_plainly(stack.http, "/apps/chatkit/?workflow=a%20b")
        assert answer.status == 308
        assert answer.headers["Location"] == "https://chat.example.com/apps/chatkit/?workflow=a%20b"

    def test_the_application_knows_the_client_and_believes_no_claim(self, stack: Stack) -> None:
        claims = {
            "X_Forwarded_For": "203.0.113.9",
            "X_Forwarded_Proto": "http",
            "X_Request_ID": "mine",
        }
        about = seen(stack.ask("GET", "/accounts/login/", source="127.0.0.2", **claims))
        assert (about["client"], about["secure"]) == ("127.0.0.2", True)
        assert re.fullmatch("[0-9a-f]{32}", about["request"])

    def test_another_name_is_refused(self, stack: Stack) -> None:
        answer = stack.ask("GET", "/accounts/login/", Host="evil.example")
        assert (answer.status, seen(answer)) == (421, {})


class TestHealth:
    WELL = {"status": "ok", "database": "ok", "cache": "ok", "articles": "ok", "assistants": "ok"}

    def test_through_nginx_and_at_the_door(self, stack: Stack) -> None:
        outside = stack.ask("GET", HEALTH)
        assert (outside.status, json.loads(unzipped(outside))) == (200, self.WELL)
        assert outside.headers["Cache-Control"] == "private, no-store"
        # A probe inside speaks no TLS. It names the site; nothing else answers without TLS.
        assert stack.ask_plainly(stack.application, HEALTH).json() == self.WELL
        assert stack.ask_plainly(stack.application, HEALTH, host="127.0.0.1").status == 400
        assert stack.ask_plainly(stack.application, "/accounts/login/").status == 301

    def test_the_containers_probe(self, stack: Stack) -> None:
        *_, program = deployed.health_probe()
        here = deployed.put(program, {":8000": f":{stack.application}"})
        stack.run([sys.executable, "-c", here])
        with pytest.raises(AssertionError, match="HTTP Error 400"):
            stack.run([sys.executable, "-c", here], ALLOWED_HOSTS="elsewhere.example")


class TestStaticFiles:
    @pytest.fixture
    def sheet(self, stack: Stack) -> str:
        """The address of a style sheet, as the login page names it."""
        page = unzipped(stack.ask("GET", "/accounts/login/")).decode()
        found = re.search(r'href="(/static/[\w/.-]+\.css)"', page)
        assert found
        return found[1]

    def check(self, answer: Answer, kind: str = "text/css") -> None:
        assert answer.status == 200
        assert answer.headers["Content-Type"].startswith(kind)
        assert answer.headers["Content-Encoding"] == "gzip"
        caching = answer.headers["Cache-Control"]
        assert {*caching.split(", ")} == {"public", "max-age=315360000", "immutable"}
        assert b"{" in unzipped(answer)

    def test_nginx_serves_them_for_years(self, stack: Stack, sheet: str) -> None:
        assert re.search(r"\.[0-9a-f]{12}\.css$", sheet)
        answer = stack.ask("GET", sheet)
        assert seen(answer) == {}
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        self.check(answer)

    def test_whitenoise_serves_what_nginx_has_not(self, stack: Stack, sheet: str) -> None:
        folder = stack.folder / "www"
        hidden = folder.rename(stack.folder / "hidden")
        try:
            answer = stack.ask("GET", sheet)
            assert seen(answer)["process"]
            self.check(answer)
            part = stack.ask("GET", self.part(stack))
            assert seen(part)["process"]
            assert "immutable" in part.headers["Cache-Control"]
        finally:
            hidden.rename(folder)

    def part(self, stack: Stack) -> str:
        """The address of a part that chatkit.js loads by itself."""
        script = unzipped(stack.ask("GET", "/static/chatkit/chatkit.js"))
        found = re.search(rb"chunk-\w+-[0-9a-f]{10}\.js", script)
        assert found
        return f"/static/chatkit/{found[0].decode()}"

    def test_the_script_keeps_its_name_and_its_parts_have_hashes(self, stack: Stack) -> None:
        script = stack.ask("GET", "/static/chatkit/chatkit.js")
        assert script.headers["Content-Type"] == "application/javascript"
        assert script.headers["Cache-Control"] == "public, max-age=60"
        self.check(stack.ask("GET", self.part(stack)), "application/javascript")

    @pytest.mark.parametrize("path", ["nothing.css", "../media/x", "%2e%2e/site.conf", ""])
    def test_nothing_else(self, stack: Stack, path: str) -> None:
        assert stack.ask("GET", f"/static/{path}").status in (400, 404)


class TestRestarts:
    def answering(self, stack: Stack, than: frozenset[int] = frozenset()) -> frozenset[int]:
        """The two processes, others than these. All the while somebody answers."""
        found: set[int] = set()

        def both() -> bool:
            answer = stack.ask("GET", HEALTH)
            assert answer.status == 200
            found.add(seen(answer)["process"])
            return len(found - than) == 2

        until(both, seconds=120)
        return frozenset(found - than)

    def test_reload_replaces_both_processes_and_answers_all_the_while(
        self, stack: Stack, secret: str
    ) -> None:
        answer = stack.call(secret, create("say 3 wait"))
        thread_id = thread_of(answer.read_until(b"1 2 3 "))
        before = self.answering(stack)
        stack.processes.send_signal(signal.SIGHUP)
        assert self.answering(stack, than=before)
        # An answer that never ends was broken off and kept as far as it got. Whoever heard it
        # asks again, as chatkit.js does, and is told.
        with contextlib.suppress(http.client.IncompleteRead):
            answer.read()
        answer.drop()
        until(lambda: status_of(stack, answer.run_id) == "interrupted", seconds=30)
        again = stack.events(secret, answer.run_id, 0)
        again.read()
        assert again.headers["X-ChatKit-Run-Status"] == "interrupted"
        assert text_of(events(again.data)) == "1 2 3 "
        kept: Any = ask(
            POSTGRES,
            stack.database,
            f"SELECT payload FROM chatkit_threaditem WHERE thread_id = '{thread_id}' "
            "AND type = 'assistant_message'",
        )
        assert [part["text"] for part in kept[0][0]["content"]] == ["1 2 3 "]

    def test_the_end_waits_for_answers(self, stack: Stack, secret: str) -> None:
        said = stack.output()
        answer = stack.call(secret, create("drip 30"))
        answer.read_until(b'"delta":"2 "')
        stack.processes.send_signal(signal.SIGTERM)
        assert text_of(events(answer.read())).split()[-1] == "30"
        assert status_of(stack, answer.run_id) == "completed"
        assert stack.processes.wait(20) == 0
        assert stack.ask("GET", HEALTH).status == 502
        assert "Traceback" not in stack.output()[len(said) :]
