"""What an editor should know of a text's Markdown: what readers will not see as it is written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import chain, islice
from urllib.parse import urlsplit

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.token import Token

from ...knowledge import markdown
from ...knowledge.html import is_link
from ...knowledge.images import may_show

MOST = 20
SHORT = 80  # characters quoted


def notes(body: str, host: str) -> list[str]:
    """Sentences about a text: HTML, links to other sites than `host`, images of other sites."""
    found = chain(_html(_parser(html=True).parse(body)), _notes(_parser().parse(body), host))
    return list(islice(dict.fromkeys(found), MOST))


@cache
def _parser(*, html: bool = False) -> MarkdownIt:
    """Takes every link, and with `html` all HTML, for what it was meant to be."""
    parser = markdown.parser(lambda url: True)
    parser.options["html"] = html
    return parser


def _html(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("html_block", "html_inline"):
            text = _short(" ".join(token.content.split()))
            yield _("HTML does nothing here and is shown as text: %(text)s") % {"text": text}
        yield from _html(token.children or ())


def _notes(tokens: Iterable[Token], host: str) -> Iterator[str]:
    for token in tokens:
        if token.type == "link_open":
            yield from _link(str(token.attrs.get("href", "")), host)
        elif token.type == "image":
            src = str(token.attrs.get("src", ""))
            if not may_show(src):
                yield _("This image is not a file of this site and is shown as a link: %(url)s") % {
                    "url": _short(src)
                }
        yield from _notes(token.children or (), host)


def _link(url: str, host: str) -> Iterator[str]:
    if not is_link(url):
        yield _("This link can’t be followed and is shown as text: %(url)s") % {"url": _short(url)}
        return
    try:
        target = urlsplit(url).netloc
    except ValueError:
        target = url
    if target and target != host:
        yield _("This link leads to another site: %(url)s") % {"url": _short(url)}


def _short(text: str) -> str:
    return text if len(text) <= SHORT else f"{text[:SHORT]}…"
