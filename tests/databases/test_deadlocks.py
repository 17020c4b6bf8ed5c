"""Two transactions that wait for each other: the one that the database takes back is done again."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction

from chatkit.deadlocks import TRIES, again_after_deadlock
from chatkit.models import Thread

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def test_both_are_done(user: Any) -> None:
    threads = [Thread.objects.create(user=user, workflow_id="wf_1") for _ in range(2)]
    # SQLite has one writer, so that there is nobody to wait for.
    together = threading.Barrier(2 if connection.vendor != "sqlite" else 1)
    tries: list[str] = []

    @again_after_deadlock
    @transaction.atomic
    def write(title: str, order: list[Thread]) -> None:
        tries.append(title)
        Thread.objects.filter(pk=order[0].pk).update(title=title)
        if tries.count(title) == 1:
            together.wait(10)
        Thread.objects.filter(pk=order[1].pk).update(title=title)

    def one(title: str, order: list[Thread]) -> None:
        try:
            write(title, order)
        finally:
            connection.close()

    with ThreadPoolExecutor(2 if connection.vendor != "sqlite" else 1) as writers:
        for ended in [
            writers.submit(one, "forwards", threads),
            writers.submit(one, "backwards", threads[::-1]),
        ]:
            ended.result()
    assert len(tries) == (2 if connection.vendor == "sqlite" else 3)
    assert {thread.title for thread in Thread.objects.all()} == {tries[-1]}


def test_other_errors_and_the_last_one_are_raised(user: Any) -> None:
    said: list[int] = []

    @again_after_deadlock
    def fail(code: int) -> None:
        said.append(code)
        raise OperationalError(code, "Deadlock found when trying to get lock")

    with pytest.raises(OperationalError):
        fail(1213)
    assert said == [1213] * TRIES
    with pytest.raises(OperationalError):
        fail(2006)
    with pytest.raises(OperationalError), transaction.atomic():
        fail(1213)  # what began the outer transaction has to begin it again
    assert said[TRIES:] == [2006, 1213]
