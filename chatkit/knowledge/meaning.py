"""Which articles mean what a question means, in whatever words and language it is asked.

An article is as near to a question as its nearest section, its nearest sentence, the nearest of
its headings and keywords, and all of its sentences together; each is averaged over the languages
the article is written in, since a second language is a second witness. How near the question's
words are to the article's, word by word (`word_vectors`), is added, and what a second model says
(`opinion`), where there is one. The question's share of each article, and of everything else in
the world, are then weighed against each other, and `certainty` tells how likely the nearest
article answers.
"""

from __future__ import annotations

import copy
import logging
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from . import database, encoder
from .articles import Article, Section
from .certainty import SURE, Measured
from .phrased import APART, Phrased
from .shelves import KINDS, NAME, SECTION, SENTENCE, Held, Shelves, Text, Unreachable, texts_of
from .word_vectors import WordVectors, asked_words

if TYPE_CHECKING:
    from .encoder import Array
    from .opinion import Opinion
    from .vectors import Vectors

logger = logging.getLogger("chatkit.knowledge")

SHARPNESS = 10.0  # how much a small lead over everything else in the world counts
ELSEWHERE_WEIGHT = 3.0  # of the nearest topic elsewhere, where an article has four measures
CLOSE = 0.7  # the sum of an article's measures from which it is an answer
# Of few articles, one is nearest, whatever is asked: those that lack to so many are thought of as
# being so close.
FEW, USUAL = 8, 0.85
NEAR = 0.4  # the share of all articles together from which one asks back
FAINT = 0.02  # the part of that share from which an article may be offered as near
MOST_TEXTS = 40_000  # beyond, sentences are left out: 2 kB of memory each

OWN = 0.33  # how near a topic elsewhere may be to an article; nearer, it is this site's own

# What people ask about that is few help desks' business. A question that is nearer to one of these
# than to the articles is declined. Those that a site has an article about are left out.
ELSEWHERE = (
    "the weather forecast for the weekend",
    "a football match and its result",
    "the history of a war",
    "a recipe for dinner",
    "how to bake a cake",
    "a film or a television series",
    "an actor or a singer",
    "the lyrics of a song",
    "a poem or a story",
    "tell me a joke",
    "translate a sentence into another language",
    "the capital of a country",
    "the height of a mountain",
    "a famous painter or writer",
    "an election and politics",
    "the president or the government of a country",
    "the price of shares and cryptocurrency",
    "the price of petrol",
    "a flight or a train to another city",
    "what a ticket for a journey costs",
    "a hotel for the holidays",
    "a restaurant nearby",
    "symptoms of an illness",
    "medicine against pain",
    "losing weight and exercise",
    "love and relationships",
    "raising children",
    "pets, dogs and cats",
    "plants and gardening",
    "repairing a car or a bicycle",
    "cleaning a stain from clothes",
    "what to wear",
    "a programming language and its errors",
    "a mathematics exercise",
    "homework for school",
    "physics, planets and space",
    "animals and nature",
    "religion and philosophy",
    "a dream and its meaning",
    "a video game",
    "a musical instrument",
    "learning a language",
    "buying a computer or a telephone",
    "a flat to rent",
    "a job and unemployment",
    "a visa and a passport",
    "the news of today",
    "write an essay for me",
    "a birthday present",
    "the time in another country",
    "the population of a city",
)

_MARKER = re.compile(r"^[^\S\n]*(?:\d+[.)]|[-*+])\s+", re.MULTILINE)
_MARKS = re.compile(r"[*_`#|]+")


@dataclass(frozen=True)
class Ranking:
    """What a question is about: the share of each article, the largest first. `vector` is the
    question's."""

    shares: dict[str, float]
    vector: Any
    closeness: float = 0.0  # of the nearest article
    total: float = 0.0  # the share of all articles; what it lacks to 1 is elsewhere
    chance: float = 0.0  # that the nearest article answers, 0..1

    @property
    def best(self) -> str:
        """The nearest article, "" where there is none."""
        return next(iter(self.shares), "")

    @property
    def sure(self) -> bool:
        """Whether the nearest article is an answer."""
        return self.closeness >= CLOSE and self.chance >= SURE

    def near(self, count: int) -> list[str]:
        """The articles that are worth offering."""
        faint = FAINT * self.total
        return [slug for slug, share in self.shares.items() if share >= faint][:count]


