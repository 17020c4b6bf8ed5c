"""Titles of conversations: what they are about, none twice, and never over a person's own."""

from __future__ import annotations

from typing import Any

from chatkit.models import Run, Thread

from .protocol import Caller, add, ask, create, thread_id_of, types, until
from .test_helpdesk import desk, folder  # noqa: F401


def titles() -> list[str]:
    return [*Thread.objects.order_by("created_at").values_list("title", flat=True)]


def told(found: list[Any]) -> list[str]:
    """The titles that a client is told after the answer, in order."""
    return [e["thread"].get("title", "") for e in found if e["type"] == "thread.updated"]


def test_the_passage_that_answers_names_it_and_the_client_hears(desk: Caller) -> None:  # noqa: F811
    found = desk.stream(create("how can i refund an order?"))
    assert titles() == ["Refunds"]
    assert told(found) == ["Refunds"]
    assert types(found)[-1] == "thread.updated"


def test_none_is_there_twice(desk: Caller) -> None:  # noqa: F811
    for question in (
        "refund an order?",
        "Refund of an order",
        "refund an order?",
        "refund an order?",
    ):
        desk.stream(create(question))
    assert titles() == [
        "Refunds",
        "Refund of an order",
        "refund an order?",
        "Refunds (2)",
    ]


def test_an_answer_in_another_language_leaves_the_question(desk: Caller) -> None:  # noqa: F811
    desk.stream(create("¿Dónde añado un warehouse?"))
    assert titles() == ["¿Dónde añado un warehouse?"]


def test_a_greeting_is_replaced_by_the_first_thing_asked(desk: Caller) -> None:  # noqa: F811
    found = desk.stream(create("Hello"))
    assert titles() == ["Hello"]
    desk.stream(add(thread_id_of(found), "refund an order"))
    desk.stream(add(thread_id_of(found), "where do I add a warehouse?"))
    assert titles() == ["Refunds"]


def test_a_persons_own_is_never_replaced(desk: Caller) -> None:  # noqa: F811
    thread_id = thread_id_of(desk.stream(create("Hello")))
    desk.json(ask("threads.update", thread_id=thread_id, title="Hello"))
    found = desk.stream(add(thread_id, "refund an order"))
    assert titles() == ["Hello"]
    assert told(found) == []


def test_nor_is_it_by_an_answer_that_was_under_way(ada: Caller) -> None:
    response = ada.post(create("drip 10 title canary"))
    thread_id = until(lambda: Thread.objects.values_list("pk", flat=True).first())
    ada.json(ask("threads.update", thread_id=thread_id, title="My own"))
    b"".join(response.streaming_content)
    until(lambda: Run.objects.filter(status="completed").exists())
    assert titles() == ["My own"]


def test_the_same_question_gets_a_number(ada: Caller) -> None:
    for _ in range(3):
        found = ada.stream(create("say 1"))
    assert titles() == ["say 1", "say 1 (2)", "say 1 (3)"]
    assert told(found) == ["say 1 (3)"]


def test_the_same_where_the_answer_fails(ada: Caller) -> None:
    for _ in range(2):
        ada.stream(create("say 1 fail"))
    assert titles() == ["say 1 fail", "say 1 fail (2)"]


def test_another_person_has_titles_of_their_own(ada: Caller, bob: Caller) -> None:
    ada.stream(create("say 1"))
    bob.stream(create("say 1"))
    assert titles() == ["say 1", "say 1"]
