"""Versions: an answer given again and a question asked anew, beside what was there before."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chatkit import personal_data
from chatkit.models import Branch, Feedback, Run, ThreadItem
from chatkit.selfhosted.runs import lifecycle
from tests.selfhosted.protocol import Caller, add, ask, create, text_of, thread_id_of, types


class Reader:
    """A person with one conversation, as the element talks about it."""

    def __init__(self, caller: Caller, question: str = "say 1") -> None:
        self.caller = caller
        self.thread = thread_id_of(caller.stream(create(question)))

    def shown(self) -> list[str]:
        """What a client that knows nothing of versions sees."""
        thread = self.caller.json(ask("threads.get_by_id", thread_id=self.thread))
        return [item["content"][0]["text"].strip() for item in thread["items"]["data"]]

    def ids(self) -> list[str]:
        page = self.caller.json(ask("items.list", thread_id=self.thread, order="asc"))
        return [item["id"] for item in page["data"]]

    def retry(self, item_id: str) -> list[dict[str, Any]]:
        return self.caller.stream(
            ask("threads.retry_after_item", thread_id=self.thread, item_id=item_id)
        )

    def edit(self, item_id: str, text: str) -> Any:
        request = add(self.thread, text) | {"metadata": {"chatkit.edit": item_id}}
        return self.caller.post(request)

    def edited(self, item_id: str, text: str) -> list[str]:
        response = self.edit(item_id, text)
        assert response.status_code == 200, response.content
        b"".join(response.streaming_content)
        return self.shown()

    def call(self, method: str, path: str = "") -> Any:
        return self.caller.client.generic(
            method,
            f"/api/chatkit/threads/{self.thread}/versions{path}",
            headers={"Authorization": f"Bearer {self.caller.secret}"},
        )

    def forks(self) -> list[tuple[str, int, int]]:
        """The kind of each place with versions, which one is shown, and of how many."""
        found = self.call("GET").json()["forks"]
        return [(fork["kind"], fork["current"], len(fork["items"])) for fork in found]

    def switch(self, fork: int, version: int) -> list[str]:
        item = self.call("GET").json()["forks"][fork]["items"][version - 1]
        response = self.call("POST", f"/{item}")
        assert response.status_code == 200, response.content
        assert response.json() == self.call("GET").json()
        return self.shown()


@pytest.fixture
def reader(ada: Caller) -> Reader:
    return Reader(ada)


def test_the_old_one_is_kept_and_a_stock_client_sees_the_new(reader: Reader) -> None:
    question, old = reader.ids()
    found = reader.retry(question)
    assert types(found)[0] == "stream_options"
    assert text_of(found) == "1 "
    assert reader.ids()[0] == question
    assert old not in reader.ids()
    assert reader.shown() == ["say 1", "1"]
    assert reader.forks() == [("answer", 2, 2)]
    item = ask("items.feedback", thread_id=reader.thread, item_ids=[old], kind="negative")
    reader.caller.json(item)
    assert reader.call("GET").json()["votes"] == {old: "negative"}


def test_a_question_belongs_to_what_is_shown_as_it_begins(
    reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another tab shows another version after the question has come, and before its run begins."""
    reader.retry(reader.ids()[0])
    begin = lifecycle.start

    def switch_first(*args: Any) -> Any:
        monkeypatch.setattr(lifecycle, "start", begin)
        assert reader.switch(0, 1) == ["say 1", "1"]
        return begin(*args)

    monkeypatch.setattr(lifecycle, "start", switch_first)
    reader.caller.stream(add(reader.thread, "say 2"))
    said = ["say 1", "1", "say 2", "1 2"]
    assert reader.shown() == said
    assert reader.switch(0, 2) == ["say 1", "1"]
    assert reader.switch(0, 1) == said


def test_going_back_and_forth_stays(reader: Reader) -> None:
    question, old = reader.ids()
    reader.retry(question)
    new = reader.ids()[1]
    reader.switch(0, 1)
    assert reader.ids() == [question, old]
    assert reader.forks() == [("answer", 1, 2)]
    # What is said next belongs to the version that is shown.
    reader.caller.stream(add(reader.thread, "say 2"))
    assert reader.shown() == ["say 1", "1", "say 2", "1 2"]
    assert reader.switch(0, 2) == ["say 1", "1"]
    assert reader.ids() == [question, new]
    assert reader.switch(0, 1) == ["say 1", "1", "say 2", "1 2"]


def test_a_third_one(reader: Reader) -> None:
    question = reader.ids()[0]
    reader.retry(question)
    reader.switch(0, 1)
    reader.retry(question)
    assert reader.forks() == [("answer", 3, 3)]


