"""The words of a text as the databases index them, and those of a search.

Each is written in ASCII letters and digits, behind two letters of ours: so no database takes one
apart, leaves it out for being short or usual, or compares it by a collation of its own. Words of a
script without spaces are taken by pairs of signs.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .fold import fold

LONGEST = 80  # letters of a word as it is written: MariaDB leaves out those of more than 84
MOST_READ = 200_000  # characters of a text
MOST_LETTERS = 100_000  # of the words that are kept of a text; the rest is not found
MOST_WANTED = 12  # words of one search
# Indian and South-East Asian vowels are no letters to Python, and the dots of kana neither.
WORD = re.compile(r"(?:[^\W_]|[\u0900-\u0963\u0966-\u109f\u1780-\u17ff\u3099\u309a])+")
# Thai, Lao, Burmese, Khmer, Japanese, and the signs of Chinese.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
    "\U00020000-\U0003ffff"
)
RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
_ARTICLE = "ال"  # of Arabic, which is written with its word
_SHORTEST_STEM = 2


@dataclass(frozen=True)
class Term:
    """A word of a search: `plain` as it is folded, `token` as it is kept. `begins`: words that
    begin with it will do."""

    plain: str
    token: str
    begins: bool = False

    def fits(self, word: str) -> bool:
        """Whether a folded word is meant by it."""
        return word.startswith(self.plain) if self.begins else word == self.plain


def kept(texts: Iterable[str], *, also: str = "") -> str:
    """The words of texts as they are kept: " each one once between spaces ", or "" where there are
    none. `also` is a word of ours that stands beside them."""
    found: dict[str, None] = {}
    for text in texts:
        found.update(dict.fromkeys(_tokens(text[:MOST_READ])))
    if not found:
        return ""
    line = " ".join(([also] if also else []) + list(found))
    if len(line) > MOST_LETTERS:
        line = line[: line.rfind(" ", 0, MOST_LETTERS)]
    return f" {line} "


def wanted(search: str) -> list[Term]:
    """The words that a text must have for a search; of the last one the beginning is enough."""
    words = list(split(fold(search)))
    found: dict[str, Term] = {}
    for number, (word, unspaced) in enumerate(words):
        pairs = [word[place : place + 2] for place in range(len(word) - 1)]
        if unspaced and pairs:
            terms = [Term(pair, _written(pair)) for pair in pairs]
        else:
            last = number == len(words) - 1
            # One Latin letter begins nearly everything.
            begins = unspaced or (last and (len(word) > 1 or not word.isascii()))
            terms = [Term(word, _written(word), begins)]
        found.update({term.token: term for term in terms})
    return list(found.values())[:MOST_WANTED]


def owner(*parts: object) -> str:
    """A word that stands for whose a text is, so that a search looks at nobody else's."""
    digest = hashlib.blake2b(repr(parts).encode(), digest_size=10).hexdigest()
    return f"qo{digest}"


def split(folded: str) -> Iterator[tuple[str, bool]]:
    """The words of a folded text, and whether each is of a script without spaces."""
    for found in WORD.findall(folded):
        if found.isascii():
            yield found, False
            continue
        for run in RUNS.findall(found):
            yield stem(run), is_unspaced(run)


def is_unspaced(word: str) -> bool:
    """Whether a word, or a run of signs, is of a script without spaces."""
    return bool(_IS_UNSPACED.match(word))


def stem(word: str) -> str:
    """Without Arabic's article."""
    rest = word.removeprefix(_ARTICLE)
    return rest if len(rest) >= _SHORTEST_STEM else word


def _tokens(text: str) -> Iterator[str]:
    for word, unspaced in split(fold(text)):
        if unspaced:
            # The last sign alone, too: a search for one sign asks for what begins with it.
            yield from (_written(word[place : place + 2]) for place in range(len(word)))
        else:
            yield _written(word)


class _Codes(dict[int, str]):
    """Four letters for each character that is none of ASCII, filled as they come."""

    def __missing__(self, point: int) -> str:
        code, rest = "", point
        for _place in range(4):
            rest, digit = divmod(rest, 36)
            code = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + code
        self[point] = code
        return code


_codes = _Codes()


def _written(word: str) -> str:
    # All characters of a word in four letters, or none: so no two words are written alike.
    written = f"qa{word}" if word.isascii() else f"qu{word.translate(_codes)}"
    return written[:LONGEST]
