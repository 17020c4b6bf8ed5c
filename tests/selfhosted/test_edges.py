"""The protocol's sharp edges, one by one: `docs/explanation/protocol-edges.md` names them."""

from __future__ import annotations

import datetime
import gc
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError

from chatkit.models import Attachment, Run, Thread, ThreadItem
from chatkit.selfhosted.messages import send_message
from chatkit.selfhosted.runs import lifecycle, process, recovery, writes
from chatkit.selfhosted.runs.context import ChatContext

from .edge_servers import ROOT
from .protocol import (
    Caller,
    add,
    ask,
    create,
    events,
    session_of,
    text_of,
    thread_id_of,
    types,
    until,
)
from .streams import item_types, open_stream
from .test_conformance import sdk_reads

FRAMES = re.compile(rb"(data: \{[^\n]+\}\n\n)+")
EDGES = "tests.selfhosted.edge_servers.EdgeServer"


@pytest.fixture
def edges(ada: Caller, settings: Any, scripted: str) -> Caller:
    """The caller of a server that does odd things."""
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {scripted: EDGES}}
    return ada


def items(caller: Caller, thread_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = caller.json(
        ask("items.list", thread_id=thread_id, order="asc", limit=100)
    )["data"]
    return found


class TestTransport:
    def test_a_frame_is_one_line_of_raw_utf8(self, ada: Caller) -> None:
        response = ada.post(create("drip 2 ☃ 🙂\nsecond line"))
        data = b"".join(response.streaming_content)
        assert FRAMES.fullmatch(data)
        assert "☃ 🙂\\nsecond line".encode() in data

    def test_metadata_and_unknown_fields_are_ignored(self, ada: Caller) -> None:
        request = create("say 1", novel=1)
        request["params"]["novel"] = {"deep": None}
        request["params"]["input"]["content"][0]["novel"] = [1]
        found = ada.stream(request | {"metadata": {"role": "admin"}, "novel": 2})
        assert text_of(found) == "1 "
        assert Thread.objects.get().metadata == {}
        assert "novel" not in str([row.payload for row in ThreadItem.objects.all()])

    def test_a_tag_needs_its_data(self, ada: Caller) -> None:
        request = create("say 1")
        tag: dict[str, Any] = {"type": "input_tag", "id": "c7", "text": "Acme"}
        request["params"]["input"]["content"].append(tag)
        assert ada.post(request).status_code == 400
        tag["data"] = {}
        found = ada.stream(request)
        assert found[1]["item"]["content"][1] == tag | {"data": {}, "interactive": False}

    def test_pages_are_twenty_and_newest_first(self, ada: Caller) -> None:
        thread_id = thread_id_of(ada.stream(create("say 1")))
        row = Thread.objects.get(pk=thread_id)
        sent = [send_message(row, str(number)).item_id for number in range(21)]
        page = ada.json(ask("items.list", thread_id=thread_id))
        assert [item["id"] for item in page["data"]] == sent[:0:-1]
        assert page["has_more"]

    def test_refused_input_is_neither_answered_nor_logged(
        self, ada: Caller, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG")
        response = ada.post({"type": "threads.create", "params": {"input": "canary-input"}})
        assert response.status_code == 400
        assert "canary" not in response.text + caplog.text

    def test_what_is_not_there_is_no_error_in_the_log(
        self, ada: Caller, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level("DEBUG", "chatkit")
        for request in (add("thr_none", "say 1"), ask("threads.get_by_id", thread_id="thr_none")):
            assert ada.post(request).status_code == 404
        loud = [r.name for r in caplog.records if r.levelname in ("WARNING", "ERROR")]
        assert set(loud) <= {"django.request"}  # one line each, as for any page

    def test_the_id_of_a_call_writes_no_line(
        self, edges: Caller, caplog: pytest.LogCaptureFixture
    ) -> None:
        """The SDK logs the id of a call that nobody has answered."""
        thread = thread_id_of(edges.stream(create("forged")))
        edges.stream(ask("threads.add_client_tool_output", thread_id=thread, result=1))
        logged = [record.getMessage() for record in caplog.records if record.name == "chatkit"]
        assert any("was not completed" in line for line in logged)
        assert all(line.isprintable() for line in logged)


class TestOrder:
    def test_each_stream_begins_as_the_sdk_has_it(self, ada: Caller) -> None:
        made = ada.stream(create("tool"))
        assert types(made)[:3] == ["thread.created", "thread.item.done", "stream_options"]
        thread = thread_id_of(made)
        output = ada.stream(ask("threads.add_client_tool_output", thread_id=thread, result=1))
        assert types(output)[:2] == ["stream_options", "thread.item.added"]
        again = ada.stream(add(thread, "form"))
        assert types(again)[:2] == ["thread.item.done", "stream_options"]
        question = again[0]["item"]["id"]
        retried = ada.stream(ask("threads.retry_after_item", thread_id=thread, item_id=question))
        assert types(retried)[0] == "stream_options"
        assert "thread.item.removed" not in types(retried)  # the client drops them by itself
        action = ada.stream(ask("threads.custom_action", thread_id=thread, action={"type": "go"}))
        assert types(action)[0] == "stream_options"

    def test_a_result_for_no_pending_call(self, edges: Caller) -> None:
        """The SDK takes the thread's last item for the call, hidden ones included."""
        thread = thread_id_of(edges.stream(create("late")))
        request = ask("threads.add_client_tool_output", thread_id=thread, result=1)
        assert edges.post(request).status_code == 400
        assert items(edges, thread)[-1]["status"] == "pending"

    def test_of_two_pending_calls_the_last_is_kept(self, edges: Caller) -> None:
        thread = thread_id_of(edges.stream(create("calls")))
        edges.stream(ask("threads.add_client_tool_output", thread_id=thread, result=1))
        calls = [item for item in items(edges, thread) if item["type"] == "client_tool_call"]
        assert [(call["call_id"], call["status"]) for call in calls] == [("2", "completed")]


class TestEvents:
    @pytest.mark.slow
    def test_every_kind_reaches_the_client_and_the_store(self, edges: Caller) -> None:
        found = edges.stream(create("medley"))
        sdk_reads([["event", event] for event in found])
        assert set(types(found)) == {
            "thread.created", "thread.updated", "stream_options", "progress_update",
            "client_effect", "notice",
            "thread.item.added", "thread.item.updated", "thread.item.done", "thread.item.removed",
            "thread.item.replaced",
        }  # fmt: skip
        updates = {e["update"]["type"] for e in found if e["type"] == "thread.item.updated"}
        assert len(updates) == 10
        stream_options = next(e for e in found if e["type"] == "stream_options")
        assert stream_options["stream_options"] == {"allow_cancel": False}
        effect = next(e for e in found if e["type"] == "client_effect")
        assert effect["data"] == {"k": None}  # free-form: nulls survive
        updated = [e["thread"] for e in found if e["type"] == "thread.updated"]
        assert [(thread["metadata"], thread["items"]["data"]) for thread in updated] == [({}, [])]
        # What was shown last of each item is what a reload shows.
        last = {
            e["item"]["id"]: e["item"]
            for e in found
            if e["type"] in ("thread.item.done", "thread.item.replaced")
        }
        stored = items(edges, thread_id_of(found))
        assert {item["id"]: item for item in stored} == last
        assert [item["type"] for item in stored] == [
            "user_message", "assistant_message", "widget", "workflow", "generated_image", "task",
            "end_of_turn", "client_tool_call",
        ]  # fmt: skip
        said = stored[1]["content"][0]
        assert [a["source"]["type"] for a in said["annotations"]] == ["url", "file", "entity"]
        assert stored[-1]["arguments"] == {"a": None}
        sdk_reads([["items", edges.json(ask("items.list", thread_id=thread_id_of(found)))]])

    def test_hidden_items_are_never_shown(self, edges: Caller) -> None:
        response = edges.post(create("hidden"))
        data = b"".join(response.streaming_content)
        assert b"canary" not in data
        found = events(data)
        thread = thread_id_of(found)
        removed = {e["item_id"] for e in found if e["type"] == "thread.item.removed"}
        shown = [e["item"]["id"] for e in found if e["type"] == "thread.item.done"]
        assert shown[-1] in removed  # it was shown, and is hidden now
        assert item_types(thread) == [
            "user_message", "hidden_context_item", "sdk_hidden_context", "hidden_context_item",
        ]  # fmt: skip
        assert [item["type"] for item in items(edges, thread)] == ["user_message"]

    def test_a_page_of_hidden_items_is_not_the_end(self, edges: Caller) -> None:
        """They are left out after paging: the page is shorter, and its cursor may be hidden."""
        thread = thread_id_of(edges.stream(create("hidden")))
        send_message(Thread.objects.get(pk=thread), "the last one")
        seen, after, pages = [], None, 0
        while True:
            page = edges.json(
                ask("items.list", thread_id=thread, limit=1, order="asc", after=after)
            )
            seen += [item["type"] for item in page["data"]]
            pages += 1
            if not page["has_more"]:
                break
            after = page["after"]
        assert (seen, pages) == (["user_message", "assistant_message"], 5)

    def test_a_server_s_own_event_keeps_the_metadata_here(self, edges: Caller) -> None:
        found = edges.stream(create("tell"))
        assert "canary" not in str(found)
        told = [e["thread"] for e in found if e["type"] == "thread.updated"]
        assert [thread["metadata"] for thread in told] == [{}]

    def test_what_was_only_begun_is_not_stored(self, edges: Caller) -> None:
        found = edges.stream(create("begin"))
        assert types(found)[-1] == "thread.item.added"
        assert item_types(thread_id_of(found)) == ["user_message"]

    def test_attachments_are_stamped_and_their_metadata_stays_here(
        self, edges: Caller, user: Any, scripted: str
    ) -> None:
        payload = {"type": "file", "metadata": {"path": "canary"}}
        Attachment.objects.create(
            id="atc_1", user=user, workflow_id=scripted, name="a.pdf", payload=payload,
            mime_type="application/pdf",
        )  # fmt: skip
        found = edges.stream(create("nothing", attachments=["atc_1"]))
        thread = thread_id_of(found)
        expected = {
            "id": "atc_1", "name": "a.pdf", "mime_type": "application/pdf", "type": "file",
            "thread_id": thread,
        }  # fmt: skip
        assert found[1]["item"]["attachments"] == [expected]
        assert items(edges, thread)[0]["attachments"] == [expected]
        row = Attachment.objects.get()
        assert (row.thread_id, row.payload["metadata"]) == (thread, {"path": "canary"})
        stored = ThreadItem.objects.get(type="user_message").payload
        assert stored["attachments"][0]["metadata"] == {"path": "canary"}


class TestFailures:
    def test_what_was_begun_is_taken_back(self, edges: Caller) -> None:
        """Also: an error with a code of its own says whether to retry."""
        found = edges.stream(create("fail"))
        begun = [e["item"]["id"] for e in found if e["type"] == "thread.item.added"]
        removed = [e["item_id"] for e in found if e["type"] == "thread.item.removed"]
        assert removed == begun
        assert found[-1] == {"type": "error", "code": "stream.error", "allow_retry": False}
        assert item_types(thread_id_of(found)) == ["user_message", "task"]
        assert Run.objects.get().status == "failed"

    def test_text_that_was_shown_is_kept(self, ada: Caller) -> None:
        """With a note that there was more to come; a retry replaces both."""
        found = ada.stream(create("drip 3 fail"))
        assert types(found)[-2:] == ["thread.item.done", "error"]
        assert found[-2]["item"]["content"][0]["text"] == "1 2 3 "
        thread = thread_id_of(found)
        assert item_types(thread) == ["user_message", "assistant_message", "task"]
        said, note = items(ada, thread)[1:]
        assert said == found[-2]["item"]
        assert note["task"]["title"] == "The answer was interrupted."
        asked = items(ada, thread)[0]["id"]
        again = ada.stream(ask("threads.retry_after_item", thread_id=thread, item_id=asked))
        assert types(again)[-1] == "error"
        assert item_types(thread) == ["user_message", "assistant_message", "task"]
        assert items(ada, thread)[1]["id"] != said["id"]

    @pytest.mark.parametrize("script", ["icon", "stateless", "template"])
    def test_what_the_sdk_refuses_is_an_error_event(self, edges: Caller, script: str) -> None:
        found = edges.stream(create(script))
        assert found[-1] == {"type": "error", "code": "stream.error", "allow_retry": True}
        assert Run.objects.get().error in ("ValidationError", "RuntimeError", "TypeError")
        if script == "template":  # the first of them was fine, whatever its text
            text = items(edges, thread_id_of(found))[-1]["widget"]["children"][0]["value"]
            assert text == '"}]} <b>'

    def test_stream_options_that_fail(self, edges: Caller) -> None:
        """The SDK would break the stream off: it asks for them outside of its own care."""
        found = edges.stream(create("options"))
        assert found[-1] == {"type": "error", "code": "stream.error", "allow_retry": True}
        action = {"type": "go"}
        request = ask("threads.custom_action", thread_id=thread_id_of(found), action=action)
        refused = edges.post(request)
        assert (refused.status_code, refused.json()["error"]["code"]) == (500, "server_error")
        assert not Run.objects.filter(live__isnull=False).exists()

    def test_a_change_before_the_failure_is_kept_and_told(self, ada: Caller) -> None:
        found = ada.stream(create("say 1 lock fail"))
        assert {"error", "thread.updated"} <= set(types(found))
        assert Thread.objects.get().status["type"] == "locked"

    def test_a_question_that_cannot_be_stored(
        self, ada: Caller, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*args: Any) -> None:
            raise OperationalError("disk full")

        with monkeypatch.context() as patch:
            patch.setattr(writes, "apply", full)
            refused = ada.post(create("say 1"))
        assert (refused.status_code, refused.json()["error"]["code"]) == (500, "server_error")
        assert "disk" not in refused.text
        assert not Thread.objects.exists()
        assert text_of(ada.stream(create("say 1"))) == "1 "

    @pytest.mark.filterwarnings("ignore:coroutine .* was never awaited")
    def test_respond_that_is_a_coroutine(self, ada: Caller, settings: Any, scripted: str) -> None:
        settings.CHATKIT = settings.CHATKIT | {
            "WORKFLOWS": {scripted: "tests.selfhosted.edge_servers.CoroutineServer"}
        }
        assert ada.stream(create("x"))[-1]["type"] == "error"
        assert Run.objects.get().status == "failed"
        gc.collect()  # the coroutine, while its warning is expected

    def test_a_run_inherits_nothing_of_another(self, edges: Caller) -> None:
        """The SDK leaves its User-Agent behind after a failure; a run has a context of its own."""
        for _ in range(2):
            found = edges.stream(create("leave"))
            progress = next(e for e in found if e["type"] == "progress_update")
            assert progress["text"] == "found ''"


class TestStop:
    def test_changes_of_the_thread_are_kept(self, edges: Caller) -> None:
        """The SDK forgets them; and what is no text is taken back."""
        run_id, thread, stream = open_stream(edges, create("change"))
        until(lambda: b"thread.item.added" in next(stream))
        edges.stop(run_id)
        rest = events(b"".join(stream))
        assert types(rest) == ["thread.item.removed", "thread.item.done"]
        assert Thread.objects.get().metadata == {"step": 2}
        assert item_types(thread) == ["user_message", "task", "sdk_hidden_context"]

    def test_who_asks_next_finds_them(self, edges: Caller, monkeypatch: Any) -> None:
        """Also where the question itself has stopped the answer, which nobody listened to."""
        monkeypatch.setattr(lifecycle, "UNHEARD_SECONDS", 0.0)
        _run_id, thread, stream = open_stream(edges, create("change"))
        until(lambda: b"thread.item.added" in next(stream))
        stream.close()

        def asked() -> Any:
            response = edges.post(add(thread, "remember"))
            return response if response.status_code == 200 else None

        found = events(b"".join(until(asked).streaming_content))
        assert [e["text"] for e in found if "text" in e] == ["found {'step': 2}"]
        assert Thread.objects.get().metadata == {"step": 2, "other": 1}


class TestWidgets:
    def test_every_component_comes_back_as_it_was_sent(self, edges: Caller) -> None:
        found = edges.stream(create("widgets"))
        streamed = found[-1]["item"]["widget"]
        assert streamed == ROOT
        assert items(edges, thread_id_of(found))[-1]["widget"] == streamed

    def test_text_that_grows(self, edges: Caller) -> None:
        """With an id it comes as deltas; without one only with the next whole state."""
        found = edges.stream(create("streamed"))
        kinds = [e["update"]["type"] for e in found if e["type"] == "thread.item.updated"]
        delta = "widget.streaming_text.value_delta"
        assert kinds == [delta, delta, "widget.root.updated"]
        deltas = [e["update"] for e in found if "delta" in e.get("update", {})]
        assert [(update["delta"], update["done"]) for update in deltas] == [
            ("one", True), (" two", True),
        ]  # fmt: skip
        stored = items(edges, thread_id_of(found))[-1]
        assert stored == found[-1]["item"]
        assert [child["value"] for child in stored["widget"]["children"]] == ["one two"] * 2
        assert (stored["copy_text"], len(stored["id"])) == ("copy", 36)


class TestSyncActions:
    @pytest.fixture
    def sync(self, edges: Caller) -> Callable[..., Any]:
        def send(thread: str, **params: Any) -> Any:
            request = ask(
                "threads.sync_custom_action", thread_id=thread, action={"type": "go"}, **params
            )
            return edges.post(request)

        return send

    def test_the_item_is_kept(self, edges: Caller, sync: Any) -> None:
        """The SDK only shows it."""
        thread = thread_id_of(edges.stream(create("widgets")))
        before = items(edges, thread)
        shown = sync(thread, item_id=before[-1]["id"]).json()["updated_item"]
        assert shown["widget"] == {"type": "Card", "children": [], "border": 1}
        assert items(edges, thread) == [before[0], shown]
        assert sync(thread).json() == {}

    def test_refused_where_other_actions_are(
        self, edges: Caller, sync: Any, bob: Caller, settings: Any
    ) -> None:
        thread = thread_id_of(edges.stream(create("widgets")))
        question, widget = items(edges, thread)
        assert sync(thread, item_id=question["id"]).status_code == 400
        assert sync(thread, item_id="msg_none").status_code == 404
        request = ask(
            "threads.sync_custom_action",
            thread_id=thread, item_id=widget["id"], action={"type": "go"},
        )  # fmt: skip
        assert bob.post(request).status_code == 404
        Thread.objects.update(status={"type": "locked"})
        locked = edges.post(request)
        assert locked.json()["error"]["code"] == "thread_locked"
        assert items(edges, thread)[-1] == widget


def test_the_sdk_s_own_door(ada: Caller, user: Any, scripted: str) -> None:
    """`process()` takes bytes and gives the SDK's results, for code that calls it."""
    from chatkit.selfhosted.engine import get_server
    from chatkit.server import NonStreamingResult, StreamingResult
    from chatkit.workflows import get

    server = get_server(get(scripted))
    session = session_of(user, scripted)

    async def go(request: Any) -> bytes:
        context = ChatContext(session=session, language="en", time_zone=datetime.UTC)
        result = await server.process(json.dumps(request).encode(), context)
        if isinstance(result, NonStreamingResult):
            return result.json
        assert isinstance(result, StreamingResult)
        return b"".join([chunk async for chunk in result])

    found = events(process.current().wait_for(go(create("say 2")), 10))
    assert text_of(found) == "1 2 "
    listed = json.loads(process.current().wait_for(go(ask("threads.list")), 10))
    assert [thread["id"] for thread in listed["data"]] == [thread_id_of(found)]


def test_frames_of_a_dead_run_add_up_as_the_sdk_s_do() -> None:
    """Parts that were never added, citations beyond the end, an end without its citations."""

    def frame(kind: str, **fields: Any) -> bytes:
        return b"data: " + json.dumps({"type": f"thread.item.{kind}", **fields}).encode()

    def update(kind: str, index: int, **fields: Any) -> bytes:
        name = f"assistant_message.content_part.{kind}"
        given = {"type": name, "content_index": index, **fields}
        return frame("updated", item_id="m", update=given)

    citation = {"type": "annotation", "source": {}}
    (item,) = recovery.partial_messages(
        [
            frame("added", item={"id": "m", "type": "assistant_message", "content": []}),
            update("text_delta", 1, delta="b"),
            update("annotation_added", 1, annotation_index=5, annotation=citation),
            update("text_delta", 1, delta="c"),
        ]
    )
    assert [part["text"] for part in item["content"]] == ["", "bc"]
    assert item["content"][1]["annotations"] == [citation]
