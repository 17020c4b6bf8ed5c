"""Retrieval: one language's articles in an in-memory SQLite FTS5 index, ranked by bm25.

A question is accepted only if a section is about it: the section, with its article's title and
keywords, must hold enough of what the question's words tell: more of it where one word alone is
found, or where none of them is in the title, the heading or the keywords.
"""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Container, Iterable
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import NamedTuple
from weakref import finalize

from .articles import Article, Section, is_item
from .terms import Term, Vocabulary

# bm25 weights of the columns title, keywords, heading and body: which article answers is told by
# all of them, which of its sections by the section's own words.
WEIGHTS = "5, 4, 3, 1"
OWN_WEIGHTS = "0, 0, 4, 1"
COVERAGE = 0.4  # of what the question's words tell, that an accepted section must hold
COVERAGE_WEAK = 0.6  # the same, where one word alone is found, or none of a title
BODY = 0.7  # what a term is worth that occurs in the running text alone
KEEP = 0.55  # of the best match's score, that a further match must reach
FEW = 3  # sentences; an answer with fewer takes in one more section of its article
QUOTED = 5  # sentences of one section, unless a numbered list ends later


@dataclass(frozen=True)
class Match:
    """A section that answers, and its best sentences for the question: verbatim, in order."""

    section: Section
    score: float
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    """What a language's index found: matches if it covers the question, and ranked articles."""

    matches: tuple[Match, ...]
    coverage: float
    ranked: tuple[Article, ...]


@dataclass(frozen=True)
class _Row:
    number: int
    section: Section
    article: Article
    topic: frozenset[str]  # stems of title and heading
    keywords: tuple[frozenset[str], ...]  # stems, keyword by keyword
    sentences: tuple[frozenset[str], ...]  # stems, sentence by sentence

    def worth(self, stem: str, asked: Container[str]) -> float:
        """How much of a term's weight counts here, 0..1. Of a keyword of several words, as much
        as is asked for: "best" alone is no question about "best sellers"."""
        if stem in self.topic:
            return 1.0
        shares = [
            sum(word in asked for word in keyword) / len(keyword)
            for keyword in self.keywords
            if stem in keyword
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


class Index:
    """The articles of one language. Immutable and safe to use from several threads."""

    def __init__(self, articles: Iterable[Article], language: str) -> None:
        self.vocabulary = Vocabulary(language)
        self._rows: list[_Row] = []
        # One connection, one lock: SQLite would otherwise refuse it to other threads.
        self._lock = Lock()
        self._database = sqlite3.connect(":memory:", check_same_thread=False)
        finalize(self, self._database.close)
        self._database.execute(
            "CREATE VIRTUAL TABLE section USING fts5(title, keywords, heading, body, "
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
            first = matches[0] if matches else None
            few = sum(len(match.sentences) for match in matches) < FEW
            if (
                first is None
                or score >= KEEP * first.score
                or (few and row.section.slug == first.section.slug)
            ):
                matches.append(Match(row.section, score, _quote(row, terms.values())))
            if len(matches) == limit:
                break
        coverage = max((one.coverage for one in found), default=0.0)
        return Result(tuple(matches), coverage, tuple(articles))

    def _score(self, hit: _Hit, terms: dict[str, Term]) -> _Scored:
        row = self._rows[hit.number]
        worths = {stem: row.worth(stem, terms) for stem in terms}
        held = sum(worths[term.stem] * term.quality * term.weight for term in terms.values())
        coverage = held / sum(term.weight for term in terms.values())
        several = sum(worth > 0 for worth in worths.values()) > 1
        topical = any(worth > BODY for worth in worths.values())
        enough = COVERAGE if topical and several else COVERAGE_WEAK
        # A single word of the text proves nothing: "what is your name".
        accepted = coverage >= enough and (several or topical)
        return _Scored(row, hit.bm25 * (1 + coverage), hit.own, coverage, accepted)

    def _add(self, article: Article) -> None:
        read = self.vocabulary.read
        title = read(article.title)
        keywords = [stems for keyword in article.keywords if (stems := read(keyword))]
        seen = {*title, *chain(*keywords)}
        for section in article.sections:
            heading = read(section.heading)
            sentences = [read(sentence) for sentence in section.sentences]
            columns = (title, chain(*keywords), heading, chain(*sentences))
            self._database.execute(
                "INSERT INTO section (rowid, title, keywords, heading, body) "
                "VALUES (?, ?, ?, ?, ?)",
                (len(self._rows), *map(" ".join, columns)),
            )
            self._rows.append(
                _Row(
                    len(self._rows),
                    section,
                    article,
                    frozenset([*title, *heading]),
                    tuple(map(frozenset, keywords)),
                    tuple(map(frozenset, sentences)),
                )
            )
            seen.update(heading, *sentences)
        self.vocabulary.count(seen)

    def _lookup(self, terms: Iterable[str]) -> list[_Hit]:
        """Every section that has one of the stems."""
        # Quoted, a term is only ever a term; a stem holds letters and digits alone anyway.
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


def _sections(article: list[_Scored]) -> list[tuple[_Row, float]]:
    """The sections of an article with scores: the best has the article's own, the others as much
    of it as their words tell beside that one's."""
    score = max(one.score for one in article)
    most = max(one.own for one in article)
    if not most:  # its title and keywords alone answer: it is read from the start
        rows = sorted((one.row for one in article), key=lambda row: row.number)
        return [(row, score) for row in rows]
    return [(one.row, score * one.own / most) for one in article]


def _quote(row: _Row, terms: Iterable[Term]) -> tuple[str, ...]:
    """The run of sentences that tells the most about the terms; a list begun is quoted whole."""
    weights = {term.stem: term.quality * term.weight for term in terms}
    told = [sum(weights.get(stem, 0.0) for stem in stems) for stems in row.sentences]
    sentences = row.section.sentences
    starts = range(max(1, len(sentences) - QUOTED + 1))
    start = max(starts, key=lambda first: (sum(told[first : first + QUOTED]), -first))
    end = min(start + QUOTED, len(sentences))
    while start > 0 and is_item(sentences[start]):
        start -= 1  # to the list's first item and the sentence that introduces it
    while 0 < end < len(sentences) and is_item(sentences[end - 1]) and is_item(sentences[end]):
        end += 1
    return sentences[start:end]
