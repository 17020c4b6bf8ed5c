"""A model on a real socket that says what a test has written down, and keeps what it was asked.

`llmock` plays the failures; this one is for what it can't say (thoughts, citations, several
messages with one id) and for looking at the requests.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Frames = list[dict[str, Any]]


class Model:
    """`answers` are played in order, each a list of SSE payloads; the last one again and again.

    `requests` holds (path, headers, body) of what was asked. A callable answer gets the body.
    """

    def __init__(self) -> None:
        self.answers: list[Any] = []
        self.requests: list[tuple[str, dict[str, str], dict[str, Any]]] = []
        self.left = threading.Event()  # the client has gone while it was answered
        self.pause: threading.Event | None = None  # where a payload is None, wait for it
        self._lock = threading.Lock()
        self.url = ""  # while it is running

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _path, _headers, body in self.requests]

    def _next(self, body: dict[str, Any]) -> Any:
        with self._lock:
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(body) if callable(answer) else answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        model = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two packets

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.answer(self, body)

            def log_message(self, *args: Any) -> None:
                """Silence."""

        return Handler

    def answer(self, request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
        """Answer a request whose body has been read."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.requests.append((request.path, headers, body))
        answer = self._next(body)
        if body.get("stream"):
            self._stream(request, answer)
        else:
            self._whole(request, answer)

    def _whole(self, request: BaseHTTPRequestHandler, answer: Any) -> None:
        data = json.dumps(answer).encode()
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def _stream(self, request: BaseHTTPRequestHandler, answer: Any) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.send_header("Connection", "close")
        request.end_headers()
        request.close_connection = True
        write, flush = request.wfile.write, request.wfile.flush
        try:
            for payload in answer:
                if payload is None:
                    assert self.pause is not None
                    while not self.pause.wait(0.05):
                        write(b": still here\n\n")
                        flush()
                    continue
                kind = payload.get("type")
                if kind:
                    write(f"event: {kind}\n".encode())
                write(f"data: {json.dumps(payload)}\n\n".encode())
                flush()
            if not any(p and p.get("type") for p in answer):
                write(b"data: [DONE]\n\n")
        except OSError:
            self.left.set()

    @contextmanager
    def running(self) -> Iterator[Model]:
        # Made here: one whose answers another server gives would leave its socket open.
        server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        server.daemon_threads = True
        self.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            server.shutdown()
            server.server_close()
            thread.join(5)


# -- Chat Completions ----------------------------------------------------------------------


def chunk(delta: dict[str, Any], finish: str | None = None, **extra: Any) -> dict[str, Any]:
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "mock-large",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        **extra,
    }


USAGE = {
    "prompt_tokens": 120,
    "completion_tokens": 30,
    "total_tokens": 150,
    "prompt_tokens_details": {"cached_tokens": 80},
}


def chat(*texts: str) -> Frames:
    """One message, in these pieces."""
    return [
        chunk({"role": "assistant", "content": ""}),
        *(chunk({"content": text}) for text in texts),
        chunk({}, "stop"),
        chunk({}) | {"choices": [], "usage": USAGE},
    ]


def chat_call(name: str, arguments: Any, call_id: str = "call_1", text: str = "") -> Frames:
    """A tool call, after some words where there are any."""
    call = {
        "index": 0,
        "id": call_id,
        "type": "function",
        "function": {
            "name": name,
            "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments),
        },
    }
    return [
        chunk({"role": "assistant", "content": text or None}),
        chunk({"tool_calls": [call]}),
        chunk({}, "tool_calls"),
        chunk({}) | {"choices": [], "usage": USAGE},
    ]


def chat_whole(text: str) -> dict[str, Any]:
    """The answer to a request without a stream."""
    return {
        "id": "chatcmpl-2",
        "object": "chat.completion",
        "created": 1,
        "model": "mock-large",
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": text},
                "finish_reason": "stop",
            }
        ],
        "usage": USAGE,
    }


# -- Responses -------------------------------------------------------------------------------


def response(output: list[Any], status: str = "completed") -> dict[str, Any]:
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 1,
        "status": status,
        "model": "mock-large",
        "output": output,
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 120,
            "input_tokens_details": {"cached_tokens": 80},
            "output_tokens": 30,
            "output_tokens_details": {"reasoning_tokens": 5},
            "total_tokens": 150,
        },
    }


def thought_and_text(thought: str, text: str, annotations: list[Any]) -> Frames:
    """A thought, then a message with citations of the API's own kind."""
    summary = {"type": "summary_text", "text": thought}
    reasoning = {"type": "reasoning", "id": "rs_1", "summary": [summary]}
    part = {"type": "output_text", "text": text, "annotations": annotations}
    empty = part | {"text": "", "annotations": []}
    message = {"type": "message", "id": "msg_theirs", "role": "assistant", "status": "completed"}
    at = {"item_id": "msg_theirs", "output_index": 1, "content_index": 0}
    thinking = {"item_id": "rs_1", "output_index": 0, "summary_index": 0}
    frames: Frames = [
        {"type": "response.created", "response": response([], "in_progress")},
        {
            "type": "response.output_item.added",
            "output_index": 0,
            "item": reasoning | {"summary": []},
        },
        {"type": "response.reasoning_summary_text.delta", **thinking, "delta": thought[:5]},
        {"type": "response.reasoning_summary_text.delta", **thinking, "delta": thought[5:]},
        {"type": "response.reasoning_summary_text.done", **thinking, "text": thought},
        {"type": "response.output_item.done", "output_index": 0, "item": reasoning},
        {
            "type": "response.output_item.added",
            "output_index": 1,
            "item": message | {"content": []},
        },
        {"type": "response.content_part.added", **at, "part": empty},
        {"type": "response.output_text.delta", **at, "delta": text[:8], "logprobs": []},
        {"type": "response.output_text.delta", **at, "delta": text[8:], "logprobs": []},
        *(
            {
                "type": "response.output_text.annotation.added",
                **at,
                "annotation_index": number,
                "annotation": annotation,
            }
            for number, annotation in enumerate(annotations)
        ),
        {"type": "response.output_text.done", **at, "text": text, "logprobs": []},
        {"type": "response.content_part.done", **at, "part": part},
        {
            "type": "response.output_item.done",
            "output_index": 1,
            "item": message | {"content": [part]},
        },
        {
            "type": "response.completed",
            "response": response([reasoning, message | {"content": [part]}]),
        },
    ]
    return [frame | {"sequence_number": number} for number, frame in enumerate(frames)]
