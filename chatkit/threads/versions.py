"""Versions: answers that were given again and questions that were asked anew, beside what was
there before. Which one of them is shown is the thread's branch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Case, Q, Value, When
from django.utils import timezone

from ..deadlocks import again_after_deadlock
from ..exceptions import ApiError
from ..fields import JsonObject
from ..models import Branch, Feedback, Run, Session, Thread, ThreadItem

Branches = dict[int, Branch]


@dataclass(frozen=True)
class Row:
    sequence: int
    item_id: str
    type: str
    branch: int
    superseded: bool


def versions(session: Session, thread_id: str) -> JsonObject:
    """`{"forks", "votes"}` of a conversation: the places of what is shown that have other versions,
    with the first item of each, and this person's votes by item. Four queries. Also of one that was
    deleted in the moment in which the page asked, and that may come back."""
    thread = _thread(session, thread_id, deleted=True)
    branches = branches_of(thread)
    votes = Feedback.objects.filter(thread=thread, **session.owned_by)
    rows = [
        Row(*values)
        for values in ThreadItem.objects.filter(thread=thread)
        .order_by("sequence")
        .values_list("sequence", "item_id", "type", "branch", "superseded")
        if branches
    ]
    return {
        "forks": list(_forks(rows, branches, thread.branch)),
        "votes": dict(votes.values_list("item_id", "kind")),
    }


def _forks(rows: list[Row], branches: Branches, active: int) -> Iterable[JsonObject]:
    by_sequence = {row.sequence: row for row in rows}
    children: dict[int, list[int]] = {}
    for branch in branches.values():
        if branch.parent is not None:
            children.setdefault(branch.after, []).append(branch.number)
    for after, numbers in sorted(children.items()):
        before = by_sequence.get(after)
        if after and (before is None or before.superseded):
            continue  # not of what is shown, or deleted
        # The course that went on from here is that of the item before, the others have left it.
        owner = before.branch if before is not None else 0
        firsts = [
            next((row for row in rows if row.branch == number and row.sequence > after), None)
            for number in dict.fromkeys([owner, *numbers])
        ]
        found = sorted(filter(None, firsts), key=lambda row: row.sequence)
        current = next((at for at, row in enumerate(found) if not row.superseded), None)
        ids: list[str | None] = [row.item_id for row in found]
        if current is None:
            if active not in numbers:
                continue
            ids.append(None)  # the one that is shown has no item yet
            current = len(ids) - 1
        if len(ids) > 1:
            # Of a question that was never answered, what follows is the next question.
            answers = before is not None and before.type == "user_message"
            answers = answers and any(row.type != "user_message" for row in found)
            yield {
                "kind": "answer" if answers else "question",
                "after": before.item_id if before is not None else None,
                "current": current + 1,
                "items": ids,
            }


def switch(session: Session, thread_id: str, item_id: str) -> None:
    """Show the version that this item belongs to, as it was last seen. ApiError `not_found`,
    `run_in_progress`."""
    thread = _thread(session, thread_id)
    item = ThreadItem.objects.filter(thread=thread, item_id=item_id).first()
    branches = branches_of(thread)
    if item is None or not branches:
        raise ApiError("not_found")
    through = [
        branch
        for branch in branches.values()
        if any(
            number == item.branch and (end is None or item.sequence <= end)
            for number, end in course(branch.number, branches)
        )
    ]
    chosen = max(through, key=lambda branch: (branch.used_at, branch.number))
    shown = Q()
    for number, end in course(chosen.number, branches):
        shown |= Q(branch=number) if end is None else Q(branch=number, sequence__lte=end)
    _show(thread, chosen, shown)


@again_after_deadlock
@transaction.atomic
def _show(thread: Thread, chosen: Branch, shown: Q) -> None:
    # The first statement writes, and keeps others from the thread until it is over.
    Thread.objects.filter(pk=thread.pk).update(branch=chosen.number, last_line=None)
    if Run.objects.filter(live=thread.pk).exists():
        raise ApiError("run_in_progress")
    Branch.objects.filter(pk=chosen.pk).update(used_at=timezone.now())
    ThreadItem.objects.filter(thread=thread).update(
        superseded=Case(When(shown, then=Value(False)), default=Value(True))
    )


def course(number: int, branches: Branches) -> Iterable[tuple[int, int | None]]:
    """The branches of whose items a course is made, from its end on, each with the sequence of the
    last item that belongs to it."""
    end: int | None = None
    while True:
        yield number, end
        branch = branches[number]
        if branch.parent is None:
            return
        end = branch.after if end is None else min(end, branch.after)
        number = branch.parent


def _thread(session: Session, thread_id: str, *, deleted: bool = False) -> Thread:
    threads = Thread.objects.for_session(session, deleted=deleted)
    thread = threads.filter(pk=thread_id).first()
    if thread is None:
        raise ApiError("not_found")
    return thread


def branches_of(thread: Thread) -> Branches:
    return {branch.number: branch for branch in Branch.objects.filter(thread=thread)}
