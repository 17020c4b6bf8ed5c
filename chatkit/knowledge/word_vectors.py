"""How near each word of a question is to the words of each article.

A vector of a whole question tells what it is about; of "my van is late" it keeps the lateness or
the van. Word by word nothing is lost: an article that has a near word for each of them is meant,
and a question of which one word is near to nothing is likely about something else.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from . import encoder
from .articles import Article
from .language import is_stop_word, words
from .terms import MAX_TERMS

if TYPE_CHECKING:
    from .encoder import Array
    from .vectors import Vectors

BODY = 0.85  # the worth of a word that stands in the running text alone
MOST_WORDS = 10_000  # distinct ones of all articles: beyond, those of the running text are left out
MOST_KNOWN = 3_000  # words whose vectors are kept for the next text, 2 kB each
WIDTH = encoder.WIDTH
version = encoder.version

_known: dict[str, Any] = {}


def encode(texts: Sequence[str]) -> Array:
    """The vectors of words. Those that were read lately are not read again: articles have most of
    their words in common, and so have questions."""
    import numpy as np

    found = {text: row for text in texts if (row := _known.get(text)) is not None}
    new = [text for text in dict.fromkeys(texts) if text not in found]
    found.update((text, row.copy()) for text, row in zip(new, encoder.encode(new), strict=True))
    if len(_known) + len(new) > MOST_KNOWN:
        _known.clear()
    _known.update((text, found[text]) for text in new[:MOST_KNOWN])
    return np.stack([found[text] for text in texts])


def topics(text: str, language: str) -> list[str]:
    """The words of a text that name something."""
    found = (word for word in words(text) if len(word) > 1 and not is_stop_word(word, language))
    return list(dict.fromkeys(found))


class WordVectors:
    """The words of all articles. Immutable; safe in several threads."""

    def __init__(self, articles: Sequence[Article], vectors: Vectors) -> None:
        import numpy as np

        worths = [_worths(article) for article in articles]
        if len(set().union(*worths)) > MOST_WORDS:
            worths = [dict.fromkeys(_titles(article), 1.0) for article in articles]
        # An article without a word has one that is near to nothing.
        self.texts = [sorted(worth) or [""] for worth in worths]
        places: dict[str, int] = {}
        for texts in self.texts:
            for text in texts:
                places.setdefault(text, len(places))
        self._matrix = np.empty((len(places), WIDTH), dtype=np.float32)
        # In any order, so that processes which begin together share the work.
        for texts in random.sample(self.texts, len(self.texts)):
            self._matrix[[places[text] for text in texts]] = vectors.passing(texts)
        _known.clear()
        self._places = np.array([places[text] for texts in self.texts for text in texts])
        self._worths = np.array(
            [
                worth.get(text, 0.0)
                for worth, texts in zip(worths, self.texts, strict=True)
                for text in texts
            ],
            dtype=np.float32,
        )
        self._starts = np.cumsum([0, *map(len, self.texts[:-1])])

    def near(self, asked: Sequence[str]) -> tuple[Array, Array]:
        """How near each of these words is to the nearest word of each article: a row for each word
        and a column for each article. In the second a word of the running text counts less."""
        import numpy as np

        if not asked:
            nothing = np.empty((0, len(self.texts)), dtype=np.float32)
            return nothing, nothing
        found = (encode(asked) @ self._matrix.T)[:, self._places]
        worth = np.maximum(found, 0.0) * self._worths
        return (
            np.maximum.reduceat(found, self._starts, axis=1),
            np.maximum.reduceat(worth, self._starts, axis=1),
        )


def asked_words(text: str, language: str) -> list[str]:
    """The words of a question that are compared."""
    return topics(text, language)[:MAX_TERMS]


def _worths(article: Article) -> dict[str, float]:
    body = (sentence for section in article.sections for sentence in section.sentences)
    worths = {word: BODY for sentence in body for word in topics(sentence, article.language)}
    return worths | dict.fromkeys(_titles(article), 1.0)


def _titles(article: Article) -> Iterator[str]:
    headings: Iterable[str] = (section.heading for section in article.sections)
    for text in (article.title, *article.keywords, *headings):
        yield from topics(text, article.language)
