"""Conversations: who asked what, and what became of it; and each as a transcript."""

from __future__ import annotations

import time
from functools import partial
from typing import Any
from urllib.parse import quote as url_quote

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chatkit import access, conf
from chatkit.admin import reading
from chatkit.admin.reading import logger
from chatkit.fields import without_emoji
from chatkit.models import Feedback, Run, Thread
from chatkit.signals import conversations_read

from .. import asked, listing
from ..conversation import transcript
from ..daily.collect import answers_of
from ..evaluations.models import EvaluationSet
from ..listing import Pages, Wanted, each
from ..registry import page
from ..said.find import found_page
from ..strip import outcome_of
from ..tables import Cell, Column, Table
from ..visit import Visit

page_ = page("conversations", _("Conversations"), icon="messages-square", order=30)
SEARCH = "chatkit_console_search"  # in the login's session: words, and until when they are kept
FIRST_SET = "questions"  # that is made where there is none yet
VOTES = {"negative": "warning", "positive": "success"}


@page_
def conversations(visit: Visit) -> HttpResponseBase:
    query = visit.request.GET
    wanted = Wanted.of(query)
    words = searched_words(visit) if visit.may_read and query.get("search") else ""
    about_answers = wanted.is_about_answers and not words
    after = query.get("after", "").replace("\0", "")
    cut = False
    if about_answers:
        table, last = answers_table(visit, wanted, after)
    elif words:
        table, last, cut = searched_table(visit, wanted, words, after)
    else:
        table, last = conversations_table(visit, wanted, after)
    return visit.render(
        "chatkit_console/conversations.html",
        {
            "table": table,
            "wanted": wanted,
            "words": words,
            "about_answers": about_answers,
            "more_url": visit.here(after=last) if last else "",
            "searched_back_to": listing.moment_of(last) if cut else None,
            "first_url": visit.here(after=None) if after else "",
            "outcomes": outcomes(),
            "votes": Feedback.Kind.choices,
            "lists": lists(visit, about_answers),
            "search_url": visit.url("search"),
            "without_search": visit.here(search=None),
        },
    )


def outcomes() -> list[tuple[str, Any]]:
    """What can be chosen from."""
    groups = [("helped", gettext("Answered, asked back or handed over"))]
    groups.append(("failures", gettext("Failed or interrupted")))
    return [*groups, *Run.Outcome.choices]


def lists(visit: Visit, about_answers: bool) -> list[tuple[str, str, bool]]:
    """The two ways to list them: label, address, whether it is this one."""
    gone = dict.fromkeys(("outcome", "feedback", "cause", "after", "search", "list"))
    return [
        (gettext("By conversation"), visit.here(**gone), not about_answers),
        (gettext("By question"), visit.here(**gone | {"list": "answers"}), about_answers),
    ]


def columns(visit: Visit, question: Any) -> list[Column]:
    shown = [Column("time", _("Time")), Column("person", _("Person"), words=True)]
    if visit.may_read:
        shown.append(Column("question", question, words=True))
    return [*shown, Column("outcome", _("Outcome")), Column("feedback", _("Feedback"))]


def answers_table(visit: Visit, wanted: Wanted, after: str) -> tuple[Table, str]:
    """One line for each question, and what names the last of them."""
    pages = listing.pages_of_answers(wanted, visit.period)
    found, last = pages(after)
    return Table(
        "questions", _("Questions"), columns(visit, _("Question")), answer_rows(visit, found),
        empty=_("There is no such question in this period."),
        action=(_("Show all conversations"), visit.url("conversations")),
        said=visit.may_read,
        more=lambda: each(pages, partial(answer_rows, visit)),
    ), last  # fmt: skip


def answer_rows(visit: Visit, found: list[Run]) -> list[list[Any]]:
    words = asked.questions(found) if visit.may_read else {}
    votes = votes_on(found)
    rows = []
    for run in found:
        url = visit.url("conversation", run.thread_id) + f"#run-{run.pk}"
        outcome, tone, cause = outcome_of(run)
        row = [Cell(run.created_at, url=url), access.owner_name(run)]
        if visit.may_read:
            row.append(Cell(short(words[run.pk]), url=url))
        rows.append([*row, Cell(outcome, tone=tone, note=cause), vote(votes.get(run.pk, {}))])
    return rows


def votes_on(found: list[Run]) -> dict[str, dict[str, str]]:
    """The votes on these answers by their runs' ids: their kinds, with the reasons. One query."""
    votes: dict[str, dict[str, str]] = {}
    given = Feedback.objects.filter(thread__in={run.thread_id for run in found})
    for run_id, kind, reason in answers_of(given).values_list("answered_by", "kind", "reason"):
        kinds = votes.setdefault(run_id, {})
        kinds[kind] = kinds.get(kind) or reason
    return votes


def conversations_table(visit: Visit, wanted: Wanted, after: str) -> tuple[Table, str]:
    """One line for each conversation, and what names the last of them."""
    threads = listing.conversations(wanted, visit.period)
    pages = partial(listing.page_of, threads, "updated_at")
    found, last = pages(after)
    return threads_table(visit, found, pages), last


def searched_table(visit: Visit, wanted: Wanted, words: str, after: str) -> tuple[Table, str, bool]:
    """The same of those in which the words were said, and whether the search broke off there."""
    threads = listing.conversations(wanted, visit.period)

    def pages(after: str) -> tuple[list[Thread], str]:
        page = found_page(threads, words, after)
        return page.threads, page.after

    page = found_page(threads, words, after)
    return threads_table(visit, page.threads, pages), page.after, page.cut


