"""Questions that may be asked next: of the articles near by or by the model, and kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.utils import timezone

from chatkit.contrib.console import daily
from chatkit.contrib.console.models import Budget, Spent, Switch
from chatkit.contrib.console.period import DAY, of_kind
from chatkit.models import Run, Thread, ThreadItem
from chatkit.selfhosted.follow_ups import chosen
from chatkit.selfhosted.runs.process import current
from chatkit.selfhosted.runs.usage import MOST

from .assistant.conftest import chat_ada, scripted_model, use  # noqa: F401
from .assistant.model_server import Model, chat, chat_whole
from .protocol import Caller, add, create, thread_id_of, until
from .test_helpdesk import desk, folder  # noqa: F401


def asked(caller: Caller, thread_id: str) -> Any:
    return caller.client.get(
        f"/api/chatkit/threads/{thread_id}/follow-ups",
        headers={"Authorization": f"Bearer {caller.secret}"},
    )


def test_what_is_near_by_in_the_articles_and_answers(desk: Caller) -> None:  # noqa: F811
    thread = thread_id_of(desk.stream(create("How do I refund an order?")))
    found = asked(desk, thread).json()
    last = ThreadItem.objects.filter(type="assistant_message").get()
    assert found["item_id"] == last.item_id
    assert 0 < len(found["follow_ups"]) <= 3
    for text in found["follow_ups"]:  # each is answered
        desk.stream(add(thread, text))
        assert Run.objects.latest("created_at").outcome == "answered"


def test_they_are_kept(desk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    thread = thread_id_of(desk.stream(create("How do I refund an order?")))
    found = asked(desk, thread).json()
    monkeypatch.setattr("chatkit.selfhosted.helpdesk.nearby", lambda *args: ["canary"])
    assert asked(desk, thread).json() == found


def test_none_where_nothing_was_answered(desk: Caller) -> None:  # noqa: F811
    thread = thread_id_of(desk.stream(create("Can I pay with Bitcoin?")))
    assert asked(desk, thread).json() == {"item_id": None, "follow_ups": []}


def test_off_by_a_setting(desk: Caller, settings: Any) -> None:  # noqa: F811
    thread = thread_id_of(desk.stream(create("How do I refund an order?")))
    settings.CHATKIT = settings.CHATKIT | {"FOLLOW_UPS": False}
    assert asked(desk, thread).json() == {"item_id": None, "follow_ups": []}


def test_of_a_conversation_that_was_just_deleted(desk: Caller) -> None:  # noqa: F811
    """Its page has asked before it knew: no error, of which the browser would tell."""
    thread = thread_id_of(desk.stream(create("How do I refund an order?")))
    Thread.objects.filter(pk=thread).update(deleted_at=timezone.now())
    assert asked(desk, thread).json() == {"item_id": None, "follow_ups": []}


def test_of_another_person(desk: Caller, bob: Caller) -> None:  # noqa: F811
    thread = thread_id_of(desk.stream(create("How do I refund an order?")))
    assert asked(bob, thread).status_code == 404
    assert asked(desk, "thr_canary").status_code == 404


@pytest.fixture
def by_model(
    scripted_model: Model,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> Model:
    """The model, which is asked for follow-ups too."""
    from .assistant.servers import QuickServer

    monkeypatch.setattr(QuickServer, "follow_ups_by_model", True)
    return scripted_model


def sure(then: Any) -> Any:
    """The model's answer to a question, and `then` what it offers as follow-ups."""
    return lambda body: chat("Sure.") if body.get("stream") else then


def test_by_the_model_and_counted(chat_ada: Caller, by_model: Model) -> None:  # noqa: F811
    lines = "1. Show me the orders\n- Which are late?\n\n* **Who ordered?**\nAnd a fourth?"
    by_model.answers = [sure(chat_whole(lines))]
    Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day")
    thread = thread_id_of(chat_ada.stream(create("Show me the orders!")))
    before = Run.objects.get().tokens_in
    found = asked(chat_ada, thread).json()["follow_ups"]
    assert found == ["Which are late?", "Who ordered?", "And a fourth?"]
    run = Run.objects.get()
    assert run.tokens_in == (before or 0) + 120
    spent = Spent.objects.get()
    assert spent.tokens == run.tokens_in + (run.tokens_out or 0)
    assert spent.unpriced == 1  # one answer without a price
    assert asked(chat_ada, thread).json()["follow_ups"] == found
    assert sum(not body.get("stream") for body in by_model.bodies) == 1


@pytest.mark.django_db(transaction=True)
def test_they_count_where_their_conversation_is_deleted_meanwhile(
    chat_ada: Caller,  # noqa: F811
    by_model: Model,
) -> None:
    def meanwhile(body: dict[str, Any]) -> Any:
        if body.get("stream"):
            return chat("Sure.")
        current().database.submit(Thread.objects.all().delete).result(5)
        return chat_whole("Which are late?")

    by_model.answers = [meanwhile]
    Budget.objects.create(amount=100_000, unit=Budget.Unit.TOKENS, span="day", each_person=True)
    thread = thread_id_of(chat_ada.stream(create("Show me the orders!")))
    run = Run.objects.get()
    asked(chat_ada, thread)
    spent = Spent.objects.get()
    assert not Run.objects.exists()
    assert spent.tokens == 2 * ((run.tokens_in or 0) + (run.tokens_out or 0))
    assert (spent.messages, spent.unpriced) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_those_of_a_later_day_are_among_the_figures(
    chat_ada: Caller,  # noqa: F811
    by_model: Model,
) -> None:
    by_model.answers = [sure(chat_whole("Which are late?"))]
    thread = thread_id_of(chat_ada.stream(create("Show me the orders!")))
    Run.objects.update(created_at=timezone.now() - 2 * DAY, tokens_in=7, tokens_out=1)
    daily.make_up()
    assert asked(chat_ada, thread).json()["follow_ups"] == ["Which are late?"]
    used = Run.objects.get().tokens_in
    assert used is not None
    assert used > 7
    Thread.objects.all().delete()
    for _time in range(2):
        total = daily.figures(of_kind("7d")).total()
        assert (total.answers, total.tokens_in) == (1, used)
        ((whose, sum_),) = [one for one in daily.people(of_kind("7d")).items() if one[1].tokens_in]
        assert (whose, sum_.tokens_in) == ((None,), used)
        daily.make_up()


