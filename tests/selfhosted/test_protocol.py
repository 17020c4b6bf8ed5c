"""Every request of the protocol, as a client sends it."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from chatkit import personal_data, signals
from chatkit.models import Feedback, Run, Thread, ThreadItem
from chatkit.selfhosted.messages import send_message

from .protocol import Caller, add, ask, create, events, secret_of, text_of, thread_id_of, types


@pytest.fixture
def thread(ada: Caller) -> str:
    return thread_id_of(ada.stream(create("say 1")))


def shown(caller: Caller, thread_id: str) -> list[dict[str, Any]]:
    return list(caller.json(ask("threads.get_by_id", thread_id=thread_id))["items"]["data"])


def last(caller: Caller, thread_id: str) -> dict[str, Any]:
    return shown(caller, thread_id)[-1]


class TestThreads:
    def test_list_is_newest_first_and_pages(self, ada: Caller) -> None:
        made = [thread_id_of(ada.stream(create(f"say {n}"))) for n in range(1, 4)]
        page = ada.json(ask("threads.list", limit=2))
        assert [entry["id"] for entry in page["data"]] == made[:0:-1]
        assert page["has_more"]
        rest = ada.json(ask("threads.list", limit=2, after=page["after"]))
        assert [entry["id"] for entry in rest["data"]] == made[:1]
        assert not rest["has_more"]
        assert all(entry["items"] == {"data": [], "has_more": False} for entry in rest["data"])

    def test_rename_and_delete(self, ada: Caller, thread: str) -> None:
        assert ada.json(ask("threads.update", thread_id=thread, title="New"))["title"] == "New"
        assert ada.json(ask("threads.get_by_id", thread_id=thread))["title"] == "New"
        assert ada.json(ask("threads.delete", thread_id=thread)) == {}
        assert ada.post(ask("threads.get_by_id", thread_id=thread)).status_code == 404
        assert ada.post(ask("threads.delete", thread_id=thread)).status_code == 404

    def test_items_page_from_both_ends(self, ada: Caller, thread: str) -> None:
        for _ in range(14):
            ada.stream(add(thread, "say 1"))
        ids = [item["id"] for item in self._all(ada, thread, "asc")]
        assert len(ids) == 30
        assert [item["id"] for item in self._all(ada, thread, "desc")] == ids[::-1]
        opened = ada.json(ask("threads.get_by_id", thread_id=thread))["items"]
        assert [item["id"] for item in opened["data"]] == ids[:20]
        assert opened["has_more"]

    @staticmethod
    def _all(caller: Caller, thread_id: str, order: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        after = None
        while True:
            request = ask("items.list", thread_id=thread_id, order=order, limit=7, after=after)
            page = caller.json(request)
            found += page["data"]
            if not page["has_more"]:
                return found
            after = page["after"]

    def test_metadata_and_hidden_items_stay_here(self, ada: Caller) -> None:
        response = ada.post(create("hidden"))
        data = b"".join(response.streaming_content)
        thread_id = thread_id_of(events(data))
        Thread.objects.update(metadata={"secret": "canary"})
        read = ada.post(ask("threads.get_by_id", thread_id=thread_id)).content
        listed = ada.post(ask("items.list", thread_id=thread_id)).content
        threads = ada.post(ask("threads.list")).content
        assert b"canary" not in data + read + listed + threads
        assert ThreadItem.objects.filter(type="hidden_context_item").exists()


class TestRetry:
    def test_later_items_are_gone(self, ada: Caller, thread: str) -> None:
        ada.stream(add(thread, "say 2"))
        first = shown(ada, thread)[0]["id"]
        found = ada.stream(ask("threads.retry_after_item", thread_id=thread, item_id=first))
        assert types(found)[0] == "stream_options"
        assert text_of(found) == "1 "
        items = shown(ada, thread)
        assert [item["type"] for item in items] == ["user_message", "assistant_message"]
        assert items[0]["id"] == first

    def test_long_thread_is_cut_to_the_end(self, ada: Caller, thread: str) -> None:
        row = Thread.objects.get(pk=thread)
        for number in range(45):
            send_message(row, f"note {number}")
        first = shown(ada, thread)[0]["id"]
        ada.stream(ask("threads.retry_after_item", thread_id=thread, item_id=first))
        assert len(shown(ada, thread)) == 2
        assert ThreadItem.objects.filter(thread=thread, superseded=False).count() == 2


class TestFeedback:
    def test_vote_is_kept_and_can_change(self, ada: Caller, thread: str, user: Any) -> None:
        heard: list[str] = []

        def receiver(sender: Any, feedback: Feedback, user: Any, **kwargs: Any) -> None:
            heard.append(feedback.kind)

        signals.feedback_given.connect(receiver)
        try:
            ids = [item["id"] for item in shown(ada, thread)]
            vote = {"thread_id": thread, "item_ids": ids}
            assert ada.json(ask("items.feedback", kind="positive", **vote)) == {}
            assert ada.json(ask("items.feedback", kind="negative", **vote)) == {}
        finally:
            signals.feedback_given.disconnect(receiver)
        rows = Feedback.objects.order_by("id")
        assert [(row.item_id, row.kind, row.user) for row in rows] == [
            (item_id, "negative", user) for item_id in ids
        ]
        assert heard == ["positive", "positive", "negative", "negative"]

    def test_reason_goes_along_and_stays_with_the_vote(
        self, ada: Caller, thread: str, user: Any
    ) -> None:
        vote = {"thread_id": thread, "item_ids": [shown(ada, thread)[0]["id"]]}

        def send(kind: str, **why: str) -> tuple[str, str, str]:
            metadata = {"chatkit.feedback": why} if why else {}
            request = ask("items.feedback", kind=kind, **vote) | {"metadata": metadata}
            assert ada.json(request) == {}
            row = Feedback.objects.get()
            return row.kind, row.reason, row.comment

        wrong = ("negative", "wrong", "It is 5 %.")
        assert send("negative") == ("negative", "", "")
        assert send("negative", reason="other") == ("negative", "other", "")
        assert send("negative", reason="wrong", comment=" It is 5 %. ") == wrong
        assert send("negative") == wrong  # as a client does that knows of no reasons
        exported = json.loads("".join(personal_data.export(user)))
        assert exported["feedback"][0]["reason"] == "wrong"
        assert exported["feedback"][0]["comment"] == "It is 5 %."
        assert send("positive") == ("positive", "", "")

    @pytest.mark.parametrize(
        ("kind", "why"),
        [
            ("negative", {"reason": "boring"}),
            ("negative", {"comment": "No reason."}),
            ("negative", {"reason": "wrong", "comment": "x" * 1001}),
            ("negative", {"reason": ["wrong"]}),
            ("negative", {"reason": "wrong", "comment": 5}),
            ("negative", ["wrong"]),
            ("negative", {"reason": "wrong", "comment": "a\0"}),
            ("positive", {"reason": "wrong"}),
        ],
    )
    def test_unfit_reason_keeps_nothing(
        self, ada: Caller, thread: str, kind: str, why: object
    ) -> None:
        vote = {"thread_id": thread, "item_ids": [shown(ada, thread)[0]["id"]], "kind": kind}
        request = ask("items.feedback", **vote) | {"metadata": {"chatkit.feedback": why}}
        response = ada.post(request)
        assert (response.status_code, response.json()["error"]["code"]) == (400, "invalid_request")
        assert not Feedback.objects.exists()

    def test_part_of_unknown_items_keeps_nothing(self, ada: Caller, thread: str) -> None:
        ids = [shown(ada, thread)[0]["id"], "msg_none"]
        request = ask("items.feedback", thread_id=thread, item_ids=ids, kind="positive")
        assert ada.post(request).status_code == 404
        assert not Feedback.objects.exists()


class TestClientTools:
    @pytest.mark.parametrize("result", [{"a": [1, None]}, None, "text", 0])
    def test_output_completes_the_call(self, ada: Caller, result: Any) -> None:
        thread_id = thread_id_of(ada.stream(create("tool")))
        assert last(ada, thread_id)["status"] == "pending"
        request = ask("threads.add_client_tool_output", thread_id=thread_id, result=result)
        assert text_of(ada.stream(request)) == "1 "
        call = next(item for item in shown(ada, thread_id) if item["type"] == "client_tool_call")
        assert call["status"] == "completed"
        assert call.get("output") == result
        assert ada.post(request).status_code == 400  # it is not pending any more


SKIPPED = {"values": [], "skipped": True}


class TestStructuredInput:
    @pytest.mark.parametrize(
        ("given", "status", "answers"),
        [
            (
                {"answers": {"q1": {"values": ["because"]}, "q2": {"values": ["a", "b"]}}},
                "answered",
                [{"values": ["because"], "skipped": False}, {"values": ["a"], "skipped": False}],
            ),
            ({"status": "skipped"}, "skipped", [{"values": [], "skipped": True}] * 2),
            (
                {"answers": {"q9": {"values": ["x"]}}},
                "answered",
                [{"values": [], "skipped": True}] * 2,
            ),
        ],
    )
    def test_answers_are_kept(self, ada: Caller, given: Any, status: str, answers: Any) -> None:
        thread_id = thread_id_of(ada.stream(create("form")))
        item = last(ada, thread_id)
        request = ask(
            "threads.add_structured_input", thread_id=thread_id, item_id=item["id"], input=given
        )
        found = ada.stream(request)
        assert types(found)[:2] == ["stream_options", "thread.item.replaced"]
        stored = next(i for i in shown(ada, thread_id) if i["id"] == item["id"])
        assert stored["status"] == status
        assert [question["answer"] for question in stored["inputs"]] == answers
        assert ada.post(request).status_code == 400  # answered already


class TestActions:
    def test_custom_action_reaches_the_server(self, ada: Caller) -> None:
        thread_id = thread_id_of(ada.stream(create("widget")))
        widget = last(ada, thread_id)
        assert widget["widget"]["children"][1] == {"type": "Table", "children": []}
        action = {"type": "go", "payload": {"n": 1}}
        request = ask(
            "threads.custom_action", thread_id=thread_id, item_id=widget["id"], action=action
        )
        assert ada.stream(request)[-1] == {"type": "progress_update", "text": "went with {'n': 1}"}
        assert Run.objects.filter(kind="threads.custom_action", status="completed").exists()

    def test_action_on_something_else_than_a_widget(self, ada: Caller, thread: str) -> None:
        item_id = shown(ada, thread)[0]["id"]
        request = ask(
            "threads.custom_action", thread_id=thread, item_id=item_id, action={"type": "go"}
        )
        assert ada.stream(request) == [
            {"type": "error", "code": "stream.error", "allow_retry": False}
        ]

    def test_action_that_no_server_knows(self, ada: Caller, thread: str) -> None:
        request = ask("threads.custom_action", thread_id=thread, action={"type": "unknown"})
        error = ada.stream(request)[-1]
        assert (error["type"], error["message"]) == ("error", "This button does nothing here.")

    def test_ask_button_asks(self, ada: Caller, thread: str) -> None:
        action = {"type": "chatkit.ask", "payload": {"text": "say 3"}}
        found = ada.stream(ask("threads.custom_action", thread_id=thread, action=action))
        assert types(found)[0] == "thread.item.done"
        assert found[0]["item"]["content"] == [{"type": "input_text", "text": "say 3"}]
        assert text_of(found) == "1 2 3 "
        assert [item["type"] for item in shown(ada, thread)[-2:]] == [
            "user_message",
            "assistant_message",
        ]

    @pytest.mark.parametrize("payload", [None, {}, {"text": " "}, {"text": 1}, "text", ["text"]])
    def test_ask_without_a_question(self, ada: Caller, thread: str, payload: Any) -> None:
        action = {"type": "chatkit.ask", "payload": payload}
        request = ask("threads.custom_action", thread_id=thread, action=action)
        assert ada.post(request).status_code == 400
        assert len(shown(ada, thread)) == 2

    def test_sync_action_and_dictation_where_the_server_has_them(
        self, ada: Caller, scripted: str, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {scripted: "tests.selfhosted.servers.FullServer"}
        }
        thread_id = thread_id_of(ada.stream(create("widget")))
        widget = last(ada, thread_id)
        request = ask(
            "threads.sync_custom_action",
            thread_id=thread_id,
            item_id=widget["id"],
            action={"type": "go"},
        )
        assert ada.json(request) == {"updated_item": widget}
        audio = base64.b64encode(b"12345").decode()
        heard = ada.json(
            ask("input.transcribe", audio_base64=audio, mime_type="audio/webm;codecs=opus")
        )
        assert heard == {"text": "5 bytes of audio/webm"}
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"transcribe": "2/h"}}
        broken = ask("input.transcribe", audio_base64="a", mime_type="audio/webm")
        assert ada.post(broken).status_code == 400


class TestUpdates:
    """An action that updates a widget does so for good."""

    @pytest.fixture
    def shown(self, ada: Caller) -> tuple[str, str]:
        thread_id = thread_id_of(ada.stream(create("widget")))
        return thread_id, last(ada, thread_id)["id"]

    @staticmethod
    def act(ada: Caller, shown: tuple[str, str], kind: str) -> list[dict[str, Any]]:
        thread_id, item_id = shown
        return ada.stream(
            ask(
                "threads.custom_action",
                thread_id=thread_id,
                item_id=item_id,
                action={"type": kind},
            )
        )

    @pytest.mark.parametrize(
        ("kind", "value"), [("root", "new"), ("component", "new"), ("text", "old more")]
    )
    def test_it_is_there_after_a_reload(
        self, ada: Caller, shown: tuple[str, str], kind: str, value: str
    ) -> None:
        self.act(ada, shown, kind)
        texts = [
            child["value"]
            for child in last(ada, shown[0])["widget"]["children"]
            if child["type"] == "Text"
        ]
        assert texts == [value]

    def test_also_where_the_action_fails_afterwards(
        self, ada: Caller, shown: tuple[str, str]
    ) -> None:
        assert self.act(ada, shown, "update and fail")[-1]["type"] == "error"
        (child,) = last(ada, shown[0])["widget"]["children"]
        assert child["value"] == "new"


class TestTitles:
    def test_an_assistant_finds_none_and_its_own_wins(self, ada: Caller) -> None:
        found = ada.stream(create("title Mine"))
        created = next(event for event in found if event["type"] == "thread.created")
        assert created["thread"]["title"] == "title Mine"  # until the assistant has said its own
        thread_id = created["thread"]["id"]
        assert last(ada, thread_id)["content"][0]["text"] == "None"
        thread = ada.json(ask("threads.get_by_id", thread_id=thread_id))
        assert thread["title"] == "Mine"

    def test_it_finds_the_stored_one_later(self, ada: Caller) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        ada.stream(add(thread_id, "title Later"))
        assert last(ada, thread_id)["content"][0]["text"] == "say 1"

    def test_the_first_question_stays_where_it_sets_none(self, ada: Caller) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        thread = ada.json(ask("threads.get_by_id", thread_id=thread_id))
        assert thread["title"] == "say 1"

    def test_other_changes_of_the_thread_leave_it(self, ada: Caller) -> None:
        found = ada.stream(create("lock"))
        updated = [event for event in found if event["type"] == "thread.updated"]
        assert [event["thread"]["title"] for event in updated] == ["lock"]
        thread = ada.json(ask("threads.get_by_id", thread_id=thread_id_of(found)))
        assert thread["title"] == "lock"


def test_a_character_in_two_deltas_is_one(ada: Caller) -> None:
    found = ada.stream(create("emoji"))
    assert text_of(found) == "\U0001f600 "
    assert last(ada, thread_id_of(found))["content"][0]["text"] == "\U0001f600 "


class TestLimits:
    def test_an_answer_is_cut_where_it_is_too_long(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ANSWER_LENGTH": 9}
        ada.stream(create("rush 50"), **{"Accept-Language": "es"})
        assert Run.objects.get().error == "AnswerTooLong"  # a record has no reader's language
        found = ada.stream(create("rush 50"))
        assert text_of(found) == "1 2 3 4 5"
        assert found[-1]["type"] == "error"
        assert "too long" in found[-1]["message"]
        thread_id = thread_id_of(found)
        kinds = [item["type"] for item in shown(ada, thread_id)]
        assert kinds == ["user_message", "assistant_message", "task"]
        assert shown(ada, thread_id)[1]["content"][0]["text"] == "1 2 3 4 5"
        assert shown(ada, thread_id)[2]["task"]["title"] == found[-1]["message"]  # after a reload

    def test_also_one_that_comes_whole(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"ANSWER_LENGTH": 4}
        thread_id = thread_id_of(ada.stream(create("title Mine")))  # says "None", then nothing
        assert last(ada, thread_id)["content"][0]["text"] == "None"
        settings.CHATKIT = settings.CHATKIT | {"ANSWER_LENGTH": 3}
        found = ada.stream(add(thread_id, "title More"))
        assert found[-1]["type"] == "error"
        texts = [
            item["content"][0]["text"]
            for item in shown(ada, thread_id)
            if item["type"] == "assistant_message"
        ]
        assert texts == ["None", "Min"]
        assert last(ada, thread_id)["task"]["title"] == found[-1]["message"]

    def test_a_page_of_large_items_is_short(self, ada: Caller) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        ThreadItem.objects.filter(thread=thread_id).delete()
        for number in range(6):
            send_message(Thread.objects.get(), f"{number}" + "x" * 900_000)
        seen: list[str] = []
        after = None
        for _ in range(10):
            page = ada.json(
                ask("items.list", thread_id=thread_id, limit=100, order="asc", after=after)
            )
            assert len(json.dumps(page)) < 3_000_000
            seen += [item["content"][0]["text"][0] for item in page["data"]]
            after = page["after"] if page["has_more"] else None
            if after is None:
                break
        assert seen == list("012345")

    @pytest.mark.parametrize("limit", [1, 20, 21, 22, 50, 100])
    def test_a_page_of_small_items_is_as_long_as_asked_for(self, ada: Caller, limit: int) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        ThreadItem.objects.filter(thread=thread_id).delete()
        for number in range(60):
            send_message(Thread.objects.get(), str(number))
        page = ada.json(ask("items.list", thread_id=thread_id, limit=limit, order="asc"))
        assert len(page["data"]) == min(limit, 60)
        assert page["has_more"] is (limit < 60)

    def test_requests_that_do_not_stream_are_limited_too(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"request": "2/d"}}
        codes = [ada.post(ask("threads.list")).status_code for _ in range(3)]
        assert codes == [200, 200, 429]


class TestHeaders:
    def test_an_assistant_reads_those_that_the_site_allows(
        self, ada: Caller, settings: Any
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {"CONTEXT_HEADERS": ["X-Org-Id", "X-Absent"]}
        thread_id = thread_id_of(
            ada.stream(create("headers"), **{"X-Org-Id": "o1", "X-Other": "hidden"})
        )
        assert last(ada, thread_id)["content"][0]["text"] == '{"x-org-id": "o1"}'

    def test_underscores_are_read_as_django_reads_them(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"CONTEXT_HEADERS": ["X_Org_Id"]}
        thread_id = thread_id_of(ada.stream(create("headers"), **{"X-Org-Id": "o1"}))
        assert last(ada, thread_id)["content"][0]["text"] == '{"x-org-id": "o1"}'

    def test_none_by_default(self, ada: Caller) -> None:
        thread_id = thread_id_of(ada.stream(create("headers"), **{"X-Org-Id": "o1"}))
        assert last(ada, thread_id)["content"][0]["text"] == "{}"


class TestUploads:
    @pytest.fixture(autouse=True)
    def _with_uploads(self, scripted: str, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {scripted: "tests.selfhosted.servers.UploadServer"},
            "ATTACHMENTS": {"max_size": 100, "max_count": 2, "accept": {"image/png": [".png"]}},
        }

    @staticmethod
    def create(size: int = 100, mime_type: str = "image/png") -> dict[str, Any]:
        return ask("attachments.create", name="a.png", size=size, mime_type=mime_type)

    def test_what_is_allowed_is_taken(self, ada: Caller) -> None:
        assert ada.json(self.create())["id"] == "atc_1"

    @pytest.mark.parametrize(
        ("wrong", "code"),
        [({"size": 101}, "too_large"), ({"mime_type": "text/x"}, "unsupported_media_type")],
    )
    def test_what_is_not_is_refused(self, ada: Caller, wrong: Any, code: str) -> None:
        assert ada.post(self.create(**wrong)).json()["error"]["code"] == code

    def test_more_files_than_a_message_may_have(self, ada: Caller) -> None:
        request = create("look")
        request["params"]["input"]["attachments"] = ["atc_1", "atc_2", "atc_3"]
        assert ada.post(request).json()["error"]["code"] == "invalid_request"

    def test_uploads_are_limited(self, ada: Caller, settings: Any) -> None:
        settings.CHATKIT = settings.CHATKIT | {"RATE_LIMITS": {"upload": "1/h"}}
        assert ada.post(self.create()).status_code == 200
        assert ada.post(self.create()).status_code == 429


class TestServers:
    def test_server_changes_the_thread(self, ada: Caller) -> None:
        found = ada.stream(create("say 1 lock"))
        updated = [event for event in found if event["type"] == "thread.updated"]
        assert updated[-1]["thread"]["status"] == {"type": "locked", "reason": "Done here."}
        assert ada.post(add(thread_id_of(found), "say 1")).status_code == 400

    def test_respond_that_is_no_generator(
        self, ada: Caller, scripted: str, settings: Any, caplog: pytest.LogCaptureFixture
    ) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {scripted: "tests.selfhosted.servers.BrokenServer"}
        }
        found = ada.stream(create("say 1"))
        assert found[-1]["type"] == "error"
        assert Run.objects.get().status == "failed"

    def test_language_of_the_client_reaches_the_answer(self, ada: Caller, thread: str) -> None:
        request = ask("threads.custom_action", thread_id=thread, action={"type": "unknown"})
        from django.utils import translation

        english = ada.stream(request)[-1]["message"]
        with translation.override("es"):
            expected = translation.gettext("This button does nothing here.")
        spanish = ada.stream(request, **{"Accept-Language": "es"})[-1]["message"]
        assert english == "This button does nothing here."
        assert spanish == expected
        errors = Run.objects.filter(status="failed").values_list("error", flat=True)
        assert list(errors) == ["CustomStreamError"] * 2  # a record has no reader's language

    def test_message_of_the_site_appears(self, ada: Caller, thread: str) -> None:
        row = send_message(Thread.objects.get(pk=thread), "Your order has *shipped*.\x00")
        item = last(ada, thread)
        assert item["id"] == row.item_id
        assert item["content"][0]["text"] == "Your order has *shipped*."


def test_same_user_on_two_devices_sees_one_history(
    ada: Caller, user: Any, thread: str, scripted: str
) -> None:
    phone = Caller(secret_of(user, scripted))
    assert shown(phone, thread) == shown(ada, thread)
    phone.stream(add(thread, "say 2"))
    assert len(shown(ada, thread)) == 4
