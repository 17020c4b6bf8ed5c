"""A small client of the protocol, for tests: requests, frames, and what they add up to."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from django.db import OperationalError
from django.test import Client

from chatkit import sessions
from chatkit.models import Session, new_id

TEXT_DELTA = "assistant_message.content_part.text_delta"


def secret_of(user: Any, workflow_id: str, **fields: Any) -> str:
    """A client secret of a fresh session, as the session view would mint it."""
    return sessions.sign(str(session_of(user, workflow_id, **fields).session_id))


def session_of(user: Any, workflow_id: str, **fields: Any) -> Session:
    import datetime

    from django.utils import timezone

    return Session.objects.create(
        **{
            "user": user,
            "workflow_id": workflow_id,
            "session_id": new_id("sess"),
            "issuer": Session.Issuer.SELF,
            "auth_hash": user.get_session_auth_hash(),
            "expires_at": timezone.now() + datetime.timedelta(minutes=10),
            **fields,
        }
    )


def message(text: str, **extra: Any) -> dict[str, Any]:
    return {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
        **extra,
    }


def create(text: str, **extra: Any) -> dict[str, Any]:
    return {"type": "threads.create", "params": {"input": message(text, **extra)}}


def add(thread_id: str, text: str) -> dict[str, Any]:
    return {
        "type": "threads.add_user_message",
        "params": {"thread_id": thread_id, "input": message(text)},
    }


def ask(type_: str, **params: Any) -> dict[str, Any]:
    return {"type": type_, "params": params}


class Caller:
    """Django's test client, with a session's secret."""

    def __init__(self, secret: str) -> None:
        self.secret = secret
        self.client = Client()

    def post(self, request: Any, **headers: str) -> Any:
        body = request if isinstance(request, bytes | str) else json.dumps(request)
        return self.client.post(
            "/api/chatkit",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.secret}", **headers},
        )

    def json(self, request: Any, **headers: str) -> Any:
        response = self.post(request, **headers)
        assert response.status_code == 200, response.content
        return response.json()

    def stream(self, request: Any, **headers: str) -> list[dict[str, Any]]:
        response = self.post(request, **headers)
        assert response.status_code == 200, response.content
        return events(b"".join(response.streaming_content))

    def events(self, run_id: str, after: int = 0) -> Any:
        return self.client.get(
            f"/api/chatkit/runs/{run_id}/events?after={after}",
            headers={"Authorization": f"Bearer {self.secret}"},
        )

    def stop(self, run_id: str) -> Any:
        return self.client.post(
            f"/api/chatkit/runs/{run_id}/stop",
            headers={"Authorization": f"Bearer {self.secret}"},
        )


def events(data: bytes) -> list[dict[str, Any]]:
    """The events of a stream, comments left out."""
    found = []
    for frame in data.decode().split("\n\n"):
        for line in frame.split("\n"):
            if line.startswith("data: "):
                found.append(json.loads(line.removeprefix("data: ")))
    return found


def numbers(data: bytes) -> list[int]:
    """The `id:` lines of a stream."""
    return [
        int(line.removeprefix("id: "))
        for line in data.decode().split("\n")
        if line.startswith("id: ")
    ]


def text_of(found: list[dict[str, Any]]) -> str:
    """What the deltas of these events add up to."""
    return "".join(
        event["update"]["delta"]
        for event in found
        if event["type"] == "thread.item.updated" and event["update"]["type"] == TEXT_DELTA
    )


def types(found: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in found]


def thread_id_of(found: list[dict[str, Any]]) -> str:
    return str(next(e for e in found if e["type"] == "thread.created")["thread"]["id"])


def disk_is_full(*_call: Any) -> None:
    """In the place of what writes to the database."""
    raise OperationalError("database or disk is full")


def until(condition: Callable[[], Any], seconds: float = 10.0) -> Any:
    """Poll until the condition holds; its value. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.01)
