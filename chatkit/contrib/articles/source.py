"""The articles of the database as a source of `chatkit.knowledge`."""

from __future__ import annotations

import asyncio
import datetime
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, TypeVar

from django.db import connections, router, transaction
from django.db.models import Q

from ...knowledge.articles import LAST, Article, parse_article
from ...knowledge.sources import Contents, Place, Source
from .models import ArticleText, Phrasing, Revision, Status, Version

T = TypeVar("T")
AT_ONCE = 500  # rows named in one query
# Texts for which the folder's file of this name is not shown. One that is archived may have never
# been published here, as one that was imported.
HIDES = Q(published_at__isnull=False) | Q(status=Status.ARCHIVED)
# The version's id and time (a transaction taken back leaves its ids to the next one on SQLite),
# slug, language and order.
Key = tuple[int, datetime.datetime, str, str, int]


class DatabaseSource(Source):
    """Reads one row per question; when that has changed, what there is, and the texts of those
    versions alone that it has not read yet."""

    def __init__(self) -> None:
        self._parsed: dict[Key, Article] = {}

    def __repr__(self) -> str:
        return "chatkit.contrib.articles"

    def version(self) -> str:
        from .freshness import token

        return anywhere(token)

    def read(self) -> Contents:
        return anywhere(self._read)

    def preview(self, slug: str, language: str, user: Any) -> Article | None:
        """The newest version of a text, published or not, for those who may edit it."""
        names = ("view_article", "change_article")
        if not any(user.has_perm(f"chatkit_articles.{name}") for name in names):
            return None
        texts = ArticleText.objects.filter(article__slug=slug).select_related("article")
        text = min(texts, key=lambda text: (text.language != language, text.pk), default=None)
        return None if text is None else as_article(text)

    def _read(self) -> Contents:
        rows = list(
            ArticleText.objects.filter(HIDES)
            .order_by()
            .values_list(
                "live_id",
                "live__created_at",
                "article__slug",
                "language",
                "own_order",
                "article__order",
            )
        )
        keys: list[Key] = []
        for live, at, slug, language, own, order in rows:
            if live is not None:
                number = own if own is not None else LAST if order is None else order
                keys.append((live, at, slug, language, number))
        known, parsed = self._parsed, {}
        missing = {key[0]: key for key in keys if key not in known}
        for pk, title, body, keywords in _contents(list(missing)):
            *_, slug, language, number = missing[pk]
            parsed[missing[pk]] = made(title, body, keywords, slug, language, number)
        parsed |= {key: known[key] for key in keys if key in known}
        self._parsed = parsed
        taken = frozenset((language, slug) for _, _, slug, language, *_ in rows)
        named = _phrasings()
        return Contents(tuple(parsed.values()), taken, named.pop("", {}), named)


def made(
    title: str, body: str, keywords: str, slug: str, language: str, order: int = LAST
) -> Article:
    """An article as readers see it."""
    article = parse_article(f"# {title}\n\n{body}", slug, language)
    listed = tuple(filter(None, map(str.strip, keywords.split(","))))
    return replace(article, keywords=listed, order=order)


def as_article(text: ArticleText) -> Article:
    """A text's newest version, as readers would see it."""
    slug = text.article.slug
    return made(text.title, text.body, text.keywords, slug, text.language, text.order)


def _contents(versions: list[int]) -> Iterator[tuple[int, str, str, str]]:
    for start in range(0, len(versions), AT_ONCE):
        yield from (
            Version.objects.filter(pk__in=versions[start : start + AT_ONCE])
            .order_by()
            .values_list("pk", "title", "body", "keywords")
        )


def _phrasings() -> dict[str, dict[Place, tuple[str, ...]]]:
    """By the workflow that has the article of its own, "" for every one."""
    found: dict[str, dict[Place, tuple[str, ...]]] = {}
    rows = Phrasing.objects.values_list("workflow_id", "language", "slug", "text")
    for workflow_id, language, slug, text in rows:
        places = found.setdefault(workflow_id, {})
        places[language, slug] = (*places.get((language, slug), ()), text)
    return found


def anywhere(function: Callable[[], T]) -> T:
    """Call what reads the database, from any thread, even an event loop's."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        with _connection():
            return function()
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: anywhere(function)).result()


@contextmanager
def _connection() -> Iterator[None]:
    """A search may run on any thread. One that has no connection yet leaves none behind: nobody
    would close it. Within a transaction, a failure here must not be the transaction's."""
    connection = connections[router.db_for_read(Revision)]
    if connection.in_atomic_block:
        with transaction.atomic(using=connection.alias):
            yield
        return
    idle = connection.connection is None
    try:
        yield
    finally:
        if idle:
            connection.close()


SOURCE = DatabaseSource()
