"""Markdown as HTML for pages with a strict content policy: no raw HTML, no styles, and no images
but the site's own files. Help articles and the admin's transcripts are made by it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock, reference
from markdown_it.token import Token

from .emphasis import speak
from .images import may_show

# In a text from right to left, the first column is the right one.
ALIGNED = {"left": "ck-start", "center": "ck-center", "right": "ck-end"}
# How large the HTML of a text may be: characters, and times its length.
LARGEST = 100_000
GROWTH = 10


def parser(is_link: Callable[[str], bool]) -> MarkdownIt:
    """A parser; what `is_link` refuses stays the text it is."""
    made = speak(MarkdownIt("commonmark"), ["table", "strikethrough"])
    made.block.ruler.at("reference", _reference)
    made.validateLink = is_link  # type: ignore[method-assign, assignment]
    return made


def weight(tokens: Iterable[Token]) -> int:
    """About how many characters the HTML of these tokens has, without making it: a reference that
    is used ten thousand times is written ten thousand times."""
    return sum(
        20
        + (0 if token.children else len(token.content))
        + sum(len(str(value)) for value in token.attrs.values())
        + weight(token.children or ())
        for token in tokens
    )


def is_too_large(tokens: Iterable[Token], text: str) -> bool:
    """Whether the HTML of a text would be far larger than the text is."""
    return weight(tokens) > LARGEST + GROWTH * len(text)


def unformatted(text: str) -> SafeString:
    """A text whose HTML would be too large, as it was written."""
    note = _("Shown without its formatting: it would be too large.")
    return format_html("<p><em>{}</em></p><pre>{}</pre>", note, text)


def _reference(state: StateBlock, line: int, last: int, silent: bool) -> bool:
    """A footnote, `[^1]: …`, is no address of a link: its text is to be read."""
    if state.src.startswith("[^", state.bMarks[line] + state.tShift[line]):
        return False
    return reference(state, line, last, silent)


def restrict(tokens: Iterable[Token]) -> None:
    """Takes out of the tokens, in place, what such a page must not have."""
    for token in tokens:
        style = str(token.attrs.pop("style", ""))  # of a table's cell
        if aligned := ALIGNED.get(style.removeprefix("text-align:")):
            token.attrJoin("class", aligned)
        if token.children:
            token.children = list(_inline(token.children))


def _inline(tokens: Iterable[Token]) -> Iterator[Token]:
    """The same; an image that may not be shown is a link to it."""
    within = 0
    for token in tokens:
        within += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type != "image" or may_show(str(token.attrs["src"])):
            yield token
            continue
        src = str(token.attrs["src"])
        text = Token("text", "", 0, content=token.content or src)
        if within or not src:  # a link within a link is none
            yield text
        else:
            yield Token("link_open", "a", 1, attrs={"href": src})
            yield text
            yield Token("link_close", "a", -1)
