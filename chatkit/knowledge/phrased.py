"""How near a question is to the questions that an article is known to answer: its phrasings.

What people asked before, in their own words, tells more about the next question than the article
does, which has the words of those who wrote it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from .articles import Article

if TYPE_CHECKING:
    from .encoder import Array
    from .vectors import Vectors

MOST = 10_000  # phrasings that are compared, 2 kB each: beyond, the first ones
# How near two questions are that have nothing in common, to the first model and to the second: an
# article that has no phrasings is as good as one whose phrasings are so near.
APART, APART_TO_SECOND = 0.2, 0.7


def texts_of(articles: Iterable[Article]) -> dict[str, list[str]]:
    """The phrasings of each article, in all its languages."""
    found: dict[str, dict[str, None]] = {}
    left = MOST
    for article in articles:
        texts = found.setdefault(article.slug, {})
        for text in article.phrasings[:left]:
            left -= text not in texts
            texts[text] = None
    return {slug: list(texts) for slug, texts in found.items() if texts}


class Phrased:
    """Immutable; safe in several threads."""

    def __init__(self, articles: Iterable[Article], vectors: Vectors, apart: float) -> None:
        import numpy as np

        shelves = texts_of(articles)
        self.texts = list(shelves.values())
        self._slugs = list(shelves)
        self._apart = apart
        if not shelves:
            return
        vectors.fill(self.texts)
        made = [vectors.of(texts) for texts in self.texts]
        self._matrix = np.concatenate(made)
        self._starts = np.cumsum([0, *map(len, made[:-1])])

    def near(self, vector: Array, slugs: Sequence[str]) -> Array:
        """How near the nearest phrasing of each article is, 0 where it is as good as none."""
        import numpy as np

        if not self._slugs:
            return np.zeros(len(slugs), dtype=np.float32)
        near = np.maximum.reduceat(self._matrix @ vector, self._starts) - self._apart
        found = dict(zip(self._slugs, np.maximum(near, 0.0), strict=True))
        return np.array([found.get(slug, 0.0) for slug in slugs], dtype=np.float32)
