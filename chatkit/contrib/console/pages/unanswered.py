"""Unanswered: what people asked in vain, near-identical questions as one line, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from chatkit import access
from chatkit.knowledge import knowledge_of
from chatkit.navigation import reverse_or_none

from .. import unanswered
from ..guides import Guide, cell, guides
from ..models import QuestionGroup
from ..registry import page
from ..tables import Cell, Column, Table
from ..unanswered.groups import MOST, Again, Wording
from ..unanswered.marks import has_articles
from ..visit import Visit
from ..words import number

page_ = page("unanswered", _("Unanswered"), icon="circle-help", order=20)
AT_ONCE = 300  # new questions that are grouped when the page is asked for; the rest by the command
LONGEST = 100  # characters of an article's name that a phrasing may have; a file may have more
MARK = "chatkit_console.change_questiongroup"
Status = QuestionGroup.Status


@page_
def show(visit: Visit) -> HttpResponseBase:
    unanswered.gather(AT_ONCE)
    wanted = visit.request.GET.get("status", "")
    status = wanted if wanted in Status.values else Status.OPEN.value
    return visit.render(
        "chatkit_console/unanswered.html",
        {
            "table": table(visit, status),
            "statuses": [
                (label, visit.here(status=value), value == status)
                for value, label in Status.choices
            ],
        },
    )


def table(visit: Visit, status: str, most: int = MOST) -> Table:
    """The groups of one status, those that were asked most first."""
    found = unanswered.lines(visit.period, status, with_words=visit.may_read, most=most)
    known = guides(line.group.article for line in found if line.group.article)
    is_marked = status != Status.OPEN
    rows: list[list[Any]] = []
    for line in found:
        url = visit.url("question", line.group.pk)
        name = Cell(unanswered.name_of(line.group, line.words), url=url)
        row: list[Any] = [name, line.count, line.people, line.last]
        if is_marked:
            slug = line.group.article
            row += [cell(slug if may_name(visit, slug, known) else "", known), line.since]
        rows.append(row)
    columns = [
        Column("question", _("Question"), words=True),
        Column("count", _("Times"), number=True),
        Column("people", _("People"), number=True),
        Column("last", _("Last asked")),
    ]
    if is_marked:
        columns += [Column("article", _("Article")), Column("since", _("Since then"), number=True)]
    return Table(
        "unanswered", _("Unanswered questions"), columns, rows,
        empty=_("Every question of this period found an answer.")
        if status == Status.OPEN
        else _("There is no such question in this period."),
        said=visit.may_read,
    )  # fmt: skip


# -- one of them ------------------------------------------------------------------------------


@page_.below("unanswered/<int:group_id>/", "question")
def question(visit: Visit, group_id: int) -> HttpResponseBase:
    return _page_of(visit, group_id)


def _page_of(visit: Visit, group_id: int, *, overtaken: bool = False) -> HttpResponseBase:
    group = get_object_or_404(QuestionGroup.objects.select_related("marked_by"), pk=group_id)
    found = unanswered.wordings(group) if visit.may_read else []
    asked_again = bool(visit.request.GET.get("again"))
    searched = unanswered.search(found if asked_again else found[: unanswered.LOOKED_UP])
    again = unanswered.articles_now(found, searched) if asked_again else []
    title = unanswered.name_of(group, found[0].text if found else "")
    slug, workflow_id = group.article, workflow_of(found)
    known = guides([slug], workflow_id) if slug else {}
    if not may_name(visit, slug, known):
        slug = ""
    return visit.render(
        "chatkit_console/question.html",
        {
            "group": group,
            "wordings": [
                (one, visit.url("conversation", one.thread_id) + f"#run-{one.run_id}")
                for one in found
            ],
            "passages": unanswered.passages(searched),
            "again": [
                {
                    "wording": one.wording,
                    "answers": one.answer is not None,
                    "articles": [one.answer] if one.answer else one.asked,
                }
                for one in again
            ],
            "told_again": told_again(again),
            "again_url": visit.here(again=1) + "#again",
            "article_title": cell(slug, known).shown if slug else "",
            "article_url": article_url(visit, slug, workflow_id),
            "marked_by": access.login_name(group.marked_by) if group.marked_by else "",
            "may_mark": visit.may(MARK),
            "may_write": may_write(visit),
            "may_link": may_link(visit),
            "choices": choices(workflow_id) if may_link(visit) else [],
            "suggested": title[:200],
            "back_url": visit.url("unanswered"),
            "act_url": visit.url("mark", group.pk),
            "seen": seen(group),
            "overtaken": overtaken,
        },
        title=title,
        status=409 if overtaken else 200,
    )


def seen(group: QuestionGroup) -> str:
    """What a form says of the state that it was made from."""
    return group.marked_at.isoformat() if group.marked_at else ""


def told_again(again: list[Again]) -> str:
    """How many of the wordings the search answers now, and for how many it asks back."""
    if not again:
        return ""
    words = ngettext(
        "The search answers %(found)s of %(count)d wording now.",
        "The search answers %(found)s of %(count)d wordings now.",
        len(again),
    )
    told = words % {
        "found": number(sum(one.answer is not None for one in again)),
        "count": len(again),
    }
    asked = sum(bool(one.asked) for one in again)
    if not asked:
        return told
    more = gettext("Questions where it asks back which article is meant: %(count)s.")
    return f"{told} {more % {'count': number(asked)}}"


def may_write(visit: Visit) -> bool:
    """The words of people become part of an article."""
    return bool(
        visit.may(MARK)
        and visit.may_read
        and has_articles()
        and visit.may("chatkit_articles.add_article")
    )


def may_name(visit: Visit, slug: str, known: dict[str, Guide]) -> bool:
    """A draft's name is made of what a person has asked; that of an article which readers see is
    the site's own."""
    return visit.may_read or slug in known


