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
    ("zh", re.compile(r"[\u4e00-\u9fff]")),
    ("ko", re.compile(r"[\uac00-\ud7af]")),
    ("el", re.compile(r"[\u0370-\u03ff]")),
    ("he", re.compile(r"[\u0590-\u05ff]")),
    ("th", re.compile(r"[\u0e00-\u0e7f]")),
    ("hi", re.compile(r"[\u0900-\u097f]")),
)
# Japanese may be mostly written in signs of Chinese: these alone tell it. Without the dot between
# words, which Chinese has, too.
_KANA = re.compile(r"[\u3041-\u309f\u30a1-\u30fa\u30fc-\u30ff\uff66-\uff9f]")
_LETTER = re.compile(r"[^\W\d_]")
# What only one of the languages writes, and how many words that is worth.
_MARKS = (
    ("es", re.compile("[¿¡ñ]"), 2.0),
    (
        "es",
        re.compile(r"\b(?:\w+[cs]i(?:ón|ones)|cómo|dónde|qué|cuándo|cuál(?:es)?|quién(?:es)?)\b"),
        1.0,
    ),
    ("pt", re.compile("[ãõ]"), 2.0),
    ("pt", re.compile(r"\b\w+ç(?:ão|ões|os?|as?)\b"), 1.0),
    ("pt", re.compile(r"\b\w+[nl]h[aeo]s?\b"), 1.0),
    ("de", re.compile("ß"), 1.0),
    ("de", re.compile("[äö]"), 0.5),  # of other languages, too
    ("fr", re.compile("[œèùû]|\\b(?:[jldncsm]|qu)['’]", re.IGNORECASE), 1.0),
)
# Languages that are often taken for others: letters that none of the others write, and their small
# words as they are written.
_ELSEWHERE = (
    ("hu", re.compile("[őű]")),
    ("cs", re.compile("[ěřůžšč]")),
    ("pl", re.compile("[ąęłśźż]")),
    ("vi", re.compile("[ạảấầẩẫậắằẳẵặẹẻẽềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹđơư]")),
    ("tr", re.compile("[ığş]")),
    ("ro", re.compile("[ășț]")),
    ("sv", re.compile("[å]")),
)
_SMALL = {
    "hu": """hogy hogyan egy és nem miért hol mikor hány mennyi mennyibe lehet kell ezt azt nekem
        tudok tudom szeretnék vagyok nincs hová honnan melyik""",
    "cs": """jak co kde kdy proč kdo který která je jsou mám můžu mohu lze chci se na není když
        jaký kolik nemůžu můj moje""",
    "pl": """jak co gdzie kiedy dlaczego kto jest są mam mogę można chcę się na nie czy ile mój
        moje dla który która""",
    "vi": """làm thế nào để tôi có không là một của cho được gì sao bao nhiêu ở đâu muốn cách
        khi""",
    "tr": "nasıl nerede neden bir bu için yok mı mü benim istiyorum kaç",
    "ro": "cum unde când cine este sunt vreau să nu și pentru cât",
    "sv": "hur vad var när varför vem är jag vill ett och inte mitt för det som",
}
# A number of one language is grammar in another: "dos" is "two" and "of the".
_NUMBERS = {
    "de": "zwei drei",
    "en": "two three due",
    "es": "dos tres",
    "fr": "deux trois",
    "it": "due tre",
    "nl": "twee drie",
    "pt": "dois duas tres",
}
_STOP_WORDS = STOP_WORDS | MORE_STOP_WORDS
_LATIN = {code: _STOP_WORDS[code].union(more.split()) for code, more in _NUMBERS.items()}
_KNOWN: frozenset[str] = frozenset().union(*_LATIN.values())
_OWN = {
    code: frozenset(word for word in listed.split() if fold(word) not in _KNOWN)
    for code, listed in _SMALL.items()
}


def detect(text: str) -> str:
    """The language's code; "" where the words don't tell."""
    letters = len(_LETTER.findall(text))
    kana = len(_KANA.findall(text))
    for code, script in _SCRIPTS:
        written = len(script.findall(text))
        if kana and code == "zh":
            code, written = "ja", written + kana
        if written * 2 > letters > 0:
            return code
    scores = _scores(text)
    ranked = sorted(scores.items(), key=lambda pair: -pair[1])
    (best, most), (_, second) = [*ranked, ("", 0.0), ("", 0.0)][:2]
    if most - second >= LEAD:
        return best
    return "ja" if kana else ""


def _scores(text: str) -> dict[str, float]:
    """How many words tell each language, about."""
    scores: dict[str, float] = defaultdict(float)
    for word in {fold(word) for word in words(text)}:
        having = [code for code, known in _LATIN.items() if word in known]
        for code in having:
            scores[code] += 1 / len(having)
    lowered = unicodedata.normalize("NFC", text).lower()
    for word in set(words(text)):
        codes = {code for code, small in _OWN.items() if word in small}
        codes.update(code for code, only in _ELSEWHERE if only.search(word))
        for code in codes:
            scores[code] += 1 / len(codes)
    for code, mark, worth in _MARKS:
        scores[code] += worth * bool(mark.search(lowered))
    return scores
