"""How near the sections of each article are to a question, to the second model.

Where two models that err differently agree, the answer is nearly always right.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import second
from .articles import Article
from .meaning import texts
from .phrased import APART_TO_SECOND, Phrased
from .shelves import SECTION

if TYPE_CHECKING:
    from .encoder import Array
    from .vectors import Vectors

MOST_SECTIONS = 2_000  # beyond, reading them takes the second model minutes: there is no opinion


def texts_of(article: Article) -> list[str]:
    return [entry.text for entry in texts(article) if entry.kind == SECTION]


class Opinion:
    """Immutable; safe in several threads."""

    def __init__(self, articles: Sequence[Article], vectors: Vectors) -> None:
        import numpy as np

        shelves = [(article.slug, texts) for article in articles if (texts := texts_of(article))]
        slugs = {slug: number for number, slug in enumerate(dict.fromkeys(s for s, _ in shelves))}
        self._slugs = list(slugs)
        self._owner = np.array([slugs[slug] for slug, _ in shelves], dtype=int)
        vectors.fill([texts for _, texts in shelves])
        made = [vectors.of(texts) for _, texts in shelves]
        self._phrased = Phrased(articles, vectors, APART_TO_SECOND)
        vectors.keep([*(texts for _, texts in shelves), *self._phrased.texts])
        if not made:
            return
        self._matrix = np.concatenate(made)
        self._starts = np.cumsum([0, *map(len, made[:-1])])
        means = np.stack([rows.mean(axis=0) for rows in made])
        self._means = means / (np.linalg.norm(means, axis=1, keepdims=True) + 1e-9)

    def of(self, question: str, slugs: Sequence[str]) -> Array:
        """For each of the articles how much nearer its nearest section is than the other articles'
        on average, and all of its sections together: two rows. Both are averaged over the
        languages that it is written in."""
        import numpy as np

        if not self._slugs:
            return np.zeros((2, len(slugs)), dtype=np.float32)
        vector = second.ask(question)
        rows = []
        for each in (
            np.maximum.reduceat(self._matrix @ vector, self._starts),
            self._means @ vector,
        ):
            near = np.bincount(self._owner, weights=each) / np.bincount(self._owner)
            found = dict(zip(self._slugs, near - near.mean(), strict=True))
            rows.append([found.get(slug, 0.0) for slug in slugs])
        return np.array(rows, dtype=np.float32)

    def told(self, question: str, slugs: Sequence[str]) -> Array:
        """How near the nearest phrasing of each of the articles is."""
        return self._phrased.near(second.ask(question), slugs)


def count_of(articles: Sequence[Article]) -> int:
    """How many sections the second model would have to read."""
    return sum(len(article.sections) for article in articles)
