"""Asks an assistant of the site through its addresses, as the element in a browser does."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

TEXT = "assistant_message.content_part.text_delta"


@dataclass
class Reply:
    """The answer to one request."""

    response: Any = field(repr=False)
    events: list[dict[str, Any]] = field(default_factory=list)

    @property
    def status_code(self) -> int:
        return int(self.response.status_code)

    @property
    def text(self) -> str:
        """What the assistant has written, in pieces or at once; "" where it has written nothing."""
        texts: dict[str, str] = {}  # of messages: one that broke off has its pieces alone
        for event in self.events:
            if event["type"] == "thread.item.updated" and event["update"]["type"] == TEXT:
                message = event["item_id"]
                texts[message] = texts.get(message, "") + event["update"]["delta"]
            elif event["type"] == "thread.item.done":
                item = event["item"]
                if item["type"] == "assistant_message":
                    texts[item["id"]] = "".join(part["text"] for part in item["content"])
        return "".join(texts.values())

    @property
    def items(self) -> list[dict[str, Any]]:
        """All that the assistant has said, one item each, as it is kept: messages, widgets, calls
        of the page's tools."""
        items = [event["item"] for event in self.of_type("thread.item.done")]
        return [item for item in items if item["type"] != "user_message"]

    @property
    def sources(self) -> list[dict[str, Any]]:
        """What the assistant's messages cite, in order: `reply.sources[0]["title"]`."""
        return [
            annotation["source"]
            for item in self._items("assistant_message")
            for part in item["content"]
            for annotation in part.get("annotations", [])
        ]

    @property
    def widgets(self) -> list[dict[str, Any]]:
        """The items of the widgets; `chat.press` takes one."""
        return self._items("widget")

    @property
    def tool_calls(self) -> list[dict[str, Any]]:
        """The calls of the page's tools: `name`, `arguments`. `chat.return_output` answers one."""
        return self._items("client_tool_call")

    def _items(self, kind: str) -> list[dict[str, Any]]:
        return [item for item in self.items if item["type"] == kind]

    @property
    def error(self) -> str:
        """The sentence that an answer which failed ends with, "" for one that did not."""
        return self.errors[-1] if self.errors else ""

    @property
    def errors(self) -> list[str]:
        """All such sentences, or that of a request which was refused."""
        if self.status_code != 200:
            return [str(self.response.json()["error"]["message"])]
        return [str(event.get("message") or event.get("code")) for event in self.of_type("error")]

    def of_type(self, kind: str) -> list[dict[str, Any]]:
        """The events of one type, such as "thread.item.done", in order."""
        return [event for event in self.events if event["type"] == kind]


