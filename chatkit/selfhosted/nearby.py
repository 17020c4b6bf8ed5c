"""What a help desk offers to ask next: parts of the articles near by that really have an answer."""

from __future__ import annotations

from collections.abc import Iterator

from ..knowledge import Article, Section, knowledge_of
from ..knowledge.citing import section_title
from ..knowledge.library import Knowledge

MOST = 3
TRIED = 8  # each is a search


def nearby(question: str, language: str, workflow_id: str) -> list[str]:
    """Headings and titles that answer, beginning with those behind the passage that answered this
    question. On a thread of its own: it searches several times."""
    knowledge = knowledge_of(workflow_id)
    findings = knowledge.search(question, language=language)
    if not findings.matches:
        return []
    said = {_place(match.section) for match in findings.matches}
    found: list[str] = []
    for number, section in enumerate(_around(knowledge, findings.matches[0].section)):
        if number == TRIED or len(found) == MOST:
            break
        text = next((text for text in _phrased(section) if _answers(knowledge, text, section)), "")
        if text and _place(section) not in said:
            said.add(_place(section))
            found.append(text)
    return found


def _around(knowledge: Knowledge, section: Section) -> Iterator[Section]:
    """The other sections of its article, those behind it first; then the articles next to it."""
    article = knowledge.article(section.slug, section.language)
    sections = list(article.sections) if article is not None else []
    at = next((n for n, one in enumerate(sections) if one.anchor == section.anchor), 0)
    yield from [*sections[at + 1 :], *sections[:at]]
    everything = knowledge.catalogue(section.language)
    place = next((n for n, one in enumerate(everything) if one.slug == section.slug), 0)
    for other in [*everything[place + 1 :], *everything[:place]]:
        if other.language == section.language and other.sections:
            yield _first(other)


def _first(article: Article) -> Section:
    return article.sections[0]


def _phrased(section: Section) -> list[str]:
    """As a question of its own, and with the article's title where that is not enough."""
    return list(dict.fromkeys([section.heading or section.title, section_title(section)]))


def _answers(knowledge: Knowledge, text: str, section: Section) -> bool:
    matches = knowledge.search(text, language=section.language).matches
    return bool(matches) and matches[0].section.slug == section.slug


def _place(section: Section) -> tuple[str, str]:
    return section.slug, section.anchor
