"""The vectors of many articles' texts, to compare a question with: in memory.

`database` has them in a table of PostgreSQL instead, for very many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

if TYPE_CHECKING:
    from .encoder import Array
    from .vectors import Vectors

SECTION, SENTENCE, NAME = range(3)
KINDS = 3


class Text(NamedTuple):
    """One text of an article that has a vector."""

    kind: int
    section: int  # of the article; -1 for its title and keywords
    sentence: int  # of the section; -1 for the whole
    text: str


class Unreachable(Exception):
    """The vectors can't be asked now: the question is read by its words."""


class Shelves(Protocol):
    """The texts of articles, a shelf for each, and their vectors. Safe in several threads."""

    texts: list[list[Text]]
    means: Array  # a row for each shelf: all its sentences together

    def nearest(self, vector: Array) -> Array:
        """How near the nearest section, sentence and name of each shelf are, a row of KINDS for
        each; NaN where it has none. Raises Unreachable."""
        ...

    def rows(self, number: int) -> Array:
        """The vectors of one shelf. Raises Unreachable."""
        ...


class Held:
    """All of them in memory: 2 kB for each text."""

    def __init__(self, shelves: list[list[Text]], vectors: Vectors) -> None:
        import numpy as np

        self.texts = shelves
        written = texts_of(shelves)
        vectors.fill(written)
        made = [vectors.of(texts) for texts in written]
        kinds = [np.array([entry.kind for entry in texts]) for texts in shelves]
        self.means = np.stack([mean(*pair) for pair in zip(made, kinds, strict=True)])
        groups = [kind + KINDS * number for number, kind in enumerate(kinds)]
        self._present, self._starts = np.unique(np.concatenate(groups), return_index=True)
        self._matrix = np.concatenate(made)
        self._begins = np.cumsum([0, *map(len, shelves)])

    def nearest(self, vector: Array) -> Array:
        import numpy as np

        found: Any = np.full(KINDS * len(self.texts), np.nan)
        found[self._present] = np.maximum.reduceat(self._matrix @ vector, self._starts)
        return found.reshape(-1, KINDS)  # type: ignore[no-any-return]

    def rows(self, number: int) -> Array:
        return self._matrix[self._begins[number] : self._begins[number + 1]]


def mean(made: Array, kinds: Any) -> Array:
    """All sentences of a shelf together, as a row of length 1; all of its texts without any."""
    import numpy as np

    sentences = made[kinds == SENTENCE]
    row: Array = (sentences if len(sentences) else made).mean(axis=0)
    return row / (np.linalg.norm(row) or 1.0)


def texts_of(shelves: Sequence[Sequence[Text]]) -> list[list[str]]:
    return [[entry.text for entry in shelf] for shelf in shelves]
