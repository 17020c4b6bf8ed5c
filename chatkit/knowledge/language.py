"""Words: folding, stop words and stems, and which language a question is written in.

`stop_words` has those of seven languages and of Arabic; every language that Snowball knows has
stems.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Mapping
from functools import cache, lru_cache
from threading import Lock
from typing import Any

from .direction import Direction
from .stop_words import MORE_STOP_WORDS, STOP_WORDS
from .stop_words import fold as fold

_WORD = re.compile(r"[^\W_]+")
_MARKS = re.compile("[¿¡ñ]")
_ACCENTS = re.compile("[áéíóúü]")
_NOT_SPANISH = re.compile("[^\\W\\d_a-zñáéíóúü]")  # letters, such as those of Polish beside its ó

# Snowball's algorithms by language code; other languages are matched word for word.
_ALGORITHMS = {
    "ar": "arabic",
    "da": "danish",
    "de": "german",
    "en": "english",
    "es": "spanish",
    "fi": "finnish",
    "fr": "french",
    "hu": "hungarian",
    "it": "italian",
    "nl": "dutch",
    "no": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "sv": "swedish",
    "tr": "turkish",
}


DEFAULT = "en"
CAPITALS = {
    "de",
    "en",
    "id",
    "lb",
    "ms",
    "nl",
    "sw",
    "tr",
}  # these languages write the names of languages with a capital

_stemming = Lock()  # a Snowball stemmer keeps its word on itself


def words(text: str) -> list[str]:
    """The words of a text in lower case, accents kept (stems depend on them)."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


@lru_cache(maxsize=20_000)
def stem(word: str, language: str) -> str:
    """The word's stem, folded; the folded word itself for a language without an algorithm."""
    stemmer = _stemmer(language)
    if stemmer is None:
        return fold(word)
    with _stemming:
        return fold(stemmer.stemWord(word))


@cache
def _stemmer(language: str) -> Any:
    algorithm = _ALGORITHMS.get(language)
    if algorithm is None:
        return None
    # Imported late: it brings all of its languages with it.
    import snowballstemmer

    return snowballstemmer.stemmer(algorithm)


def name(code: str) -> str:
    """A language's name in the page's language, as within a sentence: "Spanish", "español"."""
    from django.utils.translation import get_language

    translated = str(_information(code).get("name_translated", code))
    # Django's translations have a capital in some languages that use none.
    return translated if primary(get_language() or DEFAULT) in CAPITALS else translated.lower()


def direction(code: str) -> Direction:
    """`rtl` or `ltr`: which way a language is written."""
    return "rtl" if _information(code).get("bidi") else "ltr"


def _information(code: str) -> Any:
    from django.utils.translation import get_language_info  # late: the rest needs no Django

    try:
        return get_language_info(code)
    except KeyError:
        return {}


def is_known(code: str) -> bool:
    """Whether Django or the site's LANGUAGES have a language of this code."""
    from django.conf import settings  # late: the rest needs no Django
    from django.conf.locale import LANG_INFO

    own = settings.LANGUAGES if settings.configured else ()
    return code in LANG_INFO or any(code == primary(one) for one, _name in own)


def primary(language: str) -> str:
    """`es-MX` and `es_MX` give `es`."""
    return re.split("[-_]", language.strip().lower(), maxsplit=1)[0]


def is_stop_word(word: str, language: str) -> bool:
    """Whether the (unfolded) word names no topic in this language."""
    return fold(word) in (STOP_WORDS.get(language) or MORE_STOP_WORDS.get(language) or ())


def without_stop_words(text: str, language: str) -> str:
    return " ".join(word for word in words(text) if not is_stop_word(word, language))


def names_no_topic(text: str, language: str) -> bool:
    """Whether all of a text is grammar and courtesy: "hello", "what can you help me with?"."""
    return not without_stop_words(text, language)


def language_scores(text: str, vocabularies: Mapping[str, Container[str]]) -> dict[str, float]:
    """A score for each language of `vocabularies` (folded words by language).

    A word counts for a language if the others don't have it. Stop words count most: nearly
    every question has some, and they are not borrowed between languages.
    """
    scores = dict.fromkeys(vocabularies, 0.0)
    for word in set(map(fold, words(text))):
        _count(scores, word, STOP_WORDS, 1.0)
        _count(scores, word, vocabularies, 0.75)
    lowered = unicodedata.normalize("NFC", text).lower()
    if "es" in scores:
        accents = _ACCENTS.search(lowered) and not _NOT_SPANISH.search(lowered)
        scores["es"] += 2.0 * bool(_MARKS.search(lowered)) + 0.5 * bool(accents)
    return scores


def _count(
    scores: dict[str, float], word: str, known: Mapping[str, Container[str]], weight: float
) -> None:
    having = [language for language in scores if word in known.get(language, ())]
    if len(having) == 1:
        scores[having[0]] += weight
