"""Markdown of conversations as HTML that does nothing by itself."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ..knowledge import bidi, markdown

# The highest heading of a message: the page itself uses h1 to h3.
HIGHEST = 4


def is_safe_url(url: str) -> bool:
    """Whether a link may be followed from an admin page: the web, mail, or this site."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    if parts.scheme:
        return parts.scheme in ("http", "https", "mailto")
    return url.startswith("/") and not url.startswith(("//", "/\\"))


@cache
def _parser() -> MarkdownIt:
    # No image at all: even a file of the site tells its server that the conversation is read.
    return markdown.parser(is_safe_url).disable("image")


def render(text: str) -> SafeString:
    """`text` as HTML that is safe in an admin page under a strict CSP."""
    parser = _parser()
    tokens = parser.parse(text)
    if markdown.is_too_large(tokens, text):
        return markdown.unformatted(text)
    markdown.restrict(tokens)
    bidi.direct(tokens)
    levels = [int(token.tag[1:]) for token in tokens if token.type == "heading_open"]
    _adapt(tokens, HIGHEST - min(levels, default=1))
    html: str = parser.renderer.render(tokens, parser.options, {})
    # Built from escaped text by a parser that passes no HTML through.
    return mark_safe(html)  # noqa: S308


def _adapt(tokens: Iterable[Token], deeper: int) -> None:
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + deeper)}"
        if token.type == "link_open":
            token.attrs["rel"] = "noopener noreferrer nofollow"
        if token.children:
            _adapt(token.children, deeper)
