"""How a section of an article is cited: by a title, and by its place on the article's page."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from .articles import Article, Section
from .language import primary

MARKED = 12  # words that an address names in full, before it names the first and the last ones


def section_title(section: Section) -> str:
    """`Article – Heading`; the article's title alone for the part before its first heading."""
    return f"{section.title} – {section.heading}" if section.heading else section.title


def section_url(section: Section, reader: str = "") -> str:
    """The article's page, at the section's heading; "" where the site does not serve it. `reader`
    is the language of who follows the link, where that is another than the active one."""
    url = _page(section.slug, section.workflow_id, section.language, reader)
    return f"{url}#{section.anchor}" if url and section.anchor else url


def page_url(section: Section) -> str:
    """The page of a section's article; "" where the site does not serve it."""
    return _page(section.slug, section.workflow_id, section.language)


def article_url(article: Article) -> str:
    """The article's page; "" where the site does not serve it."""
    own = article.sections[0].workflow_id if article.sections else ""
    return _page(article.slug, own, article.language)


def _page(slug: str, workflow_id: str, language: str, reader: str = "") -> str:
    """It names the language where the reader's own would show another text."""
    try:
        url = reverse("chatkit:help-article", args=[slug])
    except NoReverseMatch:  # the site includes our addresses under another namespace, or not at all
        return ""
    query = {"workflow": workflow_id} if workflow_id else {}
    if language != primary(reader or get_language() or ""):
        query["language"] = language
    return f"{url}?{urlencode(query)}" if query else url


def passage_url(section: Section, words: str) -> str:
    """The same; the browser marks `words`, the beginning of a paragraph as the page shows it."""
    url = section_url(section)
    found = words.split()
    if not url or not found:
        return url
    text = [" ".join(found)] if len(found) <= MARKED else [" ".join(found[:5])]
    if len(found) > MARKED:
        text.append(" ".join(found[-5:]))
    # A hyphen and a comma have a meaning of their own there.
    directive = ",".join(quote(piece, safe="").replace("-", "%2D") for piece in text)
    return f"{url}{'' if section.anchor else '#'}:~:text={directive}"


def cited_section(section: Section, reader: str = "") -> dict[str, str]:
    """The section as a run's record names it among what was cited; `reader` as in `section_url`."""
    return {
        "article": section.slug,
        "section": section.heading,
        "language": section.language,
        "url": section_url(section, reader),
    }
