"""The index of the help articles, with search."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ..knowledge import Article, Knowledge, Match
from ..knowledge.citing import article_url, passage_url, section_url
from ..knowledge.language import direction, name, primary
from . import options
from .readers import for_readers
from .views import QUESTION, base_context, knowledge_for

PATIENCE = 2.0  # seconds that a search waits for the vectors of the articles
PASSAGES = 8
PER_PAGE = 60  # articles of the list: full rows of one to five columns
SUMMARY = 160  # characters of an article's beginning


@dataclass(frozen=True)
class Passage:
    """A section that answers: where it leads, and what it says."""

    heading: str
    url: str
    body: SafeString


@dataclass
class Hits:
    """The passages of one article, best first. `written_in` is its language, "" for the
    reader's."""

    article: Article
    direction: str
    written_in: str
    url: str
    passages: list[Passage] = field(default_factory=list)


@dataclass(frozen=True)
class Entry:
    """An article in the list, with the beginning of its text."""

    article: Article
    direction: str
    written_in: str
    url: str
    summary: str


@require_safe
@for_readers
@never_cache
def index(request: HttpRequest) -> HttpResponse:
    """All articles, each in the reader's language or else, said so, in another, some at a time:
    `?page=NUMBER`. With `?q=TEXT` the passages that answer it, under their articles; where none
    does, the nearest articles.
    """
    knowledge = knowledge_for(request)
    if isinstance(knowledge, HttpResponse):
        return knowledge
    language = primary(get_language() or "en")
    query = " ".join(request.GET.get("q", "").replace("\x00", " ").split())[:QUESTION]
    context = base_context() | {
        "title": options.title(),
        "query": query,
        "workflow": request.GET.get("workflow", ""),
        "longest": QUESTION,
        "hits": [],
        "nearest": [],
    }
    if query:
        found = knowledge.search(query, language=language, limit=PASSAGES, patience=PATIENCE)
        context["hits"] = hits(knowledge, found.matches, language)
        context["nearest"] = [entry(article, language) for article in found.nearest]
    else:
        context |= listed(knowledge.catalogue(language), request.GET, language)
    return render(request, "chatkit/help.html", context)


def listed(articles: Sequence[Article], asked: QueryDict, language: str) -> dict[str, object]:
    """The page of the list that `?page=NUMBER` names, or the nearest, and the way to the others."""
    paginator = Paginator(articles, PER_PAGE)
    shown = paginator.get_page(asked.get("page"))
    workflow = asked.get("workflow", "")
    kept = {"workflow": workflow} if workflow else {}
    return {
        "shown": shown,
        "entries": [entry(article, language) for article in shown],
        "pages": paginator.get_elided_page_range(shown.number, on_each_side=2),
        "elided": paginator.ELLIPSIS,
        "pages_at": f"?{urlencode(kept | {'page': ''})}",
    }


def hits(knowledge: Knowledge, matches: Iterable[Match], language: str) -> list[Hits]:
    """The matches by article, in the order of their best."""
    from ..knowledge.html import first_words, render_passage  # loads the Markdown parser

    found: dict[tuple[str, str], Hits] = {}
    for match in matches:
        section = match.section
        article = knowledge.article(section.slug, section.language)
        if article is None:  # archived just now
            continue
        text = "\n\n".join(match.sentences)
        hit = found.setdefault(
            (section.language, section.slug),
            Hits(
                article,
                direction(section.language),
                foreign(section.language, language),
                article_url(article),
            ),
        )
        words = "" if text.startswith(("|", "```", "~~~")) else first_words(text)
        hit.passages.append(
            Passage(
                section.heading,
                passage_url(section, words) if words else section_url(section),
                render_passage(text, section.language),
            )
        )
    return list(found.values())


def entry(article: Article, language: str) -> Entry:
    from ..knowledge.html import first_words

    text = article.sections[0].text if article.sections else ""
    summary = "" if text.startswith(("|", "```", "~~~")) else first_words(text)
    if len(summary) > SUMMARY:
        summary = summary[:SUMMARY].rsplit(" ", 1)[0].rstrip(" ,;:.") + "…"
    written = foreign(article.language, language)
    return Entry(article, direction(article.language), written, article_url(article), summary)


def foreign(written: str, language: str) -> str:
    """The name of the language that a text is written in, "" for the reader's."""
    return "" if written == language else name(written)
