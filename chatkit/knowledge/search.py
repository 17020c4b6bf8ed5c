"""What is found for a question: passages that answer it, or topics to ask back with, or neither.

The word index finds an answer and quotes it. Where the extra `semantic` is installed, the meaning
of the question finds articles in other words and languages, and has a say where both disagree.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .articles import Article, Section
from .detection import detect
from .index import Index, Match, Result
from .language import names_no_topic
from .meaning import NEAR, Meaning, Ranking
from .opposites import contrary, leaning
from .question import Question, refers_back
from .shelves import Unreachable
from .terms import names

if TYPE_CHECKING:
    from .library import Library

logger = logging.getLogger("chatkit.knowledge")

MAX_QUESTION = 2_000  # characters read of a question
MOST_BEFORE = 3  # earlier questions that are read
NEAREST = 3  # topics offered at most
RARE = 0.08  # the share of all articles together under which none is near
AGREED = 0.35  # the chance from which the article answers that words and meaning both find
LOST = 0.08  # the share of an article under which even all its words are no answer
WHOLLY = 0.9  # how much of a question words cover that are as good as all of it
BESIDE = 0.12  # the share from which another article's passage may stand beside the answer
NOUNS = {"de", "lb"}  # languages that write all nouns as others write names
SECOND = 0.9  # of the best section's nearness, from which another one of its article is quoted


@dataclass(frozen=True)
class Findings:
    """What a search found: `matches`, best first. Without any the `nearest` topics, which may be
    none; `asks` where they are near enough to ask which of them was meant."""

    language: str  # of the question
    matches: tuple[Match, ...]
    nearest: tuple[Article, ...]
    asks: bool = False


@dataclass(frozen=True)
class Search:
    """Where a question is looked up, and how: in which language people see the site, and for how
    many sections."""

    library: Library
    meaning: Meaning | None
    interface: str
    limit: int


def find(search: Search, text: str, before: Sequence[str] = ()) -> Findings:
    """`before` has the earlier questions of the conversation, the latest last."""
    try:
        return _find(search, text, before)
    except Unreachable:
        logger.exception("A question is read by its words alone.")
        return _find(replace(search, meaning=None), text, before)


def _find(search: Search, text: str, before: Sequence[str]) -> Findings:
    question = Question.read(text[:MAX_QUESTION])
    before = [earlier[:MAX_QUESTION] for earlier in before[-MOST_BEFORE:]]
    if before:
        found = _pressed(search, question.text, before) or _followed(search, question.text, before)
        if found is not None:
            return found
        if refers_back(question.text):
            question = replace(question, text=f"{before[-1]}\n{question.text}")
    return _answer(search, question)


def _answer(search: Search, question: Question) -> Findings:
    library, meaning, limit = search.library, search.meaning, search.limit
    asked, result = library.ask(question.focus, search.interface, limit)
    if not result.matches and question.focus != question.text:
        asked, result = library.ask(question.text, asked, limit)
    if names_no_topic(question.text, asked):
        return Findings(asked, (), tuple(library.articles(asked))[:NEAREST], asks=True)
    if meaning is None:
        return _by_words(asked, result, question.focus)
    ranking = meaning.rank(question.parts, asked)
    # What it names and no article knows may be what it is about: "Can I pay with Bitcoin?"
    named = asked not in NOUNS and library.lacks(names(question.text))
    if result.matches:
        first = result.matches[0].section
        foreign = _is_foreign(library, first, ranking, question.focus, asked)
        if result.told or _is_meant(result, ranking, foreign):
            if not contrary(question.focus, first.heading):
                fit = _fit(result.matches, question.focus)
                return Findings(asked, _together(fit, ranking), ())
            found = _by_meaning(search, ranking, first.slug, asked, question.focus)
            if found:
                return Findings(asked, found, ())
            return _ask(library, asked, [first.slug, *ranking.near(NEAREST)])
        if result.rivals and not result.certain:
            slugs = [first.slug, *_slugs(result.rivals), *ranking.near(NEAREST)]
            return _ask(library, asked, [ranking.best, *slugs])
        if not foreign and (named or not ranking.sure):
            return _ask(library, asked, [ranking.best, first.slug, *ranking.near(NEAREST)])
    if ranking.sure and not named:
        found = _by_meaning(search, ranking, ranking.best, asked, question.focus)
        if found:
            return Findings(asked, found, ())
    if ranking.total >= NEAR:
        return _ask(library, asked, _nearest(ranking, result))
    slugs = _nearest(ranking, result) if ranking.total >= RARE else []
    return Findings(asked, (), _articles(library, slugs[:NEAREST], asked))


def _is_meant(result: Result, ranking: Ranking, foreign: bool) -> bool:
    """Whether what the words found is the answer. They and the meaning seldom err alike."""
    slug = result.matches[0].section.slug
    if result.rivals and not result.certain:
        return False
    if ranking.best == slug:
        return result.certain or ranking.chance >= AGREED
    whole = result.certain or (result.coverage >= WHOLLY and not foreign)
    return whole and not ranking.sure and ranking.shares.get(slug, 0.0) >= LOST


def _nearest(ranking: Ranking, result: Result) -> list[str]:
    """Two articles by their meaning, then the one with most of the words."""
    near = ranking.near(NEAREST)
    return list(dict.fromkeys([*near[:2], *_slugs(result.near[:1]), *near[2:]]))


def _is_foreign(
    library: Library, first: Section, ranking: Ranking, question: str, asked: str
) -> bool:
    """Whether a section answers in another language than the question's, or only since the article
    that is meant is not written in that language."""
    if first.language != asked:
        return detect(question) == asked
    meant = library.article(ranking.best, asked) if ranking.sure else None
    return meant is not None and meant.language != asked


def _by_words(asked: str, result: Result, question: str) -> Findings:
    """The answer where there are no vectors. An article whose title has a word that the passage
    lacks may be the one that was meant, and so may one that does not say the contrary."""
    fit = _fit(result.matches, question)
    if fit and not result.rivals and (result.told or fit[0] is result.matches[0]):
        return Findings(asked, fit, ())
    near = list(result.near)
    if result.matches:
        slug = result.matches[0].section.slug
        near.sort(key=lambda article: article.slug != slug)
        near = [near[0], *result.rivals] if near else list(result.rivals)
    topics = tuple(dict.fromkeys(near))[:NEAREST]
    return Findings(asked, (), topics, asks=bool(result.matches))


def _fit(matches: tuple[Match, ...], question: str) -> tuple[Match, ...]:
    """The passages without those that say the contrary."""
    return tuple(match for match in matches if not contrary(question, match.section.heading))


def _ask(library: Library, asked: str, slugs: Iterable[str]) -> Findings:
    nearest = list(dict.fromkeys(slugs))[:NEAREST]
    return Findings(asked, (), _articles(library, nearest, asked), asks=True)


def _together(matches: tuple[Match, ...], ranking: Ranking) -> tuple[Match, ...]:
    """The passages without those of articles that mean something else."""
    slug = matches[0].section.slug
    return tuple(
        match
        for match in matches
        if match.section.slug == slug or ranking.shares.get(match.section.slug, 0.0) >= BESIDE
    )


def _by_meaning(
    search: Search, ranking: Ranking, slug: str, asked: str, question: str
) -> tuple[Match, ...]:
    """The sections of an article that are nearest to the question, none that says the contrary.
    Where the nearest one does, those that speak of what is asked for go first: by their headings,
    or else by their text."""
    article, meaning = search.library.article(slug, asked), search.meaning
    if article is None or meaning is None:
        return ()
    found = meaning.sections(article, ranking)
    fit = [pair for pair in found if not contrary(question, pair[0].heading)]
    if fit[:1] != found[:1]:
        way = leaning(question)
        headed = [pair for pair in fit if leaning(pair[0].heading) == way]
        fit = headed or [pair for pair in fit if leaning(pair[0].text) == way] or fit
    found = fit
    return tuple(
        Index.quote(section, meaning.sentences(section, ranking), near)
        for section, near in found[:2]
        if near >= SECOND * found[0][1]
    )


def _pressed(search: Search, text: str, before: Sequence[str]) -> Findings | None:
    """The answer to the last question from the article that was chosen, by its title, among
    those that were offered."""
    slug = search.library.titled(text)
    if slug is None:
        return None
    earlier = find(search, before[-1], before[:-1])
    offered = slug in _slugs(earlier.nearest) and not earlier.matches
    if not offered or names_no_topic(before[-1], earlier.language):
        return None
    matches = _within(search, slug, before[-1], earlier.language)
    return Findings(earlier.language, matches, ()) if matches else None


def _followed(search: Search, text: str, before: Sequence[str]) -> Findings | None:
    """The answer to a question that leans on the last one, from the article that answered it."""
    if not refers_back(text):
        return None
    earlier = find(search, before[-1], before[:-1])
    if not earlier.matches:
        return None
    section = earlier.matches[0].section
    index = search.library.index(section.language)
    matches = index.within(text, section.slug, search.limit) if index else ()
    return Findings(earlier.language, matches[:1], ()) if matches else None


def _within(search: Search, slug: str, text: str, asked: str) -> tuple[Match, ...]:
    """What an article says on a question; its beginning where it has none of its words."""
    library, meaning = search.library, search.meaning
    article = library.article(slug, asked)
    index = library.index(article.language) if article else None
    if article is None or index is None or not article.sections:
        return ()
    if meaning is not None:
        found = _by_meaning(search, meaning.rank([(text, 1.0)], asked), slug, asked, text)
        if found:
            return found
    matches = index.within(text, slug, search.limit)
    first = article.sections[0]
    return matches or (Index.quote(first, [0.0] * len(first.sentences), 1.0),)


def _slugs(articles: Iterable[Article]) -> list[str]:
    return [article.slug for article in articles]


def _articles(library: Library, slugs: Iterable[str], language: str) -> tuple[Article, ...]:
    found = (library.article(slug, language) for slug in slugs)
    return tuple(article for article in found if article is not None)
