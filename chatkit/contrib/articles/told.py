"""What is told of changes, without the words of people: those of phrasings, and the title and the
name of a draft, which may have been made of what somebody asked."""

from __future__ import annotations

from typing import Any

from ...admin.recorded import WITHHELD, tell, values_of
from .models import Article, ArticleText, Phrasing


def told_of(row: Phrasing) -> dict[str, Any]:
    """Its values, for `tell_phrasing`."""
    names = ("slug", "language", "workflow_id", "text")
    return {name: getattr(row, name) for name in names}


def tell_phrasing(user: Any, row: Phrasing, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Tell that a phrasing was added, changed or deleted, in the same transaction."""
    tell(user, row, before, after, withheld=("text",), name=row.slug)


def name_of(article: Article) -> str:
    """What an article is called: by its number as long as readers have seen none of it."""
    known = article.texts.filter(published_at__isnull=False).exists()
    return article.slug if known else f"#{article.pk}"


def values_of_article(article: Article) -> dict[str, Any]:
    known = name_of(article) == article.slug
    return values_of(article) | ({} if known else {"slug": WITHHELD})


def tell_deleted(user: Any, text: ArticleText) -> None:
    """Tell of a text that is about to be deleted, with its versions, which are the log of it."""
    said = {name: getattr(text, name) for name in ("title", "language", "status", "number")}
    name = text.title
    if text.live is None or text.live.title != text.title:  # not what readers see
        name, said["title"] = name_of(text.article), WITHHELD
    tell(user, text, said, {}, name=name)
