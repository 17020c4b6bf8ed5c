"""Which language a question is written in, by its script and its small words."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict

from .language import words
from .stop_words import MORE_STOP_WORDS, STOP_WORDS, fold

LEAD = 0.5  # in words, from which the language is certain

_SCRIPTS = (
    ("ar", re.compile(r"[\u0600-\u06ff\u0750-\u077f]")),
    ("ru", re.compile(r"[\u0400-\u04ff]")),
    ("ja", re.compile(r"[\u3040-\u30ff]")),
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
_LETTER = re.compile(r"[^\W\d_]")
# What only one of the languages writes, and how many words that is worth.
_MARKS = (
    ("es", re.compile("[¿¡ñ]"), 2.0),
    ("pt", re.compile("[ãõ]"), 2.0),
    ("pt", re.compile(r"\b\w+ç(?:ão|ões|o|a)\b"), 1.0),
    ("de", re.compile("[ßäö]"), 1.0),
    ("fr", re.compile("[œèùû]|\\b(?:[jldncsm]|qu)['’]", re.IGNORECASE), 1.0),
)
_LATIN = STOP_WORDS | {code: MORE_STOP_WORDS[code] for code in ("de", "fr", "it", "nl", "pt")}


def detect(text: str) -> str:
    """The language's code; "" where the words don't tell."""
    letters = len(_LETTER.findall(text))
    for code, script in _SCRIPTS:
        if len(script.findall(text)) * 2 > letters > 0:
            return code
    scores: dict[str, float] = defaultdict(float)
    for word in {fold(word) for word in words(text)}:
        having = [code for code, known in _LATIN.items() if word in known]
        for code in having:
            scores[code] += 1 / len(having)
    lowered = unicodedata.normalize("NFC", text).lower()
    for code, mark, worth in _MARKS:
        scores[code] += worth * bool(mark.search(lowered))
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    (best, most), (_, second) = [*ranked, ("", 0.0), ("", 0.0)][:2]
    return best if most - second >= LEAD else ""
