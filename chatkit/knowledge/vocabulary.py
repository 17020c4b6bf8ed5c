"""The first model's vocabulary in 6 MB instead of 34: its tokenizer asks which beginnings of words
there are, and has each as a string of its own."""

from __future__ import annotations

from array import array
from typing import Any

EMPTY = 0
# Before each text: some Pythons are built with a quick hash for texts of up to seven bytes, by
# which "br" and "cQ" are the same.
LONG = " " * 8


class Beginnings:
    """What `get` of a dict from texts to numbers answers, without the texts: by their hashes of 64
    bits, of which no two of a quarter of a million are the same. For this process alone, since
    hashes of texts are others in the next."""

    def __init__(self, known: dict[str, int]) -> None:
        size = 1 << (2 * len(known)).bit_length()
        self._last = size - 1
        self._hashes = array("q", bytes(8 * size))
        self._numbers = array("i", bytes(4 * size))
        for text, number in known.items():
            wanted = hash(LONG + text) or 1
            place = self._place(wanted)
            self._hashes[place] = wanted
            self._numbers[place] = number

    def get(self, text: str) -> int | None:
        place = self._place(hash(LONG + text) or 1)
        return None if self._hashes[place] == EMPTY else self._numbers[place]

    def _place(self, wanted: int) -> int:
        """Where it is, or would be."""
        hashes, last = self._hashes, self._last
        place = wanted & last
        while (found := hashes[place]) != wanted and found != EMPTY:
            place = (place + 1) & last
        return place


def lighten(tokenizer: Any) -> None:
    """Have the tokenizer of a loaded model do without its texts. One that is made in another way
    stays as it is."""
    known = getattr(tokenizer, "_prefixes", None)
    pieces = getattr(tokenizer, "_pieces", None)
    if isinstance(known, dict) and known and isinstance(pieces, list):
        tokenizer._prefixes = Beginnings(known)
        tokenizer._pieces = range(len(pieces))  # of which only the number is asked
