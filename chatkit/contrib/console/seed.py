"""Made-up conversations over months: busy hours, quiet weekends, favourite topics, bad days."""

from __future__ import annotations

import datetime
import random
from collections.abc import Iterator
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from chatkit import access, workflows
from chatkit.fields import stored_time
from chatkit.managers import PROCESS_GONE
from chatkit.models import Feedback, Run, Thread, ThreadItem, ToolCall

from .evaluations import made_up
from .models import Reading
from .period import midnight, today
from .quality.models import Review

BATCH = 2000  # conversations
SECOND = datetime.timedelta(seconds=1)
# Topics with the article that answers them, "" for none; the first are asked most.
TOPICS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("orders", ("How do I create an order?", "How can I make a new order?", "create order how")),
    ("returns", ("How do I return goods?", "Can a customer send something back?")),
    ("invoices", ("Where do I find an invoice?", "How do I print the invoice of an order?")),
    ("", ("Can I pay with Bitcoin?", "How can I pay with bitcoin?", "can i pay by bitcoin")),
    ("customers", ("How do I add a customer?", "How do I delete a customer?")),
    ("payments", ("How do I record a payment?", "A customer paid twice, what now?")),
    ("stock", ("How do I see my stock?", "Why is the stock negative?")),
    ("", ("Is there an app for my watch?", "Do you have an app for the watch?")),
    ("", ("How do I connect my scale?", "Can I connect a scale to it?")),
    ("price-lists", ("How do I change a price list?", "Give one customer another price")),
    ("reports", ("How do I export a report?", "Sales of last month by seller?")),
    ("", ("When will there be dark chocolate again?", "What is the weather tomorrow?")),
)
ENDS = ("answered", "clarified", "refused", "handed_over", "stopped", "failed", "interrupted")
SHARES = (900, 55, 6, 8, 10, 16, 5)
ERRORS = ("APITimeoutError", "APITimeoutError", "RateLimitError 429", "timeout", "StreamCut")
REASONS = ("wrong", "wrong", "outdated", "not_my_question", "other", "", "")
MODELS = ("", "gpt-5-mini", "gpt-5")
TOOLS = ("find_customers", "order_status", "add_note")
CALLS = ("done", "failed", "refused", "unfit", "cancelled", "expired", "waiting")
CALL_SHARES = (80, 5, 4, 3, 3, 3, 2)
HOURS = [1, 1, 1, 1, 1, 2, 6, 14, 30, 42, 46, 44, 34, 36, 44, 42, 36, 26, 14, 9, 6, 4, 3, 2]


def has_conversations() -> bool:
    return Thread.objects.exists()


def make(runs: int, days: int, people: int, number: int = 1) -> Iterator[int]:
    """Make so many questions over the last `days`; how many there are after each batch."""
    dice = random.Random(number)  # noqa: S311 (nothing secret is made of it)
    users = _people(people)
    weights = [1 / (rank + 3) for rank in range(len(users))]
    workflow_ids = list(workflows.table()) or ["wf_seed"]
    made_up.make(TOPICS, workflow_ids[0])
    first = today() - datetime.timedelta(days=days - 1)
    bad_day = dice.randrange(days)
    made = 0
    while made < runs:
        rows = _Rows()
        while made < runs and len(rows.threads) < BATCH:
            user = dice.choices(users, weights)[0]
            workflow_id = workflow_ids[min(int(dice.expovariate(2)), len(workflow_ids) - 1)]
            nth = dice.randrange(days)
            day = first + datetime.timedelta(days=nth)
            if day.weekday() > 4 and dice.random() < 0.6:
                continue
            hour = dice.choices(range(24), HOURS)[0]
            at = midnight(day) + datetime.timedelta(hours=hour, seconds=dice.randrange(3600))
            if at >= stored_time(timezone.now()):
                continue
            count = min(1 + int(dice.expovariate(0.7)), runs - made)
            rows.conversation(dice, user, workflow_id, at, count, worse=nth == bad_day)
            made += count
        _readings(dice, rows.threads, users)
        rows.save()
        yield made


def _readings(dice: random.Random, threads: list[Thread], users: list[Any]) -> None:
    """Some of these conversations were read the next hour, by one of the first people."""
    found = []
    for thread in threads:
        if dice.random() < 0.01:
            at = min(thread.updated_at + 3600 * SECOND, stored_time(timezone.now()))
            reader = dice.choice(users[:3])
            given = {"user_name": access.login_name(reader), "person": thread.user, "at": at}
            found.append(Reading(user=reader, action="opened", thread_id=thread.pk, **given))
    Reading.objects.bulk_create(found, batch_size=500)


def _people(count: int) -> list[Any]:
    model = get_user_model()
    field = model.USERNAME_FIELD
    emails = "@" if model._meta.get_field(field).get_internal_type() == "EmailField" else ""
    names = [f"seed-{nth}{emails and '@example.com'}" for nth in range(1, count + 1)]
    known = set(
        model._default_manager.filter(**{f"{field}__in": names}).values_list(field, flat=True)
    )
    # "!" is no hash: nobody can log in as one of them.
    new = [model(**{field: name, "password": "!"}) for name in names if name not in known]
    model._default_manager.bulk_create(new, batch_size=1000)
    return list(model._default_manager.filter(**{f"{field}__in": names}))