def may_link(visit: Visit) -> bool:
    allowed = not has_articles() or visit.may("chatkit_articles.add_phrasing")
    return bool(visit.may(MARK) and visit.may_read and allowed)


def workflow_of(words: Sequence[Wording]) -> str:
    """The workflow with articles of its own that was asked, most often where it is several; else
    ""."""
    return words[0].workflow_id if words else ""


def choices(workflow_id: str) -> list[tuple[str, str]]:
    """The articles that may answer, whatever language they are in: slug and title."""
    found = knowledge_of(workflow_id).catalogue(get_language() or "en")
    known = ((one.slug, one.title) for one in found if len(one.slug) <= LONGEST)
    return sorted(known, key=lambda pair: pair[1].casefold())


def owner_of(slug: str, workflow_id: str) -> str:
    """The workflow, where the article from which it answers is one of its own; else ""."""
    article = knowledge_of(workflow_id).article(slug, get_language() or "en")
    return article.sections[0].workflow_id if article and article.sections else ""


def article_url(visit: Visit, slug: str, workflow_id: str = "") -> str:
    """Where an article is edited, for who may see it there, else where it is read; "" where there
    is none."""
    if not slug:
        return ""
    names = ("view_article", "change_article")
    if has_articles() and any(visit.may(f"chatkit_articles.{name}") for name in names):
        from chatkit.contrib.articles.models import Article

        pk = Article.objects.filter(slug=slug).values_list("pk", flat=True).first()
        if pk is not None:
            changes = reverse_or_none("admin:chatkit_articles_article_changelist")
            return f"{changes}{pk}/change/" if changes else ""
    return cell(slug, guides([slug], workflow_id)).url


def editor_url(visit: Visit, article: Any) -> str:
    """Where the draft that was made is written on; the article's page for who may not."""
    text = article.texts.values_list("pk", flat=True).first()
    texts = reverse_or_none("admin:chatkit_articles_articletext_changelist")
    if text is None or not texts or not visit.may("chatkit_articles.change_article"):
        return article_url(visit, article.slug)
    return f"{texts}{text}/change/"


@page_.below("unanswered/<int:group_id>/mark/", "mark", methods=("POST",))
def mark(visit: Visit, group_id: int) -> HttpResponseBase:
    """Write an article, name one that answers, put aside, or take back."""
    if not visit.may(MARK):
        raise Http404
    with transaction.atomic():
        # Of two who decide at once the second waits here, and sees what the first has decided.
        group = get_object_or_404(QuestionGroup.objects.select_for_update(), pk=group_id)
        if visit.given.get("seen", seen(group)) == seen(group):
            return _act(visit, group)
    return _page_of(visit.at("question", group.pk), group.pk, overtaken=True)


def _act(visit: Visit, group: QuestionGroup) -> HttpResponseBase:
    given, user = visit.given, visit.request.user
    act = given.get("act", "")
    back = visit.url("question", group.pk)
    if act == "write" and may_write(visit):
        words = unanswered.wordings(group)
        language = words[0].language if words else group.language
        title = given.get("title", "")[:200]
        article = unanswered.write_article(group, title, words, language, user)
        return HttpResponseRedirect(editor_url(visit, article) or back)
    if act == "answered" and may_link(visit):
        slug = given.get("article", "")
        if len(slug) > LONGEST or slug not in guides([slug]):
            raise Http404
        words = unanswered.wordings(group)
        unanswered.answered_by(group, slug, words, user, owner_of(slug, workflow_of(words)))
        return HttpResponseRedirect(visit.url("question", group.pk, again=1) + "#again")
    if act == "dismiss":
        unanswered.dismiss(group, user)
    elif act == "reopen":
        unanswered.reopen(group, user)
    else:
        raise Http404
    return HttpResponseRedirect(back)
