"""Hosted items as ours, held against the SDK that has to read them."""

from __future__ import annotations

import copy
import datetime
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chatkit.hosted import convert
from chatkit.models import ThreadItem
from chatkit.selfhosted import records

from .samples import CARD, SAMPLES, START, bodies, item, json_values, thread

MOMENT = datetime.datetime.fromtimestamp(START, datetime.UTC)


def converted(raw: dict[str, Any]) -> convert.Item:
    return convert.item(raw, "thr_1")


def as_sdk(ours: convert.Item) -> Any:
    """The item as the engine loads it from its row."""
    row = ThreadItem(
        item_id=ours.id,
        thread_id="thr_1",
        type=ours.type,
        payload=ours.payload,
        created_at=ours.created_at,
    )
    return records.item_from_row(row)


def body(ours: convert.Item) -> dict[str, Any]:
    """The payload without what all items have."""
    common = ("id", "thread_id", "created_at")
    return {name: value for name, value in ours.payload.items() if name not in common}


class TestSamples:
    @pytest.mark.parametrize("name", SAMPLES)
    def test_the_sdk_reads_it_back_as_it_is(self, name: str) -> None:
        ours = converted(SAMPLES[name])
        assert ours.kept_whole == ""
        loaded = as_sdk(ours)
        assert loaded.type == ours.type == ours.payload["type"] != convert.HIDDEN
        stored = records.item_row("thr_1", loaded).payload
        if name == "widget":
            stored["widget"] = {"type": "Card", "children": CARD["children"]}
        for attachment in stored.get("attachments", []):
            attachment.pop("metadata", None)
        for task in stored.get("workflow", {}).get("tasks", [stored.get("task", {})]):
            task.pop("status_indicator", None)
        assert stored == ours.payload

    def test_common_fields(self) -> None:
        ours = converted(item("task", "cthi_Ab", task_type="custom"))
        assert ours.id == ours.payload["id"]
        assert ours.id.startswith("itm_")
        assert len(ours.id) == 36
        assert ours.payload["thread_id"] == "thr_1"
        assert ours.created_at == MOMENT
        assert ours.payload["created_at"] == MOMENT.isoformat()

    def test_user_message(self) -> None:
        ours = converted(SAMPLES["user_message"])
        assert body(ours) == {
            "type": "user_message",
            "content": [{"type": "input_text", "text": "What about it?"}],
            "quoted_text": "as you said",
            "attachments": [
                {
                    "type": "file",
                    "id": ours.files[0].id,
                    "name": "a.pdf",
                    "mime_type": "application/pdf",
                    "thread_id": "thr_1",
                },
                {
                    "type": "file",
                    "id": ours.files[1].id,
                    "name": "b.png",
                    "mime_type": "image/png",
                    "thread_id": "thr_1",
                },
            ],
            "inference_options": {"model": "gpt-x", "tool_choice": {"id": "search"}},
        }
        assert [file.name for file in ours.files] == ["a.pdf", "b.png"]

    def test_two_quotes(self) -> None:
        parts = [{"type": "quoted_text", "text": text} for text in ("one", "two")]
        assert body(converted(item("user_message", content=parts)))["quoted_text"] == "one\ntwo"

    def test_assistant_message(self) -> None:
        first, second = body(converted(SAMPLES["assistant_message"]))["content"]
        assert [annotation["source"] for annotation in first["annotations"]] == [
            {"type": "file", "filename": "guide.pdf", "title": "guide.pdf"},
            {"type": "url", "url": "https://x.example/a", "title": "https://x.example/a"},
        ]
        assert second == {"type": "output_text", "text": "And there.", "annotations": []}

    def test_widget_keeps_what_the_sdk_does_not_know(self) -> None:
        assert body(converted(SAMPLES["widget"])) == {"type": "widget", "widget": CARD}
        assert as_sdk(converted(SAMPLES["widget"])).widget.children[2].rows == [["a"]]

    def test_client_tool_call(self) -> None:
        assert body(converted(SAMPLES["client_tool_call"])) == {
            "type": "client_tool_call",
            "status": "completed",
            "call_id": "call_1",
            "name": "locate",
            "arguments": {"street": "Main"},
            "output": {"lat": 1.5},
        }

    @pytest.mark.parametrize(
        ("arguments", "expected"),
        [
            ("[1]", {"value": [1]}),
            ('"x"', {"value": "x"}),
            ("not JSON", {"value": "not JSON"}),
            ("NaN", {"value": "NaN"}),
            ("", {"value": ""}),
        ],
    )
    def test_odd_arguments(self, arguments: str, expected: dict[str, Any]) -> None:
        raw = {**SAMPLES["client_tool_call"], "arguments": arguments}
        assert body(converted(raw))["arguments"] == expected

    def test_tool_call_in_progress(self) -> None:
        raw = {**SAMPLES["client_tool_call"], "status": "in_progress", "output": None}
        ours = body(converted(raw))
        assert ours["status"] == "completed"  # a page runs those that are pending
        assert ours["output"] == {"error": "unanswered"}

    def test_tasks(self) -> None:
        assert body(converted(SAMPLES["task"])) == {
            "type": "task",
            "task": {"type": "custom", "title": "Reading", "content": "2 files"},
        }
        thought = body(converted(item("task", task_type="thought")))
        assert thought["task"] == {"type": "thought", "content": ""}

    def test_task_group(self) -> None:
        assert body(converted(SAMPLES["task_group"]))["workflow"] == {
            "type": "custom",
            "expanded": False,
            "tasks": [
                {"type": "thought", "title": "Thinking", "content": ""},
                {"type": "custom", "content": "Done"},
            ],
        }
        thoughts = [{"type": "thought", "summary": "x"}]
        assert (
            body(converted(item("task_group", tasks=thoughts)))["workflow"]["type"] == "reasoning"
        )