class Meaning:
    """The vectors of all articles, in every language. Immutable; safe in several threads."""

    def __init__(self, articles: Iterable[Article], vectors: Vectors) -> None:
        import numpy as np

        self._articles = list(articles)
        self._opinion: Opinion | None = None
        self.is_whole = False  # whether the second model has been asked for its opinion
        slugs: dict[str, int] = {}
        for article in self._articles:
            slugs.setdefault(article.slug, len(slugs))
        self._slugs = list(slugs)
        self._owner = np.array([slugs[article.slug] for article in self._articles])
        self._numbers = {
            (article.slug, article.language): number
            for number, article in enumerate(self._articles)
        }
        if not slugs:
            return
        self._shelves = _shelves(self._articles, vectors)
        elsewhere = vectors.of(ELSEWHERE)
        self._elsewhere = elsewhere[(elsewhere @ self._shelves.means.T).max(axis=1) < OWN]
        self._words = WordVectors(self._articles, vectors)
        self._phrased = Phrased(self._articles, vectors, APART)
        vectors.keep([ELSEWHERE, *texts_of(self._shelves.texts), *self._phrased.texts])

    def rank(self, parts: Sequence[tuple[str, float]], language: str) -> Ranking:
        """The articles for a question in a language, whose parts have weights; the first one asks.
        Raises Unreachable."""
        import numpy as np

        texts = [text for text, _ in parts]
        weights = np.array([weight for _, weight in parts], dtype=np.float32)
        vector = weights @ encoder.encode(texts)
        vector /= np.linalg.norm(vector) or 1.0
        if not self._slugs:
            return Ranking({}, vector)
        measured = self.measure(texts[0], vector, language)
        scores, weighing = measured.scores(), measured.weighing()
        near = float(measured.whole.max())
        here = float(np.exp(SHARPNESS * (measured.whole - near)).sum())
        total = here / (here + float(np.exp(SHARPNESS * (measured.elsewhere - near))))
        top = float(scores.max())
        powers = np.exp(scores - top)
        lacking = max(0, FEW - len(self._slugs)) * float(np.exp(weighing.whole * USUAL - top))
        parts_of = powers / (powers.sum() + lacking)
        order = np.argsort(-scores)
        shares = {self._slugs[number]: total * float(parts_of[number]) for number in order}
        return Ranking(shares, vector, near, total, measured.chance(float(parts_of.max())))

    def measure(self, text: str, vector: Array, language: str) -> Measured:
        """How near each article is, in every way."""
        import numpy as np

        measures = np.column_stack([self._shelves.nearest(vector), self._shelves.means @ vector])
        # An article without text has fewer measures.
        whole = self._averaged(np.nanmean(measures, axis=1) * (KINDS + 1))
        near, worth = self._words.near(asked_words(text, language))
        second, slugs = self._opinion, self._slugs
        return Measured(
            whole,
            self._nearest(worth),
            self._nearest(near),
            None if second is None else second.of(text, slugs).sum(axis=0),
            ELSEWHERE_WEIGHT * float((self._elsewhere @ vector).max(initial=0.0)),
            self._phrased.near(vector, slugs),
            0.0 if second is None else second.told(text, slugs),
        )

    def _nearest(self, each: Any) -> Any:
        """For each word and article the nearest of its languages."""
        import numpy as np

        found = np.full((len(each), len(self._slugs)), -1.0)
        np.maximum.at(found.T, self._owner, each.T)
        return found

    def _averaged(self, each: Any) -> Any:
        """A number for each article, the average of those of its languages."""
        import numpy as np

        return np.bincount(self._owner, weights=each) / np.bincount(self._owner)

    def with_opinion(self, opinion: Opinion | None) -> Meaning:
        """The same, in which a second model has a say, where there is one."""
        other = copy.copy(self)
        other._opinion = opinion
        other.is_whole = True
        return other

    def sections(self, article: Article, ranking: Ranking) -> list[tuple[Section, float]]:
        """The article's sections, the nearest first, each with how near it is (about 0..2)."""
        number = self._numbers[article.slug, article.language]
        texts = self._shelves.texts[number]
        near = self._shelves.rows(number) @ ranking.vector
        whole = dict.fromkeys(range(len(article.sections)), 0.0)
        best = dict(whole)
        for entry, value in zip(texts, near, strict=True):
            if entry.kind == SECTION:
                whole[entry.section] = float(value)
            elif entry.section >= 0:
                best[entry.section] = max(best[entry.section], float(value))
        found = [(article.sections[number], whole[number] + best[number]) for number in whole]
        return sorted(found, key=lambda pair: -pair[1])

    def sentences(self, section: Section, ranking: Ranking) -> list[float]:
        """How near each sentence of a section is; 0 where sentences were left out."""
        shelf = self._numbers[section.slug, section.language]
        place = self._articles[shelf].sections.index(section)
        near = [0.0] * len(section.sentences)
        rows = self._shelves.rows(shelf) @ ranking.vector
        for entry, value in zip(self._shelves.texts[shelf], rows, strict=True):
            if entry.kind == SENTENCE and entry.section == place:
                near[entry.sentence] = float(value)
        return near


def _shelves(articles: Sequence[Article], vectors: Vectors) -> Shelves:
    """In the site's database where that can find them and they are many, else in memory."""
    shelves = all_texts(articles)
    if sum(map(len, shelves)) > database.FROM and (connection := database.connect()):
        try:
            return database.Stored(shelves, vectors, connection)
        except Unreachable:
            logger.exception("Vectors are held in memory.")
    return Held(_lean(shelves), vectors)


def all_texts(articles: Sequence[Article]) -> list[list[Text]]:
    """The texts of each article, sorted by their kinds."""
    return [sorted(texts(article), key=lambda entry: entry.kind) for article in articles]


def shelves_of(articles: Sequence[Article]) -> list[list[Text]]:
    """The texts of each article that are held in memory."""
    return _lean(all_texts(articles))


def _lean(shelves: list[list[Text]]) -> list[list[Text]]:
    """Of very many texts those that are no sentences."""
    if sum(map(len, shelves)) <= MOST_TEXTS:
        return shelves
    return [[entry for entry in texts if entry.kind != SENTENCE] for texts in shelves]


def plain(markdown: str) -> str:
    """The words of Markdown on one line."""
    return " ".join(_MARKS.sub("", _MARKER.sub("", markdown)).split())


def texts(article: Article) -> Iterable[Text]:
    yield Text(NAME, -1, -1, plain(article.title))
    for words in article.keywords:
        yield Text(NAME, -1, -1, words)
    for number, section in enumerate(article.sections):
        if section.heading:
            yield Text(NAME, number, -1, plain(f"{article.title}: {section.heading}"))
        heading = section.heading or article.title
        yield Text(SECTION, number, -1, plain(f"{heading}. {section.text}"))
        for place, sentence in enumerate(section.sentences):
            yield Text(SENTENCE, number, place, plain(sentence))