class Chat:
    """One conversation of the user that Django's test client has logged in, or of a user, for
    whom it makes a client.

    `workflow_id` "" is the first workflow that this person may use, as on the page. `ask` begins
    a conversation, and goes on with it after that.
    """

    def __init__(self, who: Any, workflow_id: str = "") -> None:
        self.client = who if hasattr(who, "force_login") else _client_of(who)
        self.workflow_id = workflow_id
        self.thread_id = ""
        self._secret = ""

    def ask(self, text: str) -> Reply:
        """Send a message, and read the answer to its end."""
        message = {
            "content": [{"type": "input_text", "text": text}],
            "attachments": [],
            "inference_options": {},
        }
        if self.thread_id:
            return self.send("threads.add_user_message", thread_id=self.thread_id, input=message)
        return self.send("threads.create", input=message)

    def press(self, widget: dict[str, Any], button: str) -> Reply:
        """Press a button of a card: `widget` is its item, `button` "confirm" or "cancel"."""
        return self.act(widget, widget["widget"][button]["action"])

    def act(self, widget: dict[str, Any], action: dict[str, Any]) -> Reply:
        """Do what any control of a widget does: `action` is its `{"type": …, "payload": …}`."""
        return self.send(
            "threads.custom_action",
            thread_id=self.thread_id,
            item_id=widget["id"],
            action=action,
        )

    def return_output(self, result: Any) -> Reply:
        """Return what a tool of the page has found, and read what the assistant says then."""
        return self.send("threads.add_client_tool_output", thread_id=self.thread_id, result=result)

    def send(self, kind: str, **params: Any) -> Reply:
        """Send any request of the ChatKit protocol, and read its answer to the end."""
        response = self._post(
            "chatkit:endpoint",
            json.dumps({"type": kind, "params": params}),
            headers={"Authorization": f"Bearer {self._client_secret()}"},
        )
        reply = Reply(response, self.read(response) if response.streaming else [])
        for event in reply.of_type("thread.created"):
            self.thread_id = event["thread"]["id"]
        return reply

    def read(self, response: Any) -> list[dict[str, Any]]:
        """The events of an answer, to its end."""
        data = b"".join(response.streaming_content).decode()
        return [
            json.loads(line.removeprefix("data: "))
            for frame in data.split("\n\n")
            for line in frame.split("\n")
            if line.startswith("data: ")
        ]

    def _client_secret(self) -> str:
        if not self._secret:
            response = self._post(
                "chatkit:session", {"workflowId": self.workflow_id or _workflow_of(self.client)}
            )
            if response.status_code != 200:
                raise AssertionError(f"No session: {response.status_code} {response.content!r}")
            self._secret = response.json()["client_secret"]
        return self._secret

    def _post(self, name: str, data: Any, **more: Any) -> Any:
        from django.conf import settings

        # Where https alone is served, the test client would be sent on to it.
        secure = settings.SECURE_SSL_REDIRECT
        kind = "application/json"
        return self.client.post(_address(name), data, content_type=kind, secure=secure, **more)


def ask(who: Any, text: str, workflow_id: str = "") -> Reply:
    """One question in a conversation of its own: `ask(self.client, "…").text`.

    `who` is a test client that has logged in, or a user.
    """
    return Chat(who, workflow_id).ask(text)


def _address(name: str) -> str:
    """An address as Django's test client takes it: below the site's own prefix, and in the language
    that its request will have. LocaleMiddleware makes one that the site has of a test's, which is
    LANGUAGE_CODE: "en" of "en-us", say. Without it `i18n_patterns` wants that as it is."""
    from django.conf import settings
    from django.urls import get_script_prefix, reverse
    from django.utils import translation

    language = translation.get_language() or settings.LANGUAGE_CODE
    if _has_locale_middleware():
        with suppress(LookupError):
            language = translation.get_supported_language_variant(language)
    with translation.override(language):
        return "/" + reverse(name).removeprefix(get_script_prefix())


def _has_locale_middleware() -> bool:
    from django.conf import settings
    from django.middleware.locale import LocaleMiddleware
    from django.utils.module_loading import import_string

    found = map(import_string, settings.MIDDLEWARE)
    return any(isinstance(one, type) and issubclass(one, LocaleMiddleware) for one in found)


def _client_of(user: Any) -> Any:
    from django.test import Client

    client = Client()
    client.force_login(user)
    return client


def _workflow_of(client: Any) -> str:
    """The workflow of a page that names none, for whoever this client is: a user who has logged in
    or shows a token, or a visitor. "" where the site has none."""
    from django.conf import settings
    from django.contrib.auth import get_user
    from django.test import RequestFactory

    from .. import access
    from ..api import check_login
    from ..exceptions import ApiError
    from ..visitors import person_of

    made = RequestFactory(**client.defaults)
    made.cookies = client.cookies
    request: Any = made.get("/")
    # Asked for the session of a stranger, the client would make one, with its cookie.
    logged_in = settings.SESSION_COOKIE_NAME in client.cookies
    request.session = client.session if logged_in else {}
    request.user = get_user(request)
    with suppress(ApiError):
        check_login(request)
    workflow = access.workflow_for(person_of(request))
    return workflow.id if workflow else ""