# Raw items that can't be shown, and why.
ODD: list[tuple[dict[str, Any], str]] = [
    (item("voice_memo", url="x"), "the type 'chatkit.voice_memo' is not known"),
    ({**item("x"), "type": ["chatkit.task"]}, "is not known"),
    ({**item("x"), "type": None}, "is not known"),
    (item("user_message"), "its content can't be read"),
    (item("user_message", content=["x"]), "its content can't be read"),
    (item("user_message", content=[{"type": "input_tag", "text": "x"}]), "its content"),
    (item("user_message", content=[{"type": "input_text", "text": None}]), "its text"),
    (item("user_message", content=[], attachments=[{"id": "x"}]), "its name"),
    (item("assistant_message", content=[{"type": "output_text"}]), "its text"),
    (
        item("assistant_message", content=[{"text": "x", "annotations": [{"source": {}}]}]),
        "its annotations",
    ),
    (item("widget", widget="{"), "its widget"),
    (item("widget", widget={"type": "Card"}), "its widget"),
    (item("widget", widget='{"type": "Button"}'), "its widget"),
    (item("widget", widget='{"type": "Card", "children": [{"type": 5}]}'), "its widget"),
    (item("widget", widget='{"type": "Card", "children": {"id": "x"}}'), "its widget"),
    (item("widget", widget='{"type": "Card", "id": 5}'), "its widget"),
    (item("widget", widget='{"type": "Card", "size": NaN}'), "its widget"),
    ({**SAMPLES["client_tool_call"], "status": "lost"}, "its status"),
    ({**SAMPLES["client_tool_call"], "output": {}}, "its output"),
    (item("task", task_type="odd"), "its task_type"),
    (item("task", task_type="custom", heading=5), "its heading"),
    (item("task_group", tasks=[{"type": "odd"}]), "its type"),
]


