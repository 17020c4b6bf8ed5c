"""Quality: the answers that somebody found wanting, why, and what became of each."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any, cast

from django.contrib.auth import get_user_model
from django.contrib.auth.backends import ModelBackend
from django.core.exceptions import FieldError
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chatkit import access
from chatkit.admin import reading
from chatkit.models import Feedback, Run

from .. import asked, listing, quality
from ..models import Question
from ..period import Period
from ..quality.models import Review
from ..registry import page
from ..strip import outcome_of
from ..tables import Cell, Column, Table
from ..visit import PERMISSION, Visit
from .conversations import short

page_ = page("quality", _("Quality"), icon="clipboard-list", order=50)
MARK = "chatkit_console.change_review"
MOST_OPERATORS = 100  # to whom an answer may be given
NOTES = 2000  # characters
TONES = {"open": "warning", "mended": "success", "dismissed": "info"}
Status, Reason = Review.Status, Feedback.Reason
NO_REASON = "none"
MINE, NOBODY = "mine", "nobody"


@page_
def show(visit: Visit) -> HttpResponseBase:
    quality.gather(listing.PAGE)
    query = visit.request.GET
    status = query.get("status", "")
    status = status if status in Status.values else Status.OPEN.value
    reason, whose = query.get("reason", ""), query.get("whose", "")
    rows = wanted(visit, status, reason, whose)
    after = query.get("after", "").replace("\0", "")
    pages = partial(listing.page_of, rows, "came_at")
    found, last = pages(after)
    counts = by_reason_and_status(visit.period)
    return visit.render(
        "chatkit_console/quality.html",
        {
            "table": Table(
                "reviews", _("Answers to review"), columns(visit), review_rows(visit, found),
                empty=_("There is no such answer in this period."),
                action=(_("Show all that are open"), visit.url("quality")),
                more=lambda: listing.each(pages, partial(review_rows, visit)),
                said=visit.may_read,
            ),
            "reasons": reasons_table(visit, counts),
            "statuses": [
                (
                    f"{label} ({sum(n for (_r, kind), n in counts.items() if kind == value)})",
                    visit.here(status=value, after=None),
                    value == status,
                )
                for value, label in Status.choices
            ],
            "status": status,
            "reason": reason,
            "reason_choices": [*Reason.choices, (NO_REASON, _("Without a reason"))],
            "whose": whose,
            "whose_choices": [(MINE, _("Assigned to me")), (NOBODY, _("Assigned to nobody"))],
            "evaluations_url": visit.url("evaluations"),
            "more_url": visit.here(after=last) if last else "",
            "first_url": visit.here(after=None) if after else "",
        },
    )  # fmt: skip


def wanted(visit: Visit, status: str, reason: str, whose: str) -> QuerySet[Review]:
    """The reviews that the address asks for, newest first. A filter that is not known is as if
    it were not there."""
    rows: Any = Review.objects.filter(
        asked.READABLE, status=status, came_at__gte=visit.period.start, came_at__lt=visit.period.end
    )
    if reason in Reason.values:
        rows = rows.filter(reason=reason)
    elif reason == NO_REASON:
        rows = rows.filter(reason="")
    if whose == MINE:
        rows = rows.filter(assigned_to_id=visit.request.user.pk)
    elif whose == NOBODY:
        rows = rows.filter(assigned_to=None)
    found: QuerySet[Review] = rows.select_related("run__user", "assigned_to").order_by(
        "-came_at", "-pk"
    )
    return found


def columns(visit: Visit) -> list[Column]:
    shown = [Column("time", _("Came in")), Column("person", _("Person"), words=True)]
    if visit.may_read:
        shown.append(Column("question", _("Question"), words=True))
    return [
        *shown,
        Column("reason", _("Reason")),
        Column("outcome", _("Outcome")),
        Column("assigned", _("Assigned to"), words=True),
    ]


def review_rows(visit: Visit, found: list[Review]) -> list[list[Any]]:
    words = asked.questions([review.run for review in found]) if visit.may_read else {}
    rows = []
    for review in found:
        url = visit.url("review", review.pk)
        row: list[Any] = [Cell(review.came_at, url=url), access.owner_name(review.run)]
        if visit.may_read:
            row.append(Cell(short(words[review.pk]), url=url))
        outcome, tone, cause = outcome_of(review.run)
        assigned = access.login_name(review.assigned_to) if review.assigned_to else ""
        row += [reason_cell(review), Cell(outcome, tone=tone, note=cause), Cell(assigned)]
        rows.append(row)
    return rows


def reason_cell(review: Review) -> Cell:
    source = str(review.get_source_display())
    if not review.reason:
        return Cell(review.source, source)
    return Cell(review.reason, str(review.get_reason_display()), note=source)


def by_reason_and_status(period: Period) -> Counter[tuple[str, str]]:
    """How many came in during the period. One query."""
    came = Review.objects.filter(asked.READABLE, came_at__gte=period.start, came_at__lt=period.end)
    rows = came.order_by()
    counted = rows.values_list("reason", "status").annotate(count=Count("*"))
    return Counter({(reason, status): count for reason, status, count in counted})


def reasons_table(visit: Visit, counts: Counter[tuple[str, str]]) -> Table:
    """Why answers were found wanting, the most frequent reason first."""
    totals: Counter[str] = Counter()
    for (reason, _status), count in counts.items():
        totals[reason] += count
    rows: list[list[Any]] = [
        [
            Cell(
                reason or NO_REASON,
                str(Reason(reason).label) if reason else gettext("Without a reason"),
                visit.url("quality", reason=reason or NO_REASON),
            ),
            total,
            *(counts[reason, status] for status in Status.values),
        ]
        for reason, total in totals.most_common()
    ]
    return Table(
        "reasons", _("Why"),
        [
            Column("reason", _("Reason")),
            Column("count", _("Answers"), number=True),
            *(Column(value, label, number=True) for value, label in Status.choices),
        ],
        rows, empty=_("Nobody found fault with an answer in this period."),
    )  # fmt: skip


# -- one of them ------------------------------------------------------------------------------


@page_.below("quality/reviews/<str:run_id>/", "review")
def review(visit: Visit, run_id: str) -> HttpResponseBase:
    found = _review(run_id)
    return _page_of(visit, found)


def _review(run_id: str) -> Review:
    """Http404 where nobody may read its conversation any more."""
    rows = Review.objects.select_related("run__user", "run__thread", "assigned_to", "marked_by")
    return get_object_or_404(rows, asked.READABLE, pk=run_id)


def _page_of(visit: Visit, found: Review, *, overtaken: bool = False) -> HttpResponseBase:
    run = found.run
    words = asked.questions([run])[run.pk] if visit.may_read else ""
    outcome, tone, cause = outcome_of(run)
    group = Question.objects.filter(pk=run.pk).values_list("group", flat=True).first()
    comments = comments_on(run) if visit.may_read else []
    return visit.render(
        "chatkit_console/review.html",
        {
            "review": found,
            "tone": TONES[found.status],
            "run": run,
            "words": words,
            "outcome": outcome,
            "outcome_tone": tone,
            "cause": cause,
            "person": access.owner_name(run),
            "assigned": access.login_name(found.assigned_to) if found.assigned_to else "",
            "marked_by": access.login_name(found.marked_by) if found.marked_by else "",
            "comments": comments if reading.is_open(visit.request, run.thread) else [],
            "has_comments": bool(comments),
            "transcript_url": visit.url("conversation", run.thread_id) + f"#run-{run.pk}",
            "group_url": visit.url("question", group) if group else "",
            "back_url": visit.url("quality"),
            "act_url": visit.url("mark_review", found.pk),
            "may_mark": visit.may(MARK),
            "operators": operators(found.assigned_to) if visit.may(MARK) else [],
            "statuses": Status.choices,
            "seen": seen(found),
            "overtaken": overtaken,
        },
        title=short(words) or gettext("Answer to review"),
        status=409 if overtaken else 200,
    )


def comments_on(run: Run) -> list[str]:
    """What readers wrote under this answer."""
    votes = Feedback.objects.filter(thread=run.thread_id, kind=Feedback.Kind.NEGATIVE)
    on_it = quality.on_run(votes, run)
    return [comment for comment in on_it.values_list("comment", flat=True) if comment]


def operators(also: Any = None) -> list[tuple[str, str]]:
    """Those whom an answer may be given to: who may see the console. Id and login name."""
    try:
        allowed = ModelBackend().with_perm(PERMISSION).order_by("pk")[:MOST_OPERATORS]
        found = {str(user.pk): access.login_name(user) for user in allowed if access.is_staff(user)}
    except FieldError:  # a user model whose permissions are its own
        found = {}
    if also is not None:
        found[str(also.pk)] = access.login_name(also)
    return sorted(found.items(), key=lambda pair: pair[1].casefold())


def seen(found: Review) -> str:
    """What a form says of the state that it was made from."""
    return found.marked_at.isoformat() if found.marked_at else ""


@page_.below("quality/reviews/<str:run_id>/mark/", "mark_review", methods=("POST",))
def mark(visit: Visit, run_id: str) -> HttpResponseBase:
    """Say what became of it, who looks after it, and what is to be noted."""
    if not visit.may(MARK):
        raise Http404
    with transaction.atomic():
        # Of two who save at once the second waits here, and sees what the first has written.
        Review.objects.select_for_update().filter(pk=run_id).first()
        found = _review(run_id)
        if visit.given.get("seen", "") == seen(found):
            _save(visit, found)
            return HttpResponseRedirect(visit.url("review", found.pk))
    return _page_of(visit.at("review", found.pk), found, overtaken=True)


def _save(visit: Visit, found: Review) -> None:
    given, user = visit.given, cast("Any", visit.request.user)
    status, whose = given.get("status", ""), given.get("assigned_to", "")
    if status not in Status.values or whose not in {"", *dict(operators(found.assigned_to))}:
        raise Http404
    before = quality.told_of(found)
    found.status = status
    found.assigned_to = get_user_model()._default_manager.get(pk=whose) if whose else None
    if visit.may_read:  # who may not read them has not seen the notes
        found.notes = given.get("notes", "").replace("\r\n", "\n").strip()[:NOTES]
    found.marked_by, found.marked_at = user, timezone.now()
    found.save(update_fields=["status", "assigned_to", "notes", "marked_by", "marked_at"])
    quality.tell(user, found, before)


@page_.below("quality/add/", "add_review", methods=("POST",))
def add(visit: Visit) -> HttpResponseBase:
    """Bring in an answer from its conversation."""
    if not visit.may(MARK):
        raise Http404
    run = get_object_or_404(Run.objects.undeleted(), pk=visit.given.get("run", ""))
    quality.add_by_operator(run, visit.request.user)
    return HttpResponseRedirect(visit.url("review", run.pk))
