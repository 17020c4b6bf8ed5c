"""The help articles, as the console names them and leads to them."""

from __future__ import annotations

from collections.abc import Iterable

from django.urls import reverse
from django.utils.translation import get_language

from chatkit.knowledge import get_knowledge
from chatkit.knowledge.language import DEFAULT, primary


def titles(slugs: Iterable[str]) -> dict[str, str]:
    """The titles of articles that there are, in the reader's language where they have it.

    One look at the articles for each language: a look may ask the database what has changed.
    """
    wanted = set(slugs)
    if not wanted:
        return {}
    knowledge, found = get_knowledge(), dict[str, str]()
    for language in dict.fromkeys((DEFAULT, primary(get_language() or DEFAULT))):
        found |= {article.slug: article.title for article in knowledge.articles(language)}
    return {slug: found[slug] for slug in wanted & found.keys()}


def url_of(slug: str) -> str:
    """The page of an article."""
    return reverse("chatkit:help-article", args=[slug])
