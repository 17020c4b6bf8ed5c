"""Browsers without a login, and what they do."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.test import Client

from chatkit.models import Visitor
from chatkit.testing import Chat
from chatkit.visitors import cookie

SESSION = "/api/chatkit/session"


@dataclass
class Visit:
    """A browser: its cookies, its conversation."""

    client: Client = field(default_factory=Client)
    chat: Chat = field(init=False)

    def __post_init__(self) -> None:
        self.chat = Chat(self.client)

    @property
    def cookie(self) -> str:
        found = self.client.cookies.get(cookie.NAME)
        return found.value if found else ""

    @property
    def row(self) -> Visitor:
        """The visitor of the cookie, by its key."""
        return Visitor.objects.get(pk=self.cookie.partition(".")[0])

    def with_cookie(self, value: str) -> Visit:
        """Another browser that has this cookie."""
        found = Visit()
        found.client.cookies[cookie.NAME] = value
        return found

    def session(self, workflow_id: str, **more: Any) -> Any:
        return ask_session(self.client, workflow_id, **more)


def come() -> Visit:
    """Somebody sends the first message, and reads the answer."""
    found = Visit()
    assert found.chat.ask("Where is my order?").status_code == 200
    return found


def vote(chat: Chat, thread_id: str, item_id: str) -> int:
    """Vote on an answer; the status of the request."""
    params = {"thread_id": thread_id, "item_ids": [item_id], "kind": "positive"}
    response = chat.client.post(
        "/api/chatkit",
        json.dumps({"type": "items.feedback", "params": params}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {chat._client_secret()}"},
    )
    return int(response.status_code)


def ask_session(client: Client, workflow_id: str, **more: Any) -> Any:
    headers = more.pop("headers", None)
    return client.post(
        SESSION,
        json.dumps({"workflowId": workflow_id, **more}),
        content_type="application/json",
        headers=headers,
        **({"REMOTE_ADDR": more.pop("address")} if "address" in more else {}),
    )
