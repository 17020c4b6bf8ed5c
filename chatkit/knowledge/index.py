"""Retrieval: one language's articles in an in-memory SQLite FTS5 index, ranked by bm25.

The question's words have weights: rare ones more than usual ones. A section is accepted only if
it, with its article's title and keywords, covers enough of that weight: more where only one of
the words is found, or where none is in the title, the heading or the keywords.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import NamedTuple
from weakref import finalize

from .articles import Article, Section, is_item
from .terms import Term, Vocabulary

# bm25 weights of the columns title, keywords, heading, body and phrasings: all of them choose the
# article, the section's own columns choose among its sections.
WEIGHTS = "5, 4, 3, 1, 0.5"
OWN_WEIGHTS = "0, 0, 4, 1, 0"
COVERAGE = 0.4  # the share of the weight that a section must cover
COVERAGE_WEAK = 0.6  # the same, where only one word is found, or none in a title
BODY = 0.7  # the worth of a term that occurs only in the running text
KEEP = 0.6  # the share of the best match's score that a further match must reach
NEAR = 0.25  # the share of the weight that an article covers which is offered as near
FEW = 3  # sentences; an answer with fewer gets a further section of its article
ALIKE = 0.75  # the share of stems that a question has in common with a phrasing that it is
TOLD = 1_000.0  # added to the score of an article that the editors named for the question
QUOTED = 5  # sentences of one section, unless a numbered list ends later


@dataclass(frozen=True)
class Match:
    """A section that answers, and its best sentences for the question, verbatim and in order."""

    section: Section
    score: float
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What a language's index found: matches if it covers the question, and the articles that
    cover some of it, best first."""

    matches: tuple[Match, ...]
    coverage: float
    near: tuple[Article, ...]
    # Articles whose titles have a word of the question that the best match lacks.
    rivals: tuple[Article, ...] = ()
    # Every word is in the best match's title, heading, keywords or phrasings.
    certain: bool = False
    # It is nearly one of the best match's phrasings: an editor has said that this answers it.
    told: bool = False


@dataclass(frozen=True)
class _Row:
    number: int
    section: Section
    article: Article
    title: frozenset[str]  # stems of the article's title
    topic: frozenset[str]  # stems of title and heading
    keywords: tuple[frozenset[str], ...]  # stems, keyword by keyword
    sentences: tuple[frozenset[str], ...]  # stems, sentence by sentence
    phrasings: tuple[frozenset[str], ...]  # stems, phrasing by phrasing

    def is_told(self, asked: Container[str], count: int) -> bool:
        """Whether the question, of so many stems, is nearly one of the article's phrasings."""
        return any(
            ALIKE * (count + len(phrasing) - held) <= held
            for phrasing in self.phrasings
            if (held := sum(stem in asked for stem in phrasing))
        )

    def worth(self, stem: str, asked: Container[str]) -> float:
        """The share of a term's weight that counts here, 0..1. For a keyword of several words,
        the share that the question has of it: "best" alone does not ask for "best sellers". That of
        a phrasing is worth less: it has everyday words, and an article may have very many."""
        if stem in self.topic:
            return 1.0
        shares = [
            sum(word in asked for word in keyword) / len(keyword)
            for keyword in self.keywords
            if stem in keyword
        ]
        shares += [
            BODY * sum(word in asked for word in phrasing) / len(phrasing)
            for phrasing in self.phrasings
            if stem in phrasing
        ]
        if any(stem in sentence for sentence in self.sentences):
            shares.append(BODY)
        return max(shares, default=0.0)


class _Hit(NamedTuple):
    number: int  # of the row
    bm25: float  # higher is better, here and below
    own: float  # bm25 without title and keywords


class _Scored(NamedTuple):
    row: _Row
    score: float
    own: float
    coverage: float
    accepted: bool
    told: bool  # its article was named for the question


