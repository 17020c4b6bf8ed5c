"""What of a message is the question, and whether it speaks of something said before."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .language import names_no_topic, words
from .stop_words import MORE_STOP_WORDS, STOP_WORDS, fold

SHORT = 14  # words of a message that is a question as a whole
TAIL = 24  # words at the end of a sentence without an end
FEW = 3  # words with a topic, in a question that leans on what came before

_ENDS = re.compile(r"(?<=[.!?؟…。？])\s+|\n+")
# Words that stand for what was said before, folded, in any language; articles are none.
_BACK = frozenset(
    fold(word)
    for text in (
        "it that this them those these one ones",
        "lo eso esto esos esas estos estas ese esa aquello ello",
        "isso isto esse essa esses essas aquilo",
        "ca cela celui celle ceux",
        "dies dieses diese diesen das",
        "هذا هذه ذلك تلك",
    )
    for word in text.split()
)
# A question that begins so goes on with the last one: "And for invoices?"
_GOES_ON = frozenset(["and", "but", "y", "e", "pero", "mas", "et", "mais", "und", "aber", "و"])
# "cancelarlo", "cancelá-lo": with the pronoun behind the verb.
# From a word's beginning alone: tried from each of its letters, a long one took a minute.
_ENCLITIC = re.compile(r"\b(?:\w{3,}(?:ar|er|ir|ando|iendo)l[oa]s?\b|\w{2,}-l[oa]s?\b)")


@dataclass(frozen=True)
class Question:
    """A message: all of it, and the part that asks, which may be all of it."""

    text: str
    focus: str

    @classmethod
    def read(cls, text: str) -> Question:
        """The last sentence with a question mark asks, else the last that has a topic."""
        text = text.strip()
        sentences = [part for part in _ENDS.split(text) if part.strip() and not _empty(part)]
        if len(words(text)) <= SHORT or not sentences:
            return cls(text, text)
        marked = [part for part in sentences if part.rstrip().endswith(("?", "؟", "？"))]
        focus = (marked or sentences)[-1]
        if len(words(focus)) > 2 * TAIL:
            focus = " ".join(focus.split()[-TAIL:])
        return cls(text, text if refers_back(focus) else focus)

    @property
    def parts(self) -> list[tuple[str, float]]:
        """The texts to compare by meaning, and how much each counts."""
        if self.focus == self.text:
            return [(self.text, 1.0)]
        return [(self.focus, 0.8), (self.text, 0.2)]


def refers_back(text: str) -> bool:
    """Whether a short question can't be read without what came before: "how do I cancel it?"."""
    said = [fold(word) for word in words(text)]
    topics = [word for word in said if not _is_stop(word)]
    if not said or len(topics) > FEW:
        return False
    return (
        said[0] in _GOES_ON
        or not _BACK.isdisjoint(said)
        or _ENCLITIC.search(fold(text)) is not None
    )


def _empty(text: str) -> bool:
    return any(names_no_topic(text, language) for language in (*STOP_WORDS, *MORE_STOP_WORDS))


def _is_stop(word: str) -> bool:
    return any(word in known for known in (*STOP_WORDS.values(), *MORE_STOP_WORDS.values()))