class _Rows:
    """The rows of some conversations, saved together."""

    def __init__(self) -> None:
        self.threads: list[Thread] = []
        self.runs: list[Run] = []
        self.items: list[ThreadItem] = []
        self.votes: list[Feedback] = []
        self.calls: list[ToolCall] = []
        self.reviews: list[Review] = []

    def save(self) -> None:
        Thread.objects.bulk_create(self.threads, batch_size=500)
        Run.objects.bulk_create(self.runs, batch_size=500)
        ThreadItem.objects.bulk_create(self.items, batch_size=500)
        Feedback.objects.bulk_create(self.votes, batch_size=500)
        ToolCall.objects.bulk_create(self.calls, batch_size=500)
        Review.objects.bulk_create(self.reviews, batch_size=500)

    def conversation(
        self,
        dice: random.Random,
        user: Any,
        workflow_id: str,
        at: datetime.datetime,
        count: int,
        *,
        worse: bool,
    ) -> None:
        thread = Thread(user=user, workflow_id=workflow_id, created_at=at, updated_at=at)
        for _nth in range(count):
            rank = min(int(dice.expovariate(0.28)), len(TOPICS) - 1)
            article, wordings = TOPICS[rank]
            question = dice.choice(wordings)
            thread.title = thread.title or question
            at = self.question(dice, thread, article, question, at, worse=worse)
            thread.updated_at = at
            at += datetime.timedelta(seconds=dice.randrange(10, 240))
        self.threads.append(thread)

    def question(
        self,
        dice: random.Random,
        thread: Thread,
        article: str,
        question: str,
        at: datetime.datetime,
        *,
        worse: bool,
    ) -> datetime.datetime:
        outcome = dice.choices(ENDS, SHARES)[0]
        if worse and dice.random() < 0.2:
            outcome = "failed"
        elif outcome == "answered" and not article:
            outcome = "not_found"
        model = dice.choices(MODELS, (2, 6, 2))[0]
        first = int(dice.lognormvariate(6.9 if model else 4.2, 0.5))
        duration = first + int(dice.lognormvariate(7.6, 0.6))
        ended = at + datetime.timedelta(milliseconds=duration)
        ended_as = outcome if outcome in ("failed", "stopped", "interrupted") else "completed"
        errors = {"failed": dice.choice(ERRORS), "interrupted": PROCESS_GONE}
        cited = [{"article": article, "language": "en"}] if outcome == "answered" else []
        tokens = dice.randrange(400, 3000) if model else None
        run = Run(
            thread=thread,
            user=thread.user,
            kind="threads.add_user_message",
            status=ended_as,
            outcome=outcome,
            error=errors.get(outcome, ""),
            model=model,
            first_token_ms=None if outcome in ("failed", "refused") else first,
            duration_ms=duration,
            tokens_in=tokens,
            tokens_cached=tokens and tokens // 3,
            tokens_out=tokens and dice.randrange(40, 600),
            searched=[{"query": question, "language": "en"}],
            cited=cited,
            created_at=at,
            ended_at=ended,
        )
        self.runs.append(run)
        self._item(thread, run, "user_message", question, at)
        if outcome != "failed":
            words = (
                "You find it in the menu." if article else "The help articles don’t answer that."
            )
            item = self._item(thread, run, "assistant_message", words, ended - SECOND / 10)
            if dice.random() < 0.06:
                kind = "positive" if outcome == "answered" and dice.random() < 0.7 else "negative"
                reason = dice.choice(REASONS) if kind == "negative" else ""
                vote = {"user": thread.user, "kind": kind, "reason": reason, "created_at": ended}
                self.votes.append(Feedback(thread=thread, item_id=item.item_id, **vote))
                if kind == "negative":
                    self.review(dice, run, reason, ended)
        if model and dice.random() < 0.3:
            self._call(dice, run, ended)
        return ended

    def _call(self, dice: random.Random, run: Run, ended: datetime.datetime) -> None:
        status = dice.choices(CALLS, CALL_SHARES)[0]
        call = ToolCall(thread=run.thread, run=run, user=run.user, status=status)
        call.tool = dice.choices(TOOLS, (6, 3, 1))[0]
        call.created_at = ended - SECOND
        call.ended_at = None if status == "waiting" else ended
        self.calls.append(call)

    def review(self, dice: random.Random, run: Run, reason: str, at: datetime.datetime) -> None:
        """Half of those of last week are still open, few of the others."""
        is_late = at.date() > today() - datetime.timedelta(days=7)
        status = "open" if dice.random() < (0.5 if is_late else 0.05) else "mended"
        if status == "mended" and dice.random() < 0.3:
            status = "dismissed"
        values = {"reason": reason, "came_at": at, "status": status}
        self.reviews.append(Review(run=run, source="down", **values))

    def _item(
        self, thread: Thread, run: Run, kind: str, text: str, at: datetime.datetime
    ) -> ThreadItem:
        part = "input_text" if kind == "user_message" else "output_text"
        item_id = f"msg_{kind[:1]}{run.pk[4:]}"
        content: dict[str, Any] = {"type": part, "text": text}
        if part == "output_text":
            content["annotations"] = []
        payload: dict[str, Any] = {
            "id": item_id,
            "thread_id": thread.pk,
            "created_at": at.isoformat(),
            "type": kind,
            "content": [content],
        }
        if kind == "user_message":
            payload |= {"attachments": [], "inference_options": {}}
        item = ThreadItem(thread=thread, item_id=item_id, type=kind, created_at=at, payload=payload)
        self.items.append(item)
        return item
