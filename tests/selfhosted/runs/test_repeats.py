"""A request that is sent again with its key: its answer was lost, not the question."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chatkit.models import Run, RunEvent, Thread, ThreadItem

from ..protocol import Caller, add, create, events, secret_of, text_of, thread_id_of, types, until

pytestmark = pytest.mark.django_db(transaction=True)

KEY = {"Idempotency-Key": "0123456789abcdef"}


def again(caller: Caller, request: Any) -> tuple[Any, list[dict[str, Any]]]:
    response = caller.post(request, **KEY)
    assert response.status_code == 200, response.content
    return response, events(response.getvalue())


def test_who_asks_again_listens_to_the_run_that_answers(ada: Caller) -> None:
    first = ada.post(create("say 1 wait"), **KEY)
    first.close()  # nothing of it is read
    run = Run.objects.get()
    second = ada.post(create("say 1 wait"), **KEY)
    assert second["X-ChatKit-Run"] == run.pk
    ada.stop(run.pk)
    found = events(b"".join(second.streaming_content))
    assert (thread_id_of(found), text_of(found)) == (run.thread_id, "1 ")
    assert Thread.objects.count() == Run.objects.count() == 1
    assert ThreadItem.objects.filter(type="user_message").count() == 1


def test_a_message_in_a_thread_too(ada: Caller) -> None:
    thread_id = thread_id_of(ada.stream(create("say 1")))
    for _ in range(2):
        _response, found = again(ada, add(thread_id, "say 2"))
        assert text_of(found) == "1 2 "
    assert ThreadItem.objects.filter(type="user_message").count() == 2


def test_an_answer_that_is_over_is_shown_again_or_named(ada: Caller) -> None:
    _response, first = again(ada, create("say 2"))
    until(lambda: Run.objects.get().live is None)
    response, found = again(ada, create("say 2"))
    assert found == first
    assert response["X-ChatKit-Run-Status"] == "completed"
    RunEvent.objects.all().delete()  # as a minute later: the client reads the thread
    response, found = again(ada, create("say 2"))
    assert types(found) == ["thread.created"]
    assert found[0]["thread"] == first[0]["thread"]
    assert response["X-ChatKit-Run-Status"] == "completed"
    assert Thread.objects.count() == 1


def test_a_key_of_another_conversation_is_refused(ada: Caller) -> None:
    _response, first = again(ada, create("say 1"))
    other = thread_id_of(ada.stream(create("say 2")))
    refused = ada.post(add(other, "say 3"), **KEY)
    assert refused.status_code == 400
    assert refused.json()["error"]["code"] == "invalid_request"
    # Nor is it a new conversation where its message belongs to one.
    own = {"Idempotency-Key": "fedcba9876543210"}
    ada.stream(add(other, "say 4"), **own)
    assert ada.post(create("say 4"), **own).status_code == 400
    assert Thread.objects.count() == 2
    assert ThreadItem.objects.filter(type="user_message").count() == 3
    assert thread_id_of(again(ada, create("say 1"))[1]) == thread_id_of(first)


def test_two_at_once_begin_one(ada: Caller) -> None:
    def ask(_number: int) -> int:
        response = Caller(ada.secret).post(create("say 1"), **KEY)
        if response.status_code == 200:
            b"".join(response.streaming_content)
        return int(response.status_code)

    with ThreadPoolExecutor(2) as callers:
        assert set(callers.map(ask, range(2))) <= {200, 409}
    assert Thread.objects.count() == 1


def test_another_persons_key_is_theirs(ada: Caller, bob: Caller) -> None:
    _response, ours = again(ada, create("say 1"))
    _response, theirs = again(bob, create("say 2"))
    assert text_of(theirs) == "1 2 "
    assert thread_id_of(ours) != thread_id_of(theirs)


def test_a_deleted_thread_is_asked_anew(ada: Caller, user: Any, workflow_id: str) -> None:
    _response, found = again(ada, create("say 1"))
    ada.json({"type": "threads.delete", "params": {"thread_id": thread_id_of(found)}})
    later = Caller(secret_of(user, workflow_id))
    _response, anew = again(later, create("say 1"))
    assert thread_id_of(anew) != thread_id_of(found)


@pytest.mark.parametrize("key", ["", "x" * 65, "a b"])
def test_a_key_that_is_none_is_ignored(ada: Caller, key: str) -> None:
    for _ in range(2):
        ada.stream(create("say 1"), **{"Idempotency-Key": key})
    assert Thread.objects.count() == 2