def test_what_has_no_answer_is_replaced(ada: Caller) -> None:
    reader = Reader(ada)
    ThreadItem.objects.filter(type="assistant_message").delete()
    reader.retry(reader.ids()[0])
    assert reader.forks() == []
    assert not Branch.objects.exists()


def test_a_question_after_one_without_an_answer_has_versions_of_its_own(ada: Caller) -> None:
    reader = Reader(ada)
    ThreadItem.objects.filter(type="assistant_message").delete()
    ada.stream(add(reader.thread, "say 2"))
    reader.edited(reader.ids()[1], "say 3")
    assert reader.forks() == [("question", 2, 2)]


def test_the_model_hears_only_what_is_shown(reader: Reader) -> None:
    question, old = reader.ids()
    reader.retry(question)
    page = ask("items.list", thread_id=reader.thread, limit=1)
    assert old not in str(reader.caller.json(page))
    assert (
        reader.caller.post(
            ask("threads.retry_after_item", thread_id=reader.thread, item_id=old)
        ).status_code
        == 404
    )


def test_the_old_course_stays_reachable(reader: Reader) -> None:
    first = reader.ids()[0]
    reader.caller.stream(add(reader.thread, "say 2"))
    assert reader.edited(first, "say 3") == ["say 3", "1 2 3"]
    assert reader.forks() == [("question", 2, 2)]
    assert reader.switch(0, 1) == ["say 1", "1", "say 2", "1 2"]


def test_within_one_another(reader: Reader) -> None:
    reader.caller.stream(add(reader.thread, "say 2"))
    second = reader.ids()[2]
    reader.edited(second, "say 3")
    reader.retry(reader.ids()[2])
    assert reader.forks() == [("question", 2, 2), ("answer", 2, 2)]
    reader.retry(reader.ids()[0])
    assert reader.forks() == [("answer", 2, 2)]
    assert reader.switch(0, 1) == ["say 1", "1", "say 3", "1 2 3"]
    assert reader.forks() == [("answer", 1, 2), ("question", 2, 2), ("answer", 2, 2)]
    assert reader.switch(1, 1) == ["say 1", "1", "say 2", "1 2"]


@pytest.mark.parametrize("item", ["", 7, None, "x" * 200])
def test_of_nothing(reader: Reader, item: Any) -> None:
    before = reader.ids()
    assert reader.edit(item, "say 2").status_code in (400, 404)
    assert reader.edit(before[1], "say 2").status_code == 400  # no question
    assert reader.ids() == before


def test_another_person_finds_nothing(reader: Reader, bob: Caller) -> None:
    question = reader.ids()[0]
    reader.retry(question)
    item = reader.call("GET").json()["forks"][0]["items"][0]
    mine, reader.caller = reader.caller, bob
    assert reader.call("GET").status_code == 404
    assert reader.call("POST", f"/{item}").status_code == 404
    assert reader.edit(question, "say 2").status_code == 404
    reader.caller = mine
    assert reader.call("POST", "/msg_canary").status_code == 404
    assert reader.call("DELETE").status_code == 405


def test_not_while_an_answer_is_written(reader: Reader) -> None:
    reader.retry(reader.ids()[0])
    item = reader.call("GET").json()["forks"][0]["items"][0]
    Run.objects.update(live=None)
    Run.objects.filter(pk=Run.objects.first().pk).update(live=reader.thread)
    refused = reader.call("POST", f"/{item}")
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "run_in_progress")
    Run.objects.update(live=None)
    assert reader.forks() == [("answer", 2, 2)]


def test_queries_are_constant(reader: Reader) -> None:
    question = reader.ids()[0]
    counts = []
    for times in (1, 4):
        for _ in range(times):
            reader.retry(question)
        with CaptureQueriesContext(connection) as queries:
            reader.switch(0, 1)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_all_of_it_is_the_persons(reader: Reader, user: Any) -> None:
    question, old = reader.ids()
    reader.retry(question)
    exported = json.loads("".join(personal_data.export(user)))
    kept = {row["item_id"]: row["superseded"] for row in exported["items"]}
    assert kept == {question: False, old: True, reader.ids()[1]: False}
    reader.caller.json(
        ask("items.feedback", thread_id=reader.thread, item_ids=[old], kind="positive")
    )
    reader.caller.json(ask("threads.delete", thread_id=reader.thread))
    assert not ThreadItem.objects.exists()
    assert not Branch.objects.exists()
    assert not Feedback.objects.exists()
