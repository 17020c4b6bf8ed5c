"""The endpoint's bad input and faults: what comes in, and what is answered."""

from __future__ import annotations

import datetime
import json
import tracemalloc
from typing import Any

import pytest
from django.core import signing
from django.test import Client, override_settings
from django.utils import timezone

from chatkit import sessions
from chatkit.models import Run, Session, Thread, ThreadItem
from tests.selfhosted.protocol import Caller, add, ask, create, secret_of, session_of, thread_id_of

LIST = {"type": "threads.list", "params": {}}


def code_of(response: Any) -> tuple[int, str]:
    body = response.json()
    assert set(body["error"]) - {"attachment_id"} == {"code", "message"}
    assert body["error"]["message"]
    assert "Access-Control-Allow-Origin" not in response
    assert response["Cache-Control"] == "private, no-store"
    return response.status_code, body["error"]["code"]


def post(authorization: str | None, body: Any = LIST, **extra: Any) -> Any:
    headers = {} if authorization is None else {"Authorization": authorization}
    return Client().post(
        "/api/chatkit",
        body if isinstance(body, bytes | str) else json.dumps(body),
        content_type=extra.pop("content_type", "application/json"),
        headers=headers,
        **extra,
    )


@pytest.mark.django_db
class TestWhoAsks:
    @pytest.mark.parametrize(
        "authorization",
        [None, "", "Bearer", "Bearer ", "Basic ck_x", "Bearer nonsense", "Bearer ck_a.b:c"],
    )
    def test_no_or_forged_secret(
        self, authorization: str | None, django_assert_num_queries: Any
    ) -> None:
        with django_assert_num_queries(0):
            response = post(authorization)
        assert code_of(response) == (401, "not_authenticated")

    def test_secret_signed_for_another_purpose(self, user: Any, workflow_id: str) -> None:
        row = session_of(user, workflow_id)
        forged = "ck_" + signing.Signer(salt="chatkit.download").sign(f"x.{row.session_id}")
        assert code_of(post(f"Bearer {forged}")) == (401, "not_authenticated")

    def test_secret_of_no_session(self) -> None:
        response = post(f"Bearer {sessions.sign('sess_none')}")
        assert code_of(response) == (401, "session_expired")

    @pytest.mark.parametrize(
        "fields",
        [
            {"expires_at": datetime.datetime(2020, 1, 1, tzinfo=datetime.UTC)},
            {"status": Session.Status.CANCELLED},
            {"status": Session.Status.REFRESHED},
            {"issuer": Session.Issuer.OPENAI},
        ],
        ids=lambda fields: "-".join(map(str, fields.values())),
    )
    def test_session_that_is_over(self, user: Any, workflow_id: str, fields: Any) -> None:
        secret = secret_of(user, workflow_id, **fields)
        assert code_of(post(f"Bearer {secret}")) == (401, "session_expired")

    def test_logged_out(self, user: Any, workflow_id: str, logged_in: Client) -> None:
        secret = secret_of(user, workflow_id)
        logged_in.post("/accounts/logout/")
        assert code_of(post(f"Bearer {secret}")) == (401, "session_expired")

    def test_changed_password(self, user: Any, workflow_id: str) -> None:
        secret = secret_of(user, workflow_id)
        user.set_password("new")
        user.save()
        assert code_of(post(f"Bearer {secret}")) == (401, "session_expired")

    def test_deactivated_user(self, user: Any, workflow_id: str) -> None:
        secret = secret_of(user, workflow_id)
        type(user).objects.filter(pk=user.pk).update(is_active=False)
        assert code_of(post(f"Bearer {secret}")) == (401, "session_expired")

    def test_rotated_key_still_opens(self, user: Any, workflow_id: str, settings: Any) -> None:
        secret = secret_of(user, workflow_id)
        settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
        settings.SECRET_KEY = "new" * 20
        assert post(f"Bearer {secret}").status_code == 200

    def test_login_cookie_of_somebody_else_is_not_read(
        self, user: Any, other: Any, workflow_id: str
    ) -> None:
        Thread.objects.create(user=other, workflow_id=workflow_id, title="Bob's")
        client = Client()
        client.force_login(other)
        response = client.post(
            "/api/chatkit",
            json.dumps(LIST),
            content_type="application/json",
            headers={"Authorization": f"Bearer {secret_of(user, workflow_id)}"},
        )
        assert response.json()["data"] == []

    def test_cookie_alone_opens_nothing(self, logged_in: Client) -> None:
        response = logged_in.post("/api/chatkit", json.dumps(LIST), content_type="application/json")
        assert code_of(response) == (401, "not_authenticated")

    def test_user_without_access(self, user: Any, workflow_id: str, settings: Any) -> None:
        secret = secret_of(user, workflow_id)
        settings.CHATKIT = settings.CHATKIT | {"ACCESS": "tests.selfhosted.test_views.nobody"}
        assert code_of(post(f"Bearer {secret}")) == (403, "forbidden")

    def test_workflow_that_is_gone(self, user: Any) -> None:
        secret = secret_of(user, "wf_gone")
        assert code_of(post(f"Bearer {secret}")) == (400, "unknown_workflow")

    def test_workflow_that_openai_answers_now(
        self, user: Any, workflow_id: str, settings: Any
    ) -> None:
        secret = secret_of(user, workflow_id)
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: "openai"}}
        assert code_of(post(f"Bearer {secret}")) == (401, "session_expired")

    def test_server_class_that_does_not_load(
        self, user: Any, workflow_id: str, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: "no.such.Server"}}
        response = post(f"Bearer {secret_of(user, workflow_id)}")
        assert code_of(response) == (500, "not_configured")
        assert "no.such" not in response.text
        assert workflow_id in caplog.text


