"""A help article as HTML: Markdown without raw HTML, and an anchor on every section."""

from __future__ import annotations

from functools import lru_cache

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from . import bidi, markdown
from .articles import Article, anchors, without_title
from .language import direction


def render_article(article: Article) -> SafeString:
    """The article's body without its title, which the page shows itself.

    Raw HTML in the file is shown as text, links lead to http(s), mailto or this site only, images
    that are no file of this site are links, and headings carry the anchors that citations point at.
    """
    tokens = _parser().parse(article.text)
    if markdown.is_too_large(tokens, article.text):
        return markdown.unformatted(without_title(article.text).strip())
    markdown.restrict(tokens)
    _drop_title(tokens)
    _set_anchors(tokens, article)
    bidi.direct(tokens, direction(article.language))
    # Safe: html is off and markdown-it's link check is on, so the parser escapes all the rest.
    body: str = _parser().renderer.render(tokens, _parser().options, {})
    return mark_safe(body)  # noqa: S308


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # The default would also allow data:image addresses.
    return markdown.parser(is_link)


def is_link(url: str) -> bool:
    """Whether a link of an article may be followed; else it stays text."""
    scheme, colon, _ = url.strip().lower().partition(":")
    if not colon or any(mark in scheme for mark in "/?#"):
        return True
    return scheme in ("http", "https", "mailto")


def _drop_title(tokens: list[Token]) -> None:
    for at, token in enumerate(tokens):
        if token.type == "heading_open" and token.tag == "h1":
            del tokens[at : at + 3]
            return


def _set_anchors(tokens: list[Token], article: Article) -> None:
    """By the lines of the headings: one that is read otherwise here has none, and no other does
    without. A heading without text below it is no section."""
    by_line = anchors(article)
    for at, token in enumerate(tokens):
        if token.type != "heading_open":
            continue
        if token.tag == "h1":  # only the page's own title is one
            token.tag = tokens[at + 2].tag = "h2"
        if token.map and token.map[0] in by_line:
            token.attrSet("id", by_line[token.map[0]])


def render_passage(markdown_text: str, language: str) -> SafeString:
    """A piece of an article's section, as its page shows it."""
    tokens = _parser().parse(markdown_text)
    if markdown.is_too_large(tokens, markdown_text):
        return markdown.unformatted(markdown_text)
    markdown.restrict(tokens)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = "p"
    bidi.direct(tokens, direction(language))
    body: str = _parser().renderer.render(tokens, _parser().options, {})
    return mark_safe(body)  # noqa: S308  (as above)


def first_words(markdown_text: str) -> str:
    """The text of the first paragraph or list item, as a page shows it; "" where it has none."""
    for token in _parser().parse(markdown_text):
        if token.type == "inline":
            shown = (child.content or " " for child in token.children or () if not child.nesting)
            return " ".join("".join(shown).split())
    return ""
