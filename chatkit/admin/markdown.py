"""Markdown of conversations as HTML that does nothing: no raw HTML, no images, no styles."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# Headings of a message stand below the page's own (h1 page, h2 transcript, h3 message).
DEEPER = 3


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
    parser = MarkdownIt("commonmark", {"html": False})
    parser.enable(["table", "strikethrough"])
    # An image would call another host, or tell it that the conversation is being read.
    parser.disable("image")
    parser.validateLink = is_safe_url  # type: ignore[method-assign]
    return parser


def render(text: str) -> SafeString:
    """`text` as HTML that is safe in an admin page under a strict CSP."""
    parser = _parser()
    tokens = parser.parse(text)
    _tame(tokens)
    html: str = parser.renderer.render(tokens, parser.options, {})
    # Built from escaped text by a parser that passes no HTML through.
    return mark_safe(html)  # noqa: S308


def _tame(tokens: Iterable[Token]) -> None:
    for token in tokens:
        token.attrs.pop("style", None)  # tables align by inline style, which the CSP refuses
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + DEEPER)}"
        if token.type == "link_open":
            token.attrs["rel"] = "noopener noreferrer nofollow"
        if token.children:
            _tame(token.children)