class TestOddItems:
    @pytest.mark.parametrize(("raw", "why"), ODD)
    def test_kept_whole(self, raw: dict[str, Any], why: str) -> None:
        ours = converted(raw)
        assert why in ours.kept_whole
        assert ours.type == ours.payload["type"] == convert.HIDDEN
        assert ours.payload["content"] == raw
        assert as_sdk(ours).content == raw

    @pytest.mark.parametrize(
        "change",
        [
            {"id": None},
            {"created_at": None},
            {"created_at": "2026"},
            {"created_at": True},
            {"created_at": 1e300},
            {"created_at": float("nan")},
        ],
    )
    def test_without_id_or_time(self, change: dict[str, Any]) -> None:
        with pytest.raises(convert.Unreadable):
            converted({**SAMPLES["task"], **change})

    def test_too_deep(self) -> None:
        deep: Any = "x"
        for _ in range(5000):
            deep = [deep]
        with pytest.raises(convert.Unreadable):
            converted(item("odd", content=deep))

    def test_what_no_database_holds(self) -> None:
        raw = item("odd", text="a\x00b\ud800", number=float("inf"), name={"k\x00": 1})
        content = converted(raw).payload["content"]
        assert (content["text"], content["number"]) == ("ab?", None)
        assert content["name"] == {"k": 1}


class TestThread:
    def test_fields(self) -> None:
        assert convert.thread(thread(title=None)) == convert.Thread(
            "cthr_1", "mseller:1", "", {"type": "active"}, MOMENT
        )

    @pytest.mark.parametrize(
        ("status", "expected"),
        [
            ({"type": "locked", "reason": "full"}, {"type": "locked", "reason": "full"}),
            ({"type": "closed", "reason": None}, {"type": "closed"}),
            ({"type": "frozen"}, {"type": "active"}),
            (None, {"type": "active"}),
        ],
    )
    def test_status(self, status: Any, expected: dict[str, Any]) -> None:
        assert convert.thread(thread(status=status)).status == expected

    def test_long_title(self) -> None:
        assert convert.thread(thread(title="x" * 300)).title == "x" * 200

    @pytest.mark.parametrize("name", ["id", "user", "created_at"])
    def test_unreadable(self, name: str) -> None:
        with pytest.raises(convert.Unreadable, match=name):
            convert.thread(thread() | {name: None})

    def test_id_that_fits_nowhere(self) -> None:
        with pytest.raises(convert.Unreadable):
            convert.thread(thread("c" * 129))


class TestIds:
    def test_are_always_the_same(self) -> None:
        assert convert.own_id("itm", "cthi_1") == convert.own_id("itm", "cthi_1")

    def test_differ_where_case_alone_does(self) -> None:
        ids = {convert.own_id("itm", name) for name in ("cthi_ab", "cthi_aB", "cthi_AB")}
        assert len({id.lower() for id in ids}) == 3

    def test_of_one_file_in_two_threads(self) -> None:
        raw = SAMPLES["user_message"]
        one, two = (convert.item(raw, thread_id).files[0].id for thread_id in ("thr_1", "thr_2"))
        assert one != two


@pytest.mark.slow
@given(bodies | st.dictionaries(st.text(max_size=5), json_values, max_size=3))
@settings(max_examples=150, deadline=None)
def test_anything_becomes_an_item_of_the_sdk(raw: dict[str, Any]) -> None:
    raw = {**raw, "id": "cthi_1", "created_at": START}
    before = copy.deepcopy(raw)
    ours = converted(raw)
    assert repr(raw) == repr(before)
    stored = json.dumps(ours.payload, allow_nan=False, ensure_ascii=False)
    assert "\\u0000" not in json.dumps(ours.payload).replace("\\\\", "")  # an escaped one is text
    stored.encode()
    loaded = as_sdk(ours)
    # Never hidden unless it says so: what can be read is shown.
    assert loaded.type == ours.type
    assert (ours.type == convert.HIDDEN) == bool(ours.kept_whole)
    assert records.to_json(loaded)
