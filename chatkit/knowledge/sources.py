"""Where articles come from besides the folder: sources that apps register, such as a database.

An app registers its source in `AppConfig.ready()`:

    from chatkit.knowledge.sources import register

    register(MySource())
"""

from __future__ import annotations

import logging
import time
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .articles import Article
from .language import without_stop_words

logger = logging.getLogger("chatkit.knowledge")

LOG_SECONDS = 60.0  # between two records of a source that fails
Place = tuple[str, str]  # an article's language and slug


@dataclass(frozen=True)
class Contents:
    """What a source has at one moment.

    `articles` go before those of the folder. `taken` names what the source decides about: an
    article of the folder at such a place is not shown, even where the source has none. `phrasings`
    are questions, by the place of the article that answers them, wherever that one comes from;
    `phrasings_of` are those of one workflow alone, by its id: of an article of its own.
    """

    articles: tuple[Article, ...] = ()
    taken: frozenset[Place] = frozenset()
    phrasings: Mapping[Place, tuple[str, ...]] = field(default_factory=dict)
    phrasings_of: Mapping[str, Mapping[Place, tuple[str, ...]]] = field(default_factory=dict)


NONE = Contents()


class Source:
    """Articles from elsewhere. `version` and `read` are called on any thread, several at once; what
    they raise is logged, and what was read before stays."""

    def version(self) -> Hashable:
        """A value that differs after each change. Asked before every search: must be quick."""
        raise NotImplementedError

    def read(self) -> Contents:
        """All that there is now. Called when the version has changed."""
        raise NotImplementedError

    def preview(self, slug: str, language: str, user: Any) -> Article | None:
        """An article that is not published, for a user who may see it: in that language, else in
        another."""
        return None


_registered: list[Source] = []


def register(source: Source) -> Source:
    """Use a source from now on. Of two that have the same article, the first registered wins."""
    if source not in _registered:
        _registered.append(source)
    return source


def unregister(source: Source) -> None:
    """Use it no more."""
    if source in _registered:
        _registered.remove(source)


def registered() -> tuple[Source, ...]:
    return tuple(_registered)


class Reader:
    """Reads one source, and keeps what it read while the source fails."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._read: tuple[Hashable, Contents] = (None, NONE)
        self._logged_at = float("-inf")

    def version(self) -> Hashable:
        try:
            return self.source.version()
        except Exception as error:  # a site's own class, or a database that is down
            self._log(error)
            return self._read[0]

    def contents(self, version: Hashable) -> tuple[Hashable, Contents]:
        """What there is at this version, asked for just before; with the version it was read at."""
        if self._read[0] != version:
            try:
                self._read = (version, self.source.read())
            except Exception as error:
                self._log(error)
        return self._read

    def _log(self, error: Exception) -> None:
        if time.monotonic() - self._logged_at >= LOG_SECONDS:
            self._logged_at = time.monotonic()
            logger.warning("Articles of %r could not be read.", self.source, exc_info=error)


def merge(
    folder: Iterable[Article], contents: Iterable[Contents], workflow_id: str = ""
) -> list[Article]:
    """The articles of all sources and of the folder, each with its phrasings; `workflow_id` is the
    workflow's that has the folder of its own."""
    found: dict[Place, Article] = {}
    taken: set[Place] = set()
    phrasings: dict[Place, tuple[str, ...]] = {}
    for content in contents:
        for article in content.articles:
            place = (article.language, article.slug)
            if place not in taken:
                found.setdefault(place, article)
        taken |= content.taken
        for named in (content.phrasings, content.phrasings_of.get(workflow_id, {})):
            for place, texts in named.items():
                phrasings[place] = tuple(dict.fromkeys(phrasings.get(place, ()) + texts))
    articles = [article for article in folder if (article.language, article.slug) not in taken]
    # Of two files at one place the library takes the first in its own order.
    articles = [one for one in articles if (one.language, one.slug) not in found]
    return with_phrasings([*found.values(), *articles], phrasings)


def with_phrasings(
    articles: list[Article], phrasings: Mapping[Place, tuple[str, ...]]
) -> list[Article]:
    """A phrasing in a language that the article is not written in leads to all its languages."""
    if not phrasings:
        return articles
    written = {(article.language, article.slug) for article in articles}
    made = []
    for article in articles:
        own = phrasings.get((article.language, article.slug), ())
        others = tuple(
            # As the search asks in another language than the articles'.
            without_stop_words(text, language)
            for (language, slug), texts in phrasings.items()
            if slug == article.slug and (language, slug) not in written
            for text in texts
        )
        if own or others:
            article = replace(article, phrasings=article.phrasings + own + others)
        made.append(article)
    return made
