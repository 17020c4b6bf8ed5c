"""Work that need not happen in a request: who does it, and what becomes of it where nobody can."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection, transaction

from chatkit import background

done: list[Any] = []


@background.task
def write_down(word: str) -> None:
    if word == "broken":
        raise ValueError(word)
    done.append((word, entered[-1], threading.current_thread().name))


entered = [""]


class Named:
    """A scope that only knows in what it is."""

    def current(self) -> str:
        return "north"

    @contextmanager
    def entered(self, name: str) -> Iterator[None]:
        entered.append(name)
        yield
        entered.pop()

    def all(self) -> list[str]:
        return ["north"]


class Queue:
    """What stands for a task of a queue of another process."""

    name = "elsewhere"

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.given: list[Any] = []

    def get_backend(self) -> Queue:
        return self

    def enqueue(self, *args: Any, **named: str) -> None:
        if not self.answers:
            raise ConnectionError("no queue")
        self.given.append((args, named))


def begin(work: Any, *args: Any) -> list[str]:
    """What was told of a refusal, once all threads are through."""
    told: list[str] = []
    background.begin(work, *args, refused=lambda: told.append("refused"))
    for thread in threading.enumerate():
        if thread.name == "chatkit-task":
            thread.join(30)
    return told


@pytest.fixture(autouse=True)
def _nothing_done() -> None:
    done.clear()


@pytest.fixture
def _scope(settings: Any) -> None:
    settings.CHATKIT = settings.CHATKIT | {"CONNECTION_SCOPE": f"{__name__}.Named"}


@pytest.mark.django_db(transaction=True)
class TestWithoutAWorker:
    def test_a_thread_does_it_after_the_transaction(self) -> None:
        with transaction.atomic():
            assert begin(write_down, "hello") == []
            assert done == []
        for thread in threading.enumerate():
            if thread.name == "chatkit-task":
                thread.join(30)
        assert done == [("hello", "", "chatkit-task")]

    @pytest.mark.usefixtures("_scope")
    def test_in_the_scope_of_who_asked(self) -> None:
        begin(write_down, "hello")
        assert done == [("hello", "north", "chatkit-task")]

    def test_what_fails_is_told_and_logged(self, caplog: pytest.LogCaptureFixture) -> None:
        assert begin(write_down, "broken") == ["refused"]
        assert "write_down('broken',) failed" in caplog.text

    def test_a_function_is_enough(self) -> None:
        assert begin(done.append, "plain") == []
        assert done == ["plain"]


@pytest.mark.django_db(transaction=True)
class TestWithAQueue:
    @pytest.mark.usefixtures("_scope")
    def test_it_is_given_to_it(self) -> None:
        queue = Queue()
        assert begin(queue, 7) == []
        assert queue.given == [((7,), {"scope": "north"})]

    def test_one_that_does_not_answer(self, caplog: pytest.LogCaptureFixture) -> None:
        assert begin(Queue(answers=False), 7) == ["refused"]
        assert "elsewhere(7,) could not be given to the tasks" in caplog.text
        assert connection.is_usable()
