"""The words of a text, alike however they were typed: without case, accents, or Arabic's spellings
of one letter. Scripts without spaces are taken by single signs and by pairs of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chatkit.knowledge.language import fold

WHOLE = 2  # a word of up to so many letters stands for itself only, a longer one for its beginning
LONGEST_WORD = 64
MOST_WANTED = 12  # words of one search
_WORD = re.compile(r"[^\W_]+")
# Thai, Lao, Burmese, Khmer, Japanese, and the signs of Chinese.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_RUNS = re.compile(f"[{_UNSPACED}]+|[^{_UNSPACED}]+")
_IS_UNSPACED = re.compile(f"[{_UNSPACED}]")
# What is left of Arabic after folding, which has made one letter of those with a hamza or a madda;
# and its digits.
_ARABIC = str.maketrans({"ى": "ي", "ة": "ه", "ـ": "", "ی": "ي", "ک": "ك"}) | {
    ord(digit): str(number % 10) for number, digit in enumerate("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹")
}


def words_of(text: str) -> Iterator[str]:
    """All its words, some of them more than once."""
    for word, unspaced in _split(text):
        yield from word if unspaced else ()
        yield from _pairs(word) if unspaced else (word[:LONGEST_WORD],)


def wanted(search: str) -> list[str]:
    """The words that a conversation must have for a search."""
    asked: list[str] = []
    for word, unspaced in _split(search):
        asked += _pairs(word) or [word] if unspaced else [word[:LONGEST_WORD]]
    return list(dict.fromkeys(asked))[:MOST_WANTED]


def is_whole(word: str) -> bool:
    return len(word) <= WHOLE


def _split(text: str) -> Iterator[tuple[str, bool]]:
    """The words, and whether each is of a script without spaces."""
    folded = fold(text)
    if folded.isascii():
        yield from ((word, False) for word in _WORD.findall(folded))
        return
    for word in _WORD.findall(folded.translate(_ARABIC)):
        for run in _RUNS.findall(word):
            yield run, bool(_IS_UNSPACED.match(run))


def _pairs(word: str) -> list[str]:
    return [word[place : place + 2] for place in range(len(word) - 1)]
