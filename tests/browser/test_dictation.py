"""What is said into the chat page's microphone comes back as text, by way of a real endpoint."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from .chat import Chat
from .conftest import Starter, Watch
from .servers import Server

playwright = pytest.importorskip("playwright.sync_api")
expect = playwright.expect
pytestmark = pytest.mark.browser

KEY = "sk-canary-speech"


@dataclass
class Transcriber:
    """An OpenAI-compatible `/audio/transcriptions`: what it is sent, and what it answers."""

    url: str = ""
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    asked: list[tuple[str, str, bytes]] = field(default_factory=list)  # path, key, body

    @contextmanager
    def running(self) -> Iterator[Transcriber]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, format: str, *args: Any) -> None:
                """Not a word."""

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                outer.asked.append((self.path, self.headers["Authorization"], body))
                status, answer = outer.answers.pop(0)
                content = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{server.server_port}/v1"
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()


def recording(body: bytes) -> bytes:
    """What stands in the form of a request, whose lines between the parts are each time others."""
    return body.partition(b"\x1aE\xdf\xa3")[2].rpartition(b"\r\n--")[0]


@pytest.fixture(scope="module")
def transcriber() -> Iterator[Transcriber]:
    with Transcriber().running() as transcriber:
        yield transcriber


@pytest.fixture(scope="module")
def site(start_server: Starter, transcriber: Transcriber) -> Server:
    return start_server(
        env={
            "CHATKIT_TRANSCRIBER_MODEL": "writer-1",
            "CHATKIT_TRANSCRIBER_URL": transcriber.url,
            "CHATKIT_TRANSCRIBER_KEY": KEY,
        }
    )


def test_from_the_microphone_to_the_question(
    site: Server, transcriber: Transcriber, open_page: Callable[..., Any], watch: Watch
) -> None:
    page = open_page(site)
    chat = Chat(page).open()
    chat.composer.fill("Please:")
    transcriber.answers = [
        (503, {"error": {"message": KEY}}),
        (200, {"text": "How do I cancel an order?\n", "usage": {"input_tokens": 9}}),
        (200, {"text": " "}),
    ]
    button = chat.element.get_by_role("button", name="Dictate")
    button.click()
    time = chat.element.locator("[part=dictation] .time")
    expect(time).to_have_text("0:02")
    done = chat.element.get_by_role("button", name="Write it down")
    done.click()
    told = chat.element.locator("[part=dictation] .said")
    expect(told).to_have_text("Your words could not be written down. Please try again.")
    chat.element.get_by_role("button", name="Try again").click()
    expect(chat.composer).to_have_value("Please: How do I cancel an order?")

    (*_, first), (path, key, body) = transcriber.asked
    assert recording(first) == recording(body)  # it was kept
    assert (path, key) == ("/v1/audio/transcriptions", f"Bearer {KEY}")
    assert b'name="model"\r\n\r\nwriter-1\r\n' in body
    assert b'filename="speech.webm"\r\nContent-Type: audio/webm\r\n\r\n\x1aE\xdf\xa3' in body
    log = site.output()
    length = re.search(r"result=ok bytes=\d+ audio_s=([\d.]+) .* tokens=9/0", log)
    assert length, log
    assert 1.5 < float(length[1]) < 10
    assert KEY not in log + page.content()

    button.click()  # noise has no words
    expect(time).to_have_text("0:01")
    done.click()
    expect(told).to_have_text(re.compile("No words were understood"))
    chat.element.get_by_role("button", name="Cancel the recording").click()
    chat.composer.press("Enter")
    watch.expect("status of 500")
    chat.element.locator("[data-aloud]").wait_for()  # the page offers reading aloud, too
    assert "How do I cancel an order?" in chat.said
