"""Emphasis beside the punctuation of every script, as the element has it (`emphasis.ts`).

CommonMark takes emphasis that begins or ends with punctuation inside a word for none, for all its
words are set apart by spaces. Quotation marks, brackets and scripts tell how it is meant:
`**注意：**正文`, `و**«مهم»**هنا`.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_inline.state_inline import Scanned, StateInline
from markdown_it.token import Token

# Scripts that write words without spaces between them, or endings right after a word.
SPACELESS = (
    *("CJK", "IDEOGRAPHIC", "HIRAGANA", "KATAKANA", "HANGUL", "BOPOMOFO"),
    *("THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"),
)
# Some languages begin with what others end with: „…“, «…», »…«.
QUOTES = "\"'«»‘’“”‟‹›"


class State(StateInline):
    def scanDelims(self, start: int, canSplitWord: bool) -> Scanned:
        found = super().scanDelims(start, canSplitWord)
        if not canSplitWord:  # underscores
            return found
        end = start + found.length
        before, after = self.src[start - 1 : start], self.src[end : min(end + 1, self.posMax)]
        return Scanned(
            found.can_open or (not _space(after) and _begins(self.src, end, before, after)),
            found.can_close
            or (not _space(before) and _ends(self.src, start, found.length, before, after)),
            found.length,
        )


class Inline(ParserInline):
    def parse(self, src: str, md: MarkdownIt, env: Any, tokens: list[Token]) -> list[Token]:
        state = State(src, md, env, tokens)
        self.tokenize(state)
        for rule in self.ruler2.getRules(""):
            rule(state)
        return state.tokens


def _begins(text: str, end: int, before: str, after: str) -> bool:
    """Whether emphasis may begin between a word and a mark."""
    if _spaceless(before):
        return True
    if before.isascii() and after.isascii():
        return False
    if after not in QUOTES:
        return _opening(after)
    beyond = text[end + 1 : end + 2]
    return not _space(beyond) and not _mark(beyond)


def _ends(text: str, start: int, length: int, before: str, after: str) -> bool:
    """Whether emphasis may end between a mark and a word."""
    if _spaceless(after):
        return True
    if length < 2 and after.isascii():
        return False
    if before not in QUOTES:
        return not _opening(before)
    beyond = text[max(start - 2, 0) : start - 1]
    return not _space(beyond) and not _opening(beyond)


def _space(character: str) -> bool:
    """The beginning and the end of a text count as spaces."""
    return not character or character.isspace()


def _mark(character: str) -> bool:
    return unicodedata.category(character)[0] in "PS"


def _opening(character: str) -> bool:
    return unicodedata.category(character) in ("Ps", "Pi") or character in "¿¡"


def _spaceless(character: str) -> bool:
    return bool(character) and unicodedata.name(character, "").startswith(SPACELESS)


def speak(parser: MarkdownIt, rules: Sequence[str]) -> MarkdownIt:
    """`parser` with this emphasis; `rules` are those that it has beside CommonMark's."""
    parser.inline = Inline()
    return parser.configure("commonmark", {"html": False}).enable(rules)
