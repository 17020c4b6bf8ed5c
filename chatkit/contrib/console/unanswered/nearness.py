"""When two questions mean the same in other words: by their vectors, where the extra `semantic` is.

Vectors alone would join "How do I add a customer?" and "How do I remove a customer?", which lie
closer together than most questions that do mean the same. So what their words say comes first: a
name, a number or a "not" that only one of them has, or one word in place of another, keeps them
apart.
Two lines for one question cost an operator a moment; two questions in one line hide one of them.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chatkit import conf
from chatkit.knowledge import encoder
from chatkit.knowledge.language import fold, is_stop_word, primary, words
from chatkit.knowledge.vectors import default_folder

from .likeness import essence, number_of, terms

if TYPE_CHECKING:
    from chatkit.knowledge.encoder import Array

logger = logging.getLogger("chatkit.console")

# From what product of their vectors on two questions are the same: in one language, in one where
# as many words stand in place of others, which changes what is asked more often than not, and in
# two languages, where nothing but the vectors can keep them apart.
NEAR = 0.7
NEAR_REPLACED = 0.8
NEAR_ACROSS = 0.7
NEVER = 2.0
MOST = 5_000  # the newest groups that are compared so: 10 MB
TRIED = 20  # of the nearest groups whose words are compared
MOST_NAMES = 24
# "Why do I get e-mails?" and "Why do I get no e-mails?" have nearly the same vectors.
NEGATIONS = {"no", "not", "never", "cannot", "dont", "cant", "wont", "doesnt", "isnt"}
NEGATIONS |= {"nunca", "jamas", "nao", "لا", "لم", "لن", "ليس", "ليست"}
NEGATED = number_of("¬")
CAPITAL_NOUNS = ("de", "lb")  # in which a capital makes no name


_APOSTROPHE = re.compile("['’]")


@dataclass(frozen=True)
class Asked:
    """What a question's words say, as numbers. Of a group, `words` are unknown."""

    language: str
    terms: frozenset[int]
    names: frozenset[int]  # of names and numbers, as they are written, and whether it says "not"
    words: frozenset[int] = frozenset()

    def has(self, names: frozenset[int]) -> bool:
        return names <= self.names | self.words | self.terms


def read(text: str, language: str) -> Asked:
    """The words of a question that is in this language."""
    kept = essence(text)
    found = frozenset(number_of(_plain(word)) for word in words(kept))
    return Asked(language, terms(text, language), names_of(text, language), found)


def names_of(text: str, language: str) -> frozenset[int]:
    """What has a digit, a capital within, or one within a sentence; and NEGATED."""
    text = essence(text)
    has_capitals = text != text.upper() and primary(language) not in CAPITAL_NOUNS
    found: dict[str, None] = {}
    begins = True
    for part in text.split():
        word = "".join(one for one in part if one.isalnum() or one in "'’-")
        first, rest = word[:1], word[1:]
        is_name = any(one.isdigit() for one in word) or (
            has_capitals
            and (
                any(one.isupper() for one in rest)
                or (first.isupper() and not begins and not is_stop_word(word.lower(), language))
            )
        )
        begins = part[-1] in ".?!:؟。"
        if is_name and len(word) < 60:
            found.update(dict.fromkeys(map(_plain, words(word))))
    kept = [one for one in found if len(one) > 1 or one.isdigit()]
    is_negated = not NEGATIONS.isdisjoint(map(fold, words(_APOSTROPHE.sub("", text))))
    return frozenset([*map(number_of, kept[:MOST_NAMES]), *[NEGATED] * is_negated])


def _plain(word: str) -> str:
    """Folded, and with the digits that everybody has."""
    return fold("".join(str(unicodedata.decimal(one, one)) for one in word))


def needed(first: Asked, second: Asked) -> float:
    """How near the vectors of two questions must be for them to be the same; NEVER where their
    words say that they are not. The second may be a group's."""
    if not first.has(second.names) or not second.has(first.names):
        return NEVER
    if primary(first.language) != primary(second.language):
        return NEAR_ACROSS
    shared = len(first.terms & second.terms)
    own, others = len(first.terms - second.terms), len(second.terms - first.terms)
    if own == others and own and shared:
        return NEVER if own == 1 else NEAR_REPLACED
    return NEAR


class Near:
    """The groups whose vectors are known, to find the one that means what a question means."""

    def __init__(self, groups: Iterable[tuple[str, Asked, bytes]] = ()) -> None:
        import numpy as np

        known = [one for one in groups if len(one[2]) == 2 * encoder.WIDTH]
        self._keys = [key for key, _, _ in known]
        self._asked = [asked for _, asked, _ in known]
        packed = np.frombuffer(b"".join(vector for _, _, vector in known), dtype="<f2")
        self._rows = packed.reshape(-1, encoder.WIDTH).astype(np.float32)

    def scores(self, vectors: Array) -> Any:
        """How near each group is to each question: one product for a batch."""
        return vectors @ self._rows.T

    def like(self, wanted: Asked, scores: Any) -> str | None:
        """The key of the group that is nearest by one row of `scores`; None for none."""
        import numpy as np

        near = np.flatnonzero(scores >= min(NEAR, NEAR_ACROSS))
        nearest: list[int] = near[np.argsort(-scores[near], kind="stable")][:TRIED].tolist()
        for place in nearest:
            if scores[place] >= needed(wanted, self._asked[place]):
                return self._keys[place]
        return None

    def add(self, key: str, asked: Asked, vector: Any) -> None:
        """One that is new since. For few: all rows are copied."""
        import numpy as np

        self._keys.append(key)
        self._asked.append(asked)
        self._rows = np.concatenate([self._rows, vector[None]])

    def join(self, other: Near) -> None:
        """Those of another."""
        import numpy as np

        self._keys += other._keys
        self._asked += other._asked
        self._rows = np.concatenate([self._rows, other._rows])


def version() -> str:
    """What vectors are made here, "" for none: those of others can't be compared with them."""
    return encoder.version()[:64] if encoder.installed() else ""


def vectors_of(texts: Sequence[str]) -> Array | None:
    """A row for each question; None where the model does not run, and words alone must do."""
    try:
        encoder.load(Path(conf.get("VECTORS_DIR") or default_folder()))
        return encoder.encode([essence(text) for text in texts])
    except Exception:  # another version of the package, or one that does not run here
        logger.exception("Questions without an answer are grouped by their words alone.")
        return None


def packed(row: Any) -> bytes:
    """As it is kept: 1 kB."""
    return bytes(row.astype("<f2").tobytes())
