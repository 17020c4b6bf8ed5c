"""The help articles, as the console names them and leads to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import get_language

from chatkit.knowledge import get_knowledge


def titles(slugs: Iterable[str]) -> dict[str, str]:
    """The titles of articles that there are, in the reader's language where they have it."""
    knowledge, language = get_knowledge(), get_language() or "en"
    found = ((slug, knowledge.article(slug, language)) for slug in slugs)
    return {slug: article.title for slug, article in found if article is not None}


def url_of(slug: str) -> str:
    """The page of an article."""
    return reverse("chatkit:help-article", args=[slug])
