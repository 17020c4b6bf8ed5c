"""Which questions stay open."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from django.utils import timezone

from chatkit.models import Feedback, Run, Thread, ThreadItem

BEGAN = timezone.now() - datetime.timedelta(days=1)


class Conversation:
    """A thread with one run and one answer for each of `outcomes`, a minute apart; the first
    `later` seconds after those of other threads."""

    def __init__(self, user: Any, *outcomes: str, later: float = 0) -> None:
        self.user = user
        self.began = BEGAN + datetime.timedelta(seconds=later)
        self.thread = Thread.objects.create(user=user, workflow_id="wf")
        self.runs = [self._run(minute, outcome) for minute, outcome in enumerate(outcomes)]

    def _run(self, minute: int, outcome: str) -> Run:
        at = self.began + datetime.timedelta(minutes=minute)
        for part, kind in enumerate(("user_message", "assistant_message")):
            ThreadItem.objects.create(
                thread=self.thread,
                item_id=f"msg_{minute}_{part}",
                type=kind,
                payload={},
                created_at=at + datetime.timedelta(seconds=part),
            )
        return Run.objects.create(
            thread=self.thread,
            user=self.user,
            kind="threads.create",
            status="completed",
            outcome=outcome,
            created_at=at,
        )

    def vote(self, minute: int, kind: str = "negative", user: Any = None) -> None:
        Feedback.objects.create(
            thread=self.thread, item_id=f"msg_{minute}_1", user=user or self.user, kind=kind
        )

    def unanswered(self) -> list[int]:
        found = Run.objects.filter(thread=self.thread).unanswered()
        return sorted(self.runs.index(run) for run in found)


@pytest.mark.django_db
class TestUnanswered:
    def test_not_found_and_nothing_else(self, user: Any) -> None:
        outcomes = [*Run.Outcome.values, ""]
        found = Conversation(user, *outcomes).unanswered()
        assert [outcomes[number] for number in found] == ["not_found"]

    def test_thumbs_down_counts_for_its_own_answer(self, user: Any) -> None:
        conversation = Conversation(user, "answered", "answered", "answered")
        neighbour = Conversation(user, "answered", "answered", "answered", later=0.5)
        conversation.vote(1)
        conversation.vote(2, "positive")
        assert conversation.unanswered() == [1]
        assert neighbour.unanswered() == []

    def test_each_run_once_whoever_voted(self, user: Any, other: Any) -> None:
        conversation = Conversation(user, "not_found", "answered")
        for minute in (0, 1):
            conversation.vote(minute)
            conversation.vote(minute, user=other)
        assert conversation.unanswered() == [0, 1]

    def test_vote_on_an_item_that_is_gone(self, user: Any) -> None:
        conversation = Conversation(user, "answered")
        conversation.vote(0)
        ThreadItem.objects.all().delete()
        assert conversation.unanswered() == []

    def test_in_one_query(self, user: Any, django_assert_num_queries: Any) -> None:
        conversation = Conversation(user, *["not_found"] * 5)
        conversation.vote(1)
        with django_assert_num_queries(1):
            assert Run.objects.unanswered().count() == 5
