"""OpenAI may be asked for minutes: what somebody does here in that time stays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from chatkit.hosted import threads as upstream
from chatkit.models import Branch, Session, Thread, ThreadItem
from chatkit.threads.versions import switch

from .openai_standin import OpenAI
from .samples import START
from .test_import import add, run, told

__all__ = ["told"]  # the fixture


def texts(row: Thread, **shown: bool) -> list[str]:
    return [item.payload["content"][0]["text"] for item in row.items.filter(**shown)]


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`meanwhile("cthr_1", f)` calls `f` while this thread's items are read."""
    items = upstream.items

    def at(thread_id: str, happens: Callable[[], object]) -> None:
        def slow(asked: str, **how: Any) -> Any:
            if asked == thread_id:
                happens()
            yield from items(asked, **how)

        monkeypatch.setattr(upstream, "items", slow)

    return at


def test_renamed_and_used(openai: OpenAI, told: str, meanwhile: Callable[..., None]) -> None:
    add(openai, told, count=1, title=None)
    run()
    add(openai, told, count=2, title="There")
    now = timezone.now()
    meanwhile("cthr_1", lambda: Thread.objects.update(title="Here", updated_at=now))
    assert "1 extended" in run()
    row = Thread.objects.get()
    assert (row.title, row.updated_at) == ("Here", now)
    assert texts(row) == ["Text 0", "Text 1"]


def test_a_new_title_is_found(openai: OpenAI, told: str) -> None:
    add(openai, told, count=1, title=None)
    run()
    add(openai, told, count=2, title="About parcels")
    run()
    words = Thread.objects.get().title_words
    Thread.objects.get().save()
    assert words == Thread.objects.get().title_words


def test_deleted_here(openai: OpenAI, told: str, meanwhile: Callable[..., None]) -> None:
    for number in range(3):
        add(openai, told, f"cthr_{number}", 1, created_at=START + number)
    run()
    for number in range(3):
        add(openai, told, f"cthr_{number}", 2, created_at=START + number)
    meanwhile("cthr_1", Thread.objects.filter(upstream_id="cthr_1").delete)
    text = run(status=2)
    assert "3 found, 0 new, 2 extended" in text
    assert "cthr_1: deleted here meanwhile" in text
    assert ThreadItem.objects.count() == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("known", [False, True])
def test_user_deleted_here(
    openai: OpenAI, told: str, user: Any, other: Any, meanwhile: Any, known: bool
) -> None:
    add(openai, told, count=1)
    add(openai, f"mseller:{other.pk}", "cthr_2", 1, created_at=START + 1)
    if known:
        run()
        add(openai, told, count=2)
    meanwhile("cthr_1", user.delete)
    text = run(status=2)
    assert ("cthr_1: deleted here" if known else "cthr_1: its user was deleted") in text
    assert [row.user for row in Thread.objects.all()] == [other]


def test_last_words_go_on_with_the_version_that_is_shown(
    openai: OpenAI, told: str, user: Any, meanwhile: Callable[..., None]
) -> None:
    """And are there again after another one was shown."""
    add(openai, told, count=3)
    run()
    row = Thread.objects.get()
    first, second, third = row.items.all()

    def fork() -> None:
        Branch.objects.create(thread=row, number=0)
        Branch.objects.create(thread=row, number=1, parent=0, after=first.sequence)
        Thread.objects.update(branch=1, forked=True)
        ThreadItem.objects.filter(pk__in=[second.pk, third.pk]).update(superseded=True)
        payload = second.payload | {"id": "msg_here"}
        how = {"type": second.type, "payload": payload, "branch": 1}
        ThreadItem.objects.create(thread=row, item_id="msg_here", **how)

    add(openai, told, count=4)
    meanwhile("cthr_1", fork)
    run()
    session = Session.objects.create(user=user, workflow_id="wf_hosted", session_id="s")

    def shown() -> list[str]:
        return texts(row, superseded=False)

    assert shown() == ["Text 0", "Text 1", "Text 3"]
    switch(session, row.pk, second.item_id)
    assert shown() == ["Text 0", "Text 1", "Text 2"]
    switch(session, row.pk, "msg_here")
    assert shown() == ["Text 0", "Text 1", "Text 3"]
