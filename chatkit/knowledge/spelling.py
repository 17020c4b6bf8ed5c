"""Spelling: the known word nearest to a mistyped one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

SHORTEST = 4  # letters of a word that is worth correcting
SHORT = 5  # letters up to which only missing or swapped ones are corrected: "tire" is not "time"
LONG = 8  # letters from which two typos are allowed


class Speller:
    """Completes and corrects words against a vocabulary (folded words, the most usual first)."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        # The first letter is seldom mistyped. Taking it as right makes a look-up fast and keeps
        # "rice" from becoming "price".
        self._by_first: dict[str, list[tuple[str, int]]] = defaultdict(list)
        for word in vocabulary:
            if len(word) >= SHORTEST and not any(map(str.isdigit, word)):
                self._by_first[word[0]].append((word, _letters(word)))

    def complete(self, word: str) -> list[str]:
        """The known words that begin with this one: `logo` has `logotipo`."""
        if len(word) < SHORTEST:
            return []
        return [known for known, _ in self._by_first.get(word[0], ()) if known.startswith(word)]

    def correct(self, word: str) -> tuple[str, int] | None:
        """The nearest known word and the number of typos (1 or 2), or None."""
        if not SHORTEST <= len(word) <= 40 or any(map(str.isdigit, word)):
            return None
        most = 2 if len(word) >= LONG else 1
        letters = _letters(word)
        best: tuple[str, int] | None = None
        for known, known_letters in self._by_first.get(word[0], ()):
            # A typo changes at most two of the letters that occur, which is quick to test.
            if (letters ^ known_letters).bit_count() > 2 * most:
                continue
            if abs(len(known) - len(word)) > most:
                continue
            if len(word) <= SHORT and len(known) <= len(word) and sorted(known) != sorted(word):
                continue
            typos = distance(word, known, most)
            if typos <= most:
                if typos == 1:
                    return known, 1
                best = best or (known, typos)
        return best


def distance(one: str, other: str, most: int) -> int:
    """Letters to insert, drop, replace or swap with a neighbour; `most` + 1 if more than `most`."""
    before: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, against in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return most + 1
        before, last = last, row
    return min(last[-1], most + 1)


def _letters(word: str) -> int:
    """A bit for each letter that occurs."""
    bits = 0
    for letter in word:
        bits |= 1 << (ord(letter) & 63)
    return bits