def test_they_are_kept_whatever_their_answer_has_used(
    chat_ada: Caller,  # noqa: F811
    by_model: Model,
) -> None:
    by_model.answers = [sure(chat_whole("Which are late?"))]
    thread = thread_id_of(chat_ada.stream(create("Show me the orders!")))
    Run.objects.update(tokens_in=MOST)
    assert asked(chat_ada, thread).json()["follow_ups"] == ["Which are late?"]
    assert Run.objects.get().tokens_in == MOST


@pytest.mark.django_db(transaction=True)
def test_two_pages_at_once_ask_once(chat_ada: Caller, by_model: Model) -> None:  # noqa: F811
    both = threading.Event()

    def slowly(body: dict[str, Any]) -> Any:
        if body.get("stream"):
            return chat("Sure.")
        both.wait(10)
        return chat_whole("Which are late?")

    by_model.answers = [slowly]
    thread = thread_id_of(chat_ada.stream(create("Well?")))
    with ThreadPoolExecutor(2) as pages:
        first = pages.submit(asked, chat_ada, thread)
        until(lambda: any(not body.get("stream") for body in by_model.bodies))
        second = pages.submit(asked, chat_ada, thread)
        until(second.running)
        both.set()
        found = [page.result(20).json()["follow_ups"] for page in (first, second)]
    assert found == [["Which are late?"]] * 2
    assert sum(not body.get("stream") for body in by_model.bodies) == 1


def test_a_model_that_fails_offers_none(chat_ada: Caller, by_model: Model) -> None:  # noqa: F811
    by_model.answers = [sure([])]
    thread = thread_id_of(chat_ada.stream(create("Well?")))
    assert asked(chat_ada, thread).json()["follow_ups"] == []
    by_model.answers = [chat_whole("Which are late?")]
    assert asked(chat_ada, thread).json()["follow_ups"] == ["Which are late?"]


def test_of_two_pages_at_once_the_first_ones_stay(
    chat_ada: Caller,  # noqa: F811
    by_model: Model,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from .assistant.servers import QuickServer

    def another_page() -> None:
        ThreadItem.objects.filter(type="assistant_message").update(follow_ups=["First?"])

    async def follow_ups(*_: Any) -> list[str]:
        await current().database.run(another_page)
        return ["Second?"]

    by_model.answers = [chat("Sure.")]
    thread = thread_id_of(chat_ada.stream(create("Well?")))
    monkeypatch.setattr(QuickServer, "follow_ups", follow_ups)
    asked(chat_ada, thread)
    assert asked(chat_ada, thread).json()["follow_ups"] == ["First?"]


def test_a_workflows_own_limit_counts(desk: Caller, settings: Any) -> None:  # noqa: F811
    thread = thread_id_of(desk.stream(create("How do I refund an order?")))
    workflow_id, answered_by = next(iter(settings.CHATKIT["WORKFLOWS"].items()))
    entry = {"server": answered_by, "limits": {"request": "1/h"}}
    settings.CHATKIT = settings.CHATKIT | {"WORKFLOWS": {workflow_id: entry}}
    assert [asked(desk, thread).status_code for _ in range(2)] == [200, 429]


def test_a_closed_assistant_asks_no_model(chat_ada: Caller, by_model: Model) -> None:  # noqa: F811
    by_model.answers = [sure(chat_whole("Which are late?"))]
    thread = thread_id_of(chat_ada.stream(create("Well?")))
    Switch.objects.create(workflow_id="")
    asked(chat_ada, thread)
    assert all(body.get("stream") for body in by_model.bodies)
    Switch.objects.all().delete()
    assert asked(chat_ada, thread).json()["follow_ups"] == ["Which are late?"]


@pytest.mark.parametrize("kind", ["locked", "closed"])
def test_nothing_is_looked_for_where_nothing_may_be_asked(
    chat_ada: Caller,  # noqa: F811
    by_model: Model,
    kind: str,
) -> None:
    by_model.answers = [sure(chat_whole("Which are late?"))]
    thread = thread_id_of(chat_ada.stream(create("Well?")))
    Thread.objects.update(status={"type": kind})
    assert asked(chat_ada, thread).json() == {"item_id": None, "follow_ups": []}
    assert all(body.get("stream") for body in by_model.bodies)


def test_three_different_ones_and_not_the_question() -> None:
    texts = ["Why?", "why", "How  much?", "", "When?", "Where?"]
    assert chosen(texts, "WHEN") == ["Why?", "How  much?", "Where?"]
