"""What an operator does about a group of questions. Articles need the app that keeps them."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils import timezone

from ..models import QuestionGroup
from .groups import Wording

ARTICLES = "chatkit_articles"
Status = QuestionGroup.Status


def has_articles() -> bool:
    """Whether articles can be written on this site."""
    return apps.is_installed("chatkit.contrib.articles")


@transaction.atomic
def _mark(group: QuestionGroup, status: str, user: Any, article: str = "") -> None:
    before = {"status": group.status, "article": group.article}
    group.status, group.article = status, article
    group.marked_by, group.marked_at = user, timezone.now()
    group.save(update_fields=["status", "article", "marked_by", "marked_at"])
    # The models load this module, and the admin comes after them.
    from chatkit.admin.recorded import WITHHELD, tell

    after = {"status": status, "article": article}
    for side in (before, after):
        if side["status"] == Status.DRAFTED and side["article"]:
            side["article"] = WITHHELD  # the name of a draft is made of what a person has asked
    tell(user, group, before, after, name=f"#{group.pk}")


@transaction.atomic
def write_article(
    group: QuestionGroup, title: str, words: list[Wording], language: str, user: Any
) -> Any:
    """A draft with the questions in it; the article."""
    from chatkit.contrib.articles.editing import create_draft

    article = create_draft(title, [wording.text for wording in words], language, user)
    _mark(group, Status.DRAFTED, user, article.slug)
    return article


@transaction.atomic
def answered_by(
    group: QuestionGroup, slug: str, words: list[Wording], user: Any, workflow_id: str = ""
) -> None:
    """The article answers these questions: it is found by their words from now on; one of a
    workflow's own, in what that workflow answers."""
    if has_articles():
        from chatkit.contrib.articles.models import Phrasing, phrasing_key
        from chatkit.contrib.articles.told import tell_phrasing, told_of

        for wording in words:
            text = " ".join(wording.text.split())[:500]
            language = wording.language[:16] or "en"
            place = {"slug": slug, "language": language, "workflow_id": workflow_id}
            phrasing, is_new = Phrasing.objects.get_or_create(
                **place, key=phrasing_key(text), defaults={"text": text, "created_by": user}
            )
            if is_new:
                tell_phrasing(user, phrasing, {}, told_of(phrasing))
    _mark(group, Status.ANSWERED, user, slug)


def dismiss(group: QuestionGroup, user: Any) -> None:
    _mark(group, Status.DISMISSED, user)


def reopen(group: QuestionGroup, user: Any) -> None:
    _mark(group, Status.OPEN, user)
