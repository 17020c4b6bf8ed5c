"""How a section of an article is cited: by a title, and by its place on the article's page."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from django.urls import NoReverseMatch, reverse

from .articles import Article, Section

MARKED = 12  # words that an address names in full, before it names the first and the last ones


def section_title(section: Section) -> str:
    """`Article – Heading`; the article's title alone for the part before its first heading."""
    return f"{section.title} – {section.heading}" if section.heading else section.title


def section_url(section: Section) -> str:
    """The article's page, at the section's heading; "" where the site does not serve it."""
    url = _page(section.slug, section.workflow_id)
    return f"{url}#{section.anchor}" if url and section.anchor else url


def page_url(section: Section) -> str:
    """The page of a section's article; "" where the site does not serve it."""
    return _page(section.slug, section.workflow_id)


def article_url(article: Article) -> str:
    """The article's page; "" where the site does not serve it."""
    return _page(article.slug, article.sections[0].workflow_id if article.sections else "")


def _page(slug: str, workflow_id: str) -> str:
    try:
        url = reverse("chatkit:help-article", args=[slug])
    except NoReverseMatch:  # the site includes our addresses under another namespace, or not at all
        return ""
    return f"{url}?{urlencode({'workflow': workflow_id})}" if workflow_id else url


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


def cited_section(section: Section) -> dict[str, str]:
    """The section as a run's record names it among what was cited."""
    return {
        "article": section.slug,
        "section": section.heading,
        "language": section.language,
        "url": section_url(section),
    }