def nobody(user: Any, workflow_id: str) -> bool:
    return False


@pytest.mark.django_db
class TestWhatIsSent:
    @pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "options", "head"])
    def test_other_methods(self, method: str) -> None:
        response = getattr(Client(), method)("/api/chatkit")
        assert response.status_code == 405
        assert response["Allow"] == "POST"
        if method != "head":
            assert code_of(response) == (405, "method_not_allowed")

    @pytest.mark.parametrize(
        ("body", "code"),
        [
            (b" ", "invalid_json"),
            (b"{", "invalid_json"),
            (b"\xff\xfe", "invalid_json"),
            (b'"\\ud800"', "invalid_json"),
            (b"[" * 100_000, "invalid_json"),
            (b"[]", "invalid_request"),
            (b"null", "invalid_request"),
            (b"{}", "invalid_request"),
            ({"type": "threads.burn", "params": {}}, "invalid_request"),
            ({"type": "threads.list"}, "invalid_request"),
            ({"type": "threads.get_by_id", "params": {}}, "invalid_request"),
            ({"type": "threads.create", "params": {"input": {"content": []}}}, "invalid_request"),
            (ask("threads.list", limit=0), "invalid_request"),
            (ask("threads.list", limit=101), "invalid_request"),
            (ask("threads.list", limit=-1), "invalid_request"),
            (ask("threads.list", order="up"), "invalid_request"),
            (ask("threads.get_by_id", thread_id="x" * 129), "invalid_request"),
            (ask("threads.get_by_id", thread_id=""), "invalid_request"),
            (ask("threads.get_by_id", thread_id="t\nERROR forged"), "invalid_request"),
            (
                ask("items.feedback", thread_id="t", item_ids=["\x1b[2J"], kind="positive"),
                "invalid_request",
            ),
            (
                ask(
                    "threads.add_structured_input",
                    thread_id="t",
                    item_id="i",
                    input={"answers": {"a\nERROR forged": {}}},
                ),
                "invalid_request",
            ),
            (ask("threads.update", thread_id="t", title="x" * 201), "invalid_request"),
            (ask("threads.update", thread_id="t", title="a\x00b"), "invalid_request"),
            (create("a\x00b"), "invalid_request"),
            (create("a", quoted_text="\x00"), "invalid_request"),
            (create("a", attachments=["\x00"]), "invalid_request"),
            (ask("threads.custom_action", thread_id="t", action={"payload": 1}), "invalid_request"),
            (
                ask(
                    "threads.custom_action",
                    thread_id="t",
                    action={"type": "a", "payload": {"\x00": 1}},
                ),
                "invalid_request",
            ),
        ],
        ids=str,
    )
    def test_bad_request(self, user: Any, workflow_id: str, body: Any, code: str) -> None:
        response = post(f"Bearer {secret_of(user, workflow_id)}", body)
        assert code_of(response) == (400, code)
        assert not Thread.objects.exists()
        assert not Run.objects.exists()

    @pytest.mark.parametrize(
        "body",
        [
            create("a", attachments=[1] * 30_000),
            create("a") | {"params": {"input": {"content": [1] * 30_000}}},
            ask("items.feedback", thread_id="t", item_ids=[1] * 30_000, kind="positive"),
            ask(
                "threads.add_structured_input",
                thread_id="t",
                item_id="i",
                input={"answers": {f"q{number}": {"values": [1] * 900} for number in range(30)}},
            ),
        ],
        ids=lambda body: body["type"],
    )
    def test_many_entries_that_do_not_fit_cost_little(
        self, user: Any, workflow_id: str, body: dict[str, Any]
    ) -> None:
        secret = f"Bearer {secret_of(user, workflow_id)}"
        post(secret, LIST)  # what is loaded once
        text = json.dumps(body)
        tracemalloc.start()
        response = post(secret, text)
        _now, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert code_of(response) == (400, "invalid_request")
        assert peak < 3_000_000  # one description of a fault takes about a kilobyte

    def test_what_can_not_be_read_is_counted(
        self, user: Any, workflow_id: str, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"request": "2/h"}}
        secret = f"Bearer {secret_of(user, workflow_id)}"
        assert [post(secret, body).status_code for body in (b"{", b"{}", b"{")] == [400, 400, 429]

    def test_a_large_body_is_read_for_those_alone_who_may_chat(
        self, user: Any, workflow_id: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        read: list[bytes] = []
        monkeypatch.setattr("chatkit.selfhosted.protocol.parse", read.append)
        secret = secret_of(user, workflow_id, status=Session.Status.CANCELLED)
        large = json.dumps(create("a" * 100_000))
        assert code_of(post(f"Bearer {secret}", large)) == (401, "session_expired")
        assert read == []

    def test_a_written_out_escape_is_no_nul(self, user: Any, workflow_id: str) -> None:
        # Two characters of text, a backslash and a u: not the character itself.
        body = ask("threads.update", thread_id="thr_none", title="\\u0000")
        response = post(f"Bearer {secret_of(user, workflow_id)}", body)
        assert code_of(response) == (404, "not_found")

    def test_body_of_a_mebibyte(self, user: Any, workflow_id: str) -> None:
        secret = secret_of(user, workflow_id)
        fits = json.dumps(LIST).encode().ljust(1024 * 1024)
        assert post(f"Bearer {secret}", fits).status_code == 200
        assert code_of(post(f"Bearer {secret}", fits + b" ")) == (413, "too_large")

    @pytest.mark.parametrize("content_type", ["text/plain", "multipart/form-data; boundary=x", ""])
    def test_other_content_type(self, user: Any, workflow_id: str, content_type: str) -> None:
        response = post(f"Bearer {secret_of(user, workflow_id)}", b"{}", content_type=content_type)
        assert code_of(response) == (415, "unsupported_media_type")

    def test_order_of_the_checks(self, user: Any, workflow_id: str) -> None:
        large = b" " * (1024 * 1024 + 1)
        assert code_of(post("Bearer x", large, content_type="text/plain"))[0] == 401
        secret = f"Bearer {secret_of(user, workflow_id)}"
        assert code_of(post(secret, large, content_type="text/plain"))[0] == 413
        assert code_of(post(secret, b"{", content_type="text/plain"))[0] == 415

    @pytest.mark.parametrize(
        "request_",
        [
            ask("attachments.create", name="a", size=1, mime_type="text/plain"),
            ask("attachments.delete", attachment_id="atc_1"),
            ask("input.transcribe", audio_base64="", mime_type="audio/webm"),
            ask("threads.sync_custom_action", thread_id="t", action={"type": "a"}),
        ],
        ids=lambda request: request["type"],
    )
    def test_what_is_not_switched_on(
        self, scripted: str, user: Any, request_: dict[str, Any], settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ATTACHMENTS": {"enabled": False}}
        response = post(f"Bearer {secret_of(user, scripted)}", request_)
        assert code_of(response) == (400, "not_enabled")


@pytest.mark.django_db(transaction=True)
class TestOwners:
    @pytest.fixture
    def adas(self, ada: Caller) -> tuple[str, list[str], str]:
        response = ada.post(create("say 2"))
        from tests.selfhosted.protocol import events

        thread_id = thread_id_of(events(b"".join(response.streaming_content)))
        items = ThreadItem.objects.filter(thread=thread_id).values_list("item_id", flat=True)
        return thread_id, list(items), response["X-ChatKit-Run"]

    def test_another_users_things_are_not_found(
        self, bob: Caller, adas: tuple[str, list[str], str]
    ) -> None:
        thread_id, items, run_id = adas
        before = list(ThreadItem.objects.values())
        for request in (
            ask("threads.get_by_id", thread_id=thread_id),
            ask("items.list", thread_id=thread_id),
            ask("items.list", thread_id=thread_id, after=items[0]),
            ask("threads.update", thread_id=thread_id, title="mine"),
            ask("threads.delete", thread_id=thread_id),
            ask("items.feedback", thread_id=thread_id, item_ids=items, kind="positive"),
            add(thread_id, "say 1"),
            ask("threads.retry_after_item", thread_id=thread_id, item_id=items[0]),
            ask("threads.add_client_tool_output", thread_id=thread_id, result=1),
            ask("threads.add_structured_input", thread_id=thread_id, item_id=items[1], input={}),
            ask("threads.custom_action", thread_id=thread_id, action={"type": "a"}),
            ask(
                "threads.custom_action",
                thread_id=thread_id,
                action={"type": "chatkit.ask", "payload": {"text": "say 1"}},
            ),
            ask("threads.list", after=thread_id),
        ):
            assert code_of(bob.post(request)) == (404, "not_found"), request
        assert code_of(bob.events(run_id)) == (404, "not_found")
        assert code_of(bob.stop(run_id)) == (404, "not_found")
        assert bob.json(LIST)["data"] == []
        assert list(ThreadItem.objects.values()) == before
        assert Thread.objects.get().title == "say 2"
        assert Run.objects.count() == 1

    def test_the_same_under_another_workflow(
        self, user: Any, ada: Caller, adas: tuple[str, list[str], str], settings: Any
    ) -> None:
        thread_id, _items, run_id = adas
        table = settings.CHATKIT["WORKFLOWS"]
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": table | {"wf_2": next(iter(table.values()))}
        }
        elsewhere = Caller(secret_of(user, "wf_2"))
        request = ask("threads.get_by_id", thread_id=thread_id)
        assert code_of(elsewhere.post(request)) == (404, "not_found")
        assert code_of(elsewhere.events(run_id)) == (404, "not_found")
        assert elsewhere.json(LIST)["data"] == []

    def test_unknown_things(self, ada: Caller, adas: tuple[str, list[str], str]) -> None:
        thread_id, items, _run_id = adas
        for request in (
            ask("threads.get_by_id", thread_id="thr_none"),
            ask("items.list", thread_id="thr_none"),
            ask("items.list", thread_id=thread_id, after="msg_none"),
            ask("items.feedback", thread_id=thread_id, item_ids=["none"], kind="positive"),
            ask("items.feedback", thread_id=thread_id, item_ids=[], kind="positive"),
            ask("threads.retry_after_item", thread_id=thread_id, item_id="msg_none"),
            ask("threads.custom_action", thread_id=thread_id, item_id="x", action={"type": "a"}),
            ask(
                "threads.custom_action",
                thread_id=thread_id,
                item_id="x",
                action={"type": "chatkit.ask", "payload": {"text": "say 1"}},
            ),
            create("say 1", attachments=["atc_none"]),
        ):
            assert code_of(ada.post(request)) == (404, "not_found"), request
        assert code_of(ada.events("run_none")) == (404, "not_found")
        # What was refused left nothing behind: no thread, no run, no item.
        assert Thread.objects.count() == 1
        assert Run.objects.count() == 1
        assert ThreadItem.objects.count() == len(items)

    def test_requests_that_do_not_fit(self, ada: Caller, adas: tuple[str, list[str], str]) -> None:
        thread_id, items, run_id = adas
        for request in (
            ask("threads.retry_after_item", thread_id=thread_id, item_id=items[1]),
            ask("threads.add_client_tool_output", thread_id=thread_id, result=1),
            ask("threads.add_structured_input", thread_id=thread_id, item_id=items[1], input={}),
            ask("threads.custom_action", thread_id=thread_id, action={"type": "chatkit.ask"}),
        ):
            assert code_of(ada.post(request)) == (400, "invalid_request"), request
        for after in ("-1", "x", "1e9", "9" * 30):
            assert code_of(ada.events(run_id, after)) == (400, "invalid_request")  # type: ignore[arg-type]
        assert Run.objects.count() == 1

    @pytest.mark.parametrize("kind", ["locked", "closed"])
    def test_thread_that_takes_no_messages(
        self, ada: Caller, adas: tuple[str, list[str], str], kind: str
    ) -> None:
        thread_id, items, _run_id = adas
        Thread.objects.update(status={"type": kind, "reason": "Under audit."})
        for request in (
            add(thread_id, "say 1"),
            ask("threads.retry_after_item", thread_id=thread_id, item_id=items[0]),
            ask("threads.custom_action", thread_id=thread_id, action={"type": "a"}),
            ask("threads.add_client_tool_output", thread_id=thread_id, result=1),
        ):
            response = ada.post(request)
            assert code_of(response) == (400, f"thread_{kind}")
            assert response.json()["error"]["message"] == "Under audit."
        assert ada.json(ask("threads.get_by_id", thread_id=thread_id))["status"]["type"] == kind
        assert ada.json(ask("threads.update", thread_id=thread_id, title="t"))["title"] == "t"


@pytest.mark.django_db(transaction=True)
class TestRateLimit:
    def test_messages_are_limited_reading_is_not(
        self, ada: Caller, bob: Caller, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"message": "2/h"}}
        for _ in range(2):
            assert ada.stream(create("say 1"))
        refused = ada.post(create("say 1"))
        assert code_of(refused) == (429, "rate_limited")
        assert int(refused["Retry-After"]) >= 1
        assert ada.json(LIST)["data"]
        assert bob.stream(create("say 1"))
        assert Thread.objects.count() == 3

    def test_bad_requests_are_not_counted(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"message": "1/h"}}
        for _ in range(3):
            assert ada.post(create("a\x00")).status_code == 400
        assert ada.stream(create("say 1"))


