"""Terms: what the words of a question stand for among the words of the articles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from math import log

from .language import fold, is_stop_word, stem, words
from .spelling import Speller

CORRECTED = {1: 0.85, 2: 0.7}  # how certain a corrected word is, by its number of typos
SHORTENED = 0.85  # the same, where only the beginning of a word was typed
FOREIGN = 1.5  # factor for the weight of a name that no article has
MAX_TERMS = 32  # of a question; what follows is not read

# A stressed stem's vowel, as in "devuelvo" and "pierdo", and the verb's own: devolver, perder.
_DIPHTHONGS = (("ue", "o"), ("ie", "e"))
# A word with a capital inside a sentence: "delete my Facebook account".
_NAME = re.compile(r"(?<=[^\W\d_A-Z] )[A-Z][^\W_]+")
# Written with a capital in English, and no names of things.
_TIMES = frozenset(
    [
        *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
        *("mondays", "tuesdays", "wednesdays", "thursdays", "fridays", "saturdays", "sundays"),
        *("january", "february", "march", "april", "may", "june", "july", "august", "september"),
        *("october", "november", "december", "christmas", "easter"),
        *("english", "spanish", "portuguese", "arabic", "french", "german"),
    ]
)


def names(text: str) -> set[str]:
    """What a text names, folded: its words with a capital inside a sentence."""
    return {fold(name) for name in _NAME.findall(text)} - _TIMES


@dataclass(frozen=True)
class Term:
    """One word of the question: its stem, how certain that is (0..1), and its weight."""

    stem: str
    quality: float
    weight: float


class Vocabulary:
    """The words of one language's articles. Filled by `read` and `count`, then read only."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._surfaces: dict[str, Counter[str]] = {}  # folded word -> its stems
        self._occurs: Counter[str] = Counter()  # stem -> articles that have it
        self._articles = 0

    def __contains__(self, word: object) -> bool:
        """Whether an article has this (folded) word."""
        return word in self._surfaces

    def read(self, text: str) -> list[str]:
        """The stems of an article's text, without those of stop words."""
        stems = []
        for word in self._content_words(text):
            stems.append(stem(word, self.language))
            self._surfaces.setdefault(fold(word), Counter())[stems[-1]] += 1
        return stems

    def count(self, stems: Iterable[str]) -> None:
        """Count one article's stems: the fewer articles have a term, the higher its weight."""
        self._articles += 1
        self._occurs.update(set(stems))

    def terms(self, question: str) -> dict[str, Term]:
        """The terms of a question by stem."""
        names = {fold(name) for name in _NAME.findall(question)}
        terms: dict[str, Term] = {}
        for word in self._content_words(question):
            if len(terms) == MAX_TERMS:
                break
            found, quality = self._recognise(word)
            if found in self._occurs:
                weight = log(1 + self._articles / self._occurs[found])
            elif len(word) == 2:
                continue  # probably a typo such as "hw"
            else:
                weight = log(1 + self._articles) * (FOREIGN if fold(word) in names else 1.0)
            if found not in terms or terms[found].quality < quality:
                terms[found] = Term(found, quality, weight)
        return terms

    def _content_words(self, text: str) -> Iterable[str]:
        for word in words(text):
            if len(word) > 1 and not is_stop_word(word, self.language):
                yield word

    def _recognise(self, word: str) -> tuple[str, float]:
        """The stem that a typed word stands for, and how certain that is."""
        surface = fold(word)
        if surface in self._surfaces:
            return self._usual(surface), 1.0
        for form in (word, surface):
            if (own := stem(form, self.language)) in self._occurs:
                return own, 1.0
        if self.language == "es":
            for changed, plain in _DIPHTHONGS:
                if (own := stem(surface.replace(changed, plain), "es")) in self._occurs:
                    return own, 1.0
        begun = {self._usual(known) for known in self._speller.complete(surface)}
        if len(begun) == 1:
            return begun.pop(), SHORTENED
        corrected = self._speller.correct(surface)
        if corrected is None:
            return stem(word, self.language), 1.0
        known, typos = corrected
        return self._usual(known), CORRECTED[typos]

    def _usual(self, surface: str) -> str:
        """The most frequent stem of a known word: without accents, two words may be the same."""
        return self._surfaces[surface].most_common(1)[0][0]

    @cached_property
    def _speller(self) -> Speller:
        return Speller(
            sorted(self._surfaces, key=lambda word: (-self._surfaces[word].total(), word))
        )