def threads_table(visit: Visit, found: list[Thread], pages: Pages) -> Table:
    return Table(
        "conversations", _("Conversations"), columns(visit, _("First question")),
        thread_rows(visit, found),
        empty=_("There is no such conversation in this period."),
        action=(_("Show all conversations"), visit.url("conversations")),
        said=visit.may_read,
        more=lambda: each(pages, partial(thread_rows, visit)),
    )  # fmt: skip


def thread_rows(visit: Visit, found: list[Thread]) -> list[list[Any]]:
    rows = []
    for thread in listing.with_last_answers(found):
        url = visit.url("conversation", thread.pk)
        row: list[Any] = [Cell(thread.updated_at, url=url), access.owner_name(thread)]
        if visit.may_read:
            row.append(Cell(short(thread.title) or gettext("Untitled"), url=url))
        row.append(of_latest(thread))
        rows.append([*row, vote(thread.votes)])
    return rows


def of_latest(thread: Any) -> Cell:
    """The outcome of a conversation's latest answer."""
    if thread.last is None:
        return Cell("")
    outcome, tone, cause = outcome_of(thread.last)
    count = ngettext("%(count)d question", "%(count)d questions", thread.count)
    note = " · ".join(filter(None, (cause, count % {"count": thread.count})))
    return Cell(outcome, tone=tone, note=note)


def vote(kinds: dict[str, str]) -> Cell:
    """The votes on one thing, a bad one first: by their kinds, with the reasons."""
    for kind, tone in VOTES.items():
        if kind in kinds:
            reason = str(Feedback.Reason(kinds[kind]).label) if kinds[kind] else ""
            return Cell(kind, str(Feedback.Kind(kind).label), tone=tone, note=reason)
    return Cell("")


def short(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:199].rstrip()}…"


def sets(visit: Visit) -> list[str]:
    """The evaluation sets that a question may be collected into, with a first one to be made."""
    if not (visit.may_read and visit.may("chatkit_console.change_evaluationset")):
        return []
    names = list(EvaluationSet.objects.values_list("name", flat=True)[:50])
    return names or [FIRST_SET]


# -- searching their text: a step of its own that is logged, and no part of an address ------------


@page_.below("conversations/search/", "search", methods=("POST",))
def search(visit: Visit) -> HttpResponseBase:
    """Keep the words for a while, log that somebody searched, and lead to what was found."""
    if not visit.may_read:
        raise Http404
    request = visit.request
    words = " ".join(without_emoji(visit.given.get("words", "")).split())[:200]
    wanted = Wanted.of(visit.given)
    kept = {"person": wanted.person, "workflow": wanted.workflow}
    back = visit.url("conversations", **kept)
    if not words:
        return HttpResponseRedirect(back)
    request.session[SEARCH] = [words, time.time() + conf.get("READING_SECONDS")]
    LogEntry.objects.create(
        user_id=str(request.user.pk),
        content_type=ContentType.objects.get_for_model(Thread),
        object_repr=gettext("Conversations"),
        action_flag=CHANGE,
        change_message=gettext("Searched the text of conversations."),
    )
    logger.info("conversations searched by user=%s", request.user.pk)
    conversations_read.send_robust(
        Thread, user=request.user, action="searched", thread=None, person=None, what=""
    )
    return HttpResponseRedirect(visit.url("conversations", **kept, search="1"))


def searched_words(visit: Visit) -> str:
    """The words that were searched for, "" where that was too long ago."""
    words, until = visit.request.session.get(SEARCH, ("", 0))
    return str(words) if until > time.time() else ""


# -- one of them ------------------------------------------------------------------------------


@page_.below("conversations/<str:thread_id>/", "conversation")
def conversation(visit: Visit, thread_id: str) -> HttpResponseBase:
    thread = get_object_or_404(Thread.objects.undeleted().select_related("user"), pk=thread_id)
    title = thread.title if visit.may_read and thread.title else gettext("Conversation")
    return visit.render(
        "chatkit_console/conversation.html",
        {
            "thread": thread,
            "person": access.owner_name(thread),
            "back_url": visit.url("conversations"),
            "person_url": visit.url("conversations", person=access.owner_name(thread)),
            "may_see_rows": visit.may("chatkit.view_thread"),
            "open_url": visit.url("open", thread.pk, **item_of(visit)),
            **transcript(visit.request, thread, visit.may_read),
            "may_review": visit.may("chatkit_console.change_review"),
            "review_url": visit.url("add_review"),
            "collect_url": visit.url("collect"),
            "sets": sets(visit),
        },
        title=title,
    )


@page_.below("conversations/<str:thread_id>/open/", "open", methods=("POST",))
def open_conversation(visit: Visit, thread_id: str) -> HttpResponseBase:
    """Open its text for this reader, log that, and lead back to it."""
    thread = get_object_or_404(Thread.objects.undeleted(), pk=thread_id)
    if not visit.may_read:
        raise Http404
    reading.open_and_log(visit.request, thread)
    wanted = item_of(visit)
    anchor = f"#item-{url_quote(str(wanted['item']))}" if wanted["item"] else ""
    return HttpResponseRedirect(visit.url("conversation", thread.pk, **wanted) + anchor)


def item_of(visit: Visit) -> dict[str, str]:
    query = visit.request.GET
    return {"item": query.get("item", "")[:128], "page": query.get("page", "")[:9]}