@pytest.mark.django_db(transaction=True)
class TestAnswers:
    def test_stream_headers(self, ada: Caller) -> None:
        response = ada.post(create("say 1"))
        b"".join(response.streaming_content)
        assert response["Content-Type"] == "text/event-stream; charset=utf-8"
        assert response["Cache-Control"] == "private, no-store, no-transform"
        assert response["X-Accel-Buffering"] == "no"
        assert response["Content-Encoding"] == "identity"
        assert response["X-ChatKit-Run"].startswith("run_")
        assert "Access-Control-Allow-Origin" not in response

    def test_json_headers(self, ada: Caller) -> None:
        response = ada.post(LIST)
        assert response["Content-Type"] == "application/json"
        assert response["Cache-Control"] == "private, no-store"

    def test_times_on_the_wire_say_their_offset(self, ada: Caller) -> None:
        found = ada.stream(create("say 1"))
        thread_id = thread_id_of(found)
        thread = ada.json(ask("threads.get_by_id", thread_id=thread_id))
        times = [e["item"]["created_at"] for e in found if "item" in e]
        times += [e["thread"]["created_at"] for e in found if "thread" in e]
        times += [thread["created_at"], *(i["created_at"] for i in thread["items"]["data"])]
        times += [entry["created_at"] for entry in ada.json(LIST)["data"]]
        now = timezone.now()
        for text in times:
            moment = datetime.datetime.fromisoformat(text)
            assert moment.tzinfo is not None
            assert abs(now - moment) < datetime.timedelta(minutes=2)


@pytest.mark.parametrize(
    "path", ["/api/chatkit/runs/a%00b/events", "/api/chatkit/runs/run_1/events?after=%00"]
)
@override_settings(MIDDLEWARE=[])
def test_an_address_with_a_nul_character_is_not_found(path: str) -> None:
    """Also on a site that does not look for it: PostgreSQL would refuse it with an error."""
    response = Client().get(path, headers={"Authorization": "Bearer ck_x"})
    assert (response.status_code, response.json()["error"]["code"]) == (404, "not_found")
