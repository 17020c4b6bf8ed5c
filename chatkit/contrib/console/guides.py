"""The help articles, as the console names them and leads to them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from django.utils.translation import get_language

from chatkit import workflows
from chatkit.knowledge import Knowledge, get_knowledge, knowledge_of
from chatkit.knowledge.citing import article_url
from chatkit.knowledge.language import DEFAULT

from .tables import Cell


class Guide(NamedTuple):
    title: str
    url: str  # of its page, "" where the site has none


def guides(slugs: Iterable[str], workflow_id: str = "") -> dict[str, Guide]:
    """The articles that there are, in the reader's language where they have it, else in another:
    those that the workflow answers from, else the site's, else another workflow's own.

    One look at the articles of each: a look may ask the database what has changed.
    """
    left = set(slugs)
    found: dict[str, Guide] = {}
    for knowledge in _all_knowledge(workflow_id):
        if not left:
            break
        for article in knowledge.catalogue(get_language() or DEFAULT):
            if article.slug in left:
                found[article.slug] = Guide(article.title, article_url(article))
                left.discard(article.slug)
    return found


def cell(slug: str, known: dict[str, Guide]) -> Cell:
    """An article in a table: its title with its page, or its name where there is none any more."""
    guide = known.get(slug, Guide(slug, ""))
    return Cell(slug, guide.title, guide.url)


def _all_knowledge(workflow_id: str) -> Iterator[Knowledge]:
    own = [one.id for one in workflows.table().values() if "knowledge" in one.own]
    if workflow_id in own:
        yield knowledge_of(workflow_id)
    yield get_knowledge()
    yield from (knowledge_of(one) for one in own if one != workflow_id)
