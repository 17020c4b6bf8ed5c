"""When two questions are nearly the same: by the stems of their words, kept as hashes.

`nearness` has a say where these find no group.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable

from chatkit.knowledge.language import fold, is_stop_word, stem, words

LIKE = 0.7  # the share of terms that two questions must have in common
MOST_TERMS = 24
LONG = 300  # characters from which on what stands before the last sentences is a preamble
_SENTENCE = re.compile(r"(?<=[.!?؟。])\s+")


def essence(text: str) -> str:
    """What a question asks: after a long preamble, its last sentences."""
    if len(text) <= LONG:
        return text
    kept: list[str] = []
    for sentence in reversed(_SENTENCE.split(text)):
        kept.insert(0, sentence[-LONG:])
        if sum(map(len, kept)) >= LONG // 5:
            break
    return " ".join(kept)


def terms(text: str, language: str) -> frozenset[int]:
    """The question's terms as numbers; empty where it is empty.

    Chinese and Japanese have no spaces: there a whole sentence is one word. What has no words at
    all, such as emoji, is told by its signs.
    """
    kept = essence(text)
    asked = words(kept) or kept.split()
    content = [word for word in asked if not is_stop_word(word, language)] or asked
    stems = dict.fromkeys(fold(stem(word, language)) for word in content)
    return frozenset(number_of(one) for one in list(stems)[:MOST_TERMS])


def number_of(word: str) -> int:
    # 53 bits: JSON readers that have floats alone keep them.
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest()) >> 11


def key_of(found: Iterable[int]) -> str:
    """The key of questions that have just these terms."""
    listed = ",".join(map(str, sorted(found)))
    return hashlib.blake2b(listed.encode(), digest_size=16).hexdigest()


class Known:
    """The terms of the groups that there are, to find the one that a question is like."""

    def __init__(self, groups: Iterable[tuple[str, Iterable[int]]] = ()) -> None:
        self._terms: dict[str, frozenset[int]] = {}
        self._with: dict[int, list[str]] = {}
        for key, found in groups:
            self.add(key, frozenset(found))

    def add(self, key: str, found: frozenset[int]) -> None:
        if key not in self._terms:
            self._terms[key] = found
            for term in found:
                self._with.setdefault(term, []).append(key)

    def like(self, found: frozenset[int]) -> str | None:
        """The key of the group that these terms are most like, None for none."""
        if (key := key_of(found)) in self._terms:
            return key
        shared: Counter[str] = Counter()
        for term in found:
            shared.update(self._with.get(term, ()))
        best, score = None, 0.0
        for other, count in shared.items():
            likeness = count / len(found | self._terms[other])
            if likeness > score:
                best, score = other, likeness
        return best if score >= LIKE else None
