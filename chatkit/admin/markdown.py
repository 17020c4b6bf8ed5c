"""Markdown of conversations as safe HTML: no raw HTML, no images, no inline styles."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from urllib.parse import urlsplit

from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

# How many levels a message's headings are lowered: the page itself uses h1 to h3.
DEEPER = 3


def is_safe_url(url: str) -> bool:
    """Whether an admin page may link there: http(s), mailto, or an address on this site."""
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
    # Loading an image would tell another host that the conversation is being read.
    parser.disable("image")
    parser.validateLink = is_safe_url  # type: ignore[method-assign]
    return parser


def render(text: str) -> SafeString:
    """`text` as HTML that is safe in an admin page under a strict CSP."""
    parser = _parser()
    tokens = parser.parse(text)
    _restrict(tokens)
    html: str = parser.renderer.render(tokens, parser.options, {})
    # Built from escaped text by a parser that passes no HTML through.
    return mark_safe(html)  # noqa: S308


def _restrict(tokens: Iterable[Token]) -> None:
    for token in tokens:
        token.attrs.pop("style", None)  # of tables: the CSP allows no inline styles
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1:]) + DEEPER)}"
        if token.type == "link_open":
            token.attrs["rel"] = "noopener noreferrer nofollow"
        if token.children:
            _restrict(token.children)