class Index:
    """The articles of one language. Immutable and safe to use from several threads."""

    def __init__(self, articles: Iterable[Article], language: str) -> None:
        self.vocabulary = Vocabulary(language)
        self._rows: list[_Row] = []
        # All threads use one connection, one at a time.
        self._lock = Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        finalize(self, self._database.close)
        self._database.execute(
            "CREATE VIRTUAL TABLE section USING fts5(title, keywords, heading, body, phrasings, "
            "tokenize = 'unicode61 remove_diacritics 2')"
        )
        for article in articles:
            self._add(article)

    def search(self, question: str, limit: int) -> Result:
        """Rank the sections. `matches` is empty unless an article covers the question."""
        terms = self.vocabulary.terms(question)
        found = [self._score(hit, terms) for hit in self._lookup(terms)]
        articles: dict[Article, list[_Scored]] = defaultdict(list)
        for scored in sorted(found, key=lambda scored: -scored.score):
            articles[scored.row.article].append(scored)
        accepted = [shelf for shelf in articles.values() if any(one.accepted for one in shelf)]
        matches: list[Match] = []
        for row, score in sorted(chain(*map(_sections, accepted)), key=lambda pair: -pair[1]):
            leader = matches[0] if matches else None
            few = sum(len(match.sentences) for match in matches) < FEW
            if (
                leader is None
                or score >= KEEP * leader.score
                or (few and row.section.slug == leader.section.slug)
            ):
                matches.append(Match(row.section, score, _quote(row, terms.values())))
            if len(matches) == limit:
                break
        coverage = max((one.coverage for one in found), default=0.0)
        near = [
            article
            for article, shelf in articles.items()
            if max(one.coverage for one in shelf) >= NEAR
        ]
        if not matches:
            return Result((), coverage, tuple(near))
        first = next(one for one in found if one.row.section == matches[0].section)
        best = first.row
        certain = all(best.worth(stem, terms) > BODY for stem in terms)
        rivals = _rivals(best, terms, articles)
        return Result(tuple(matches), coverage, tuple(near), rivals, certain, first.told)

    def within(self, question: str, slug: str, limit: int) -> tuple[Match, ...]:
        """The sections of one article that have words of the question, the best first."""
        terms = self.vocabulary.terms(question)
        hits = [hit for hit in self._lookup(terms) if self._rows[hit.number].section.slug == slug]
        hits = sorted((hit for hit in hits if hit.own > 0), key=lambda hit: -hit.own)
        return tuple(
            Match(row.section, hit.own, _quote(row, terms.values()))
            for hit in hits[:limit]
            if hit.own >= KEEP * hits[0].own and (row := self._rows[hit.number])
        )

    @staticmethod
    def quote(section: Section, near: Sequence[float], score: float) -> Match:
        """A section that answers by its meaning, with its sentences that are nearest."""
        return Match(section, score, _passage(section.sentences, near))

    def _score(self, hit: _Hit, terms: dict[str, Term]) -> _Scored:
        row = self._rows[hit.number]
        worths = {stem: row.worth(stem, terms) for stem in terms}
        held = sum(worths[term.stem] * term.quality * term.weight for term in terms.values())
        coverage = held / sum(term.weight for term in terms.values())
        several = sum(worth > 0 for worth in worths.values()) > 1
        topical = any(worth > BODY for worth in worths.values())
        enough = COVERAGE if topical and several else COVERAGE_WEAK
        # One word in the running text is not enough: "what is your name".
        accepted = coverage >= enough and (several or topical)
        score = hit.bm25 * (1 + coverage)
        if row.is_told(terms, len(terms)):
            return _Scored(row, TOLD + score, hit.own, 1.0, True, True)
        return _Scored(row, score, hit.own, coverage, accepted, False)

    def _add(self, article: Article) -> None:
        read = self.vocabulary.read
        title = read(article.title)
        keywords = [stems for keyword in article.keywords if (stems := read(keyword))]
        phrasings = [stems for text in article.phrasings if (stems := read(text))]
        seen = {*title, *chain(*keywords), *chain(*phrasings)}
        for section in article.sections:
            heading = read(section.heading)
            sentences = [read(sentence) for sentence in section.sentences]
            columns = (title, chain(*keywords), heading, chain(*sentences), chain(*phrasings))
            self._database.execute(
                "INSERT INTO section (rowid, title, keywords, heading, body, phrasings) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                (len(self._rows), *map(" ".join, columns)),
            )
            self._rows.append(
                _Row(
                    len(self._rows),
                    section,
                    article,
                    frozenset(title),
                    frozenset([*title, *heading]),
                    tuple(map(frozenset, keywords)),
                    tuple(map(frozenset, sentences)),
                    tuple(map(frozenset, phrasings)),
                )
            )
            seen.update(heading, *sentences)
        self.vocabulary.count(seen)

    def _lookup(self, terms: Iterable[str]) -> list[_Hit]:
        """The sections that have any of the stems."""
        # Quoted, so that no term is read as an operator.
        query = " OR ".join('"' + term.replace('"', '""') + '"' for term in terms)
        if not query:
            return []
        with self._lock:
            found = self._database.execute(
                f"SELECT rowid, -bm25(section, {WEIGHTS}), -bm25(section, {OWN_WEIGHTS}) "  # noqa: S608
                "FROM section WHERE section MATCH ?",
                (query,),
            ).fetchall()
        return [_Hit(*row) for row in found]


def _rivals(
    best: _Row, terms: dict[str, Term], articles: dict[Article, list[_Scored]]
) -> tuple[Article, ...]:
    """For "How do I delete a customer?", where a passage has "delete" and not "customer", and its
    article is about neither: the articles about customers."""
    lacking = {stem for stem in terms if not best.worth(stem, terms)}
    few = len(lacking) * 2 <= len(terms) and len(terms) > 2
    if few or not best.title.isdisjoint(terms):
        return ()
    return tuple(
        article
        for article, shelf in articles.items()
        if article.slug != best.section.slug and not lacking.isdisjoint(shelf[0].row.title)
    )


def _sections(article: list[_Scored]) -> list[tuple[_Row, float]]:
    """The sections of an article with scores: the best gets the article's score, the others a
    part of it, in the proportion of their own bm25."""
    score = max(one.score for one in article)
    most = max(one.own for one in article)
    if not most:  # only its title or keywords match: it is quoted from the start
        rows = sorted((one.row for one in article), key=lambda row: row.number)
        return [(row, score) for row in rows]
    return [(one.row, score * one.own / most) for one in article]


def _quote(row: _Row, terms: Iterable[Term]) -> tuple[str, ...]:
    weights = {term.stem: term.quality * term.weight for term in terms}
    weighted = [sum(weights.get(stem, 0.0) for stem in stems) for stems in row.sentences]
    return _passage(row.section.sentences, weighted)


def _passage(sentences: tuple[str, ...], weighted: Sequence[float]) -> tuple[str, ...]:
    """The consecutive sentences with the most weight; a list that begins is quoted to its end."""
    starts = range(max(1, len(sentences) - QUOTED + 1))
    start = max(starts, key=lambda first: (sum(weighted[first : first + QUOTED]), -first))
    end = min(start + QUOTED, len(sentences))
    while start > 0 and is_item(sentences[start]):
        start -= 1  # to the list's first item and the sentence that introduces it
    while 0 < end < len(sentences) and is_item(sentences[end - 1]) and is_item(sentences[end]):
        end += 1
    return sentences[start:end]
