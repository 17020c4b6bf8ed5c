"""Letters made alike, however they were typed: without case, accents, width, or Arabic's spellings
of one letter."""

from __future__ import annotations

import unicodedata

# Marks below it belong to their letter, as the dots of が and the signs of Hindi do; from it on
# they are accents, and the vowel points of Arabic and Hebrew.
FIRST_ACCENT = 10
# Letters with a stroke, a hook or no single capital, which no normal form takes apart.
LETTERS = {
    "æ": "ae",
    "ð": "d",
    "ø": "o",
    "þ": "th",
    "đ": "d",
    "ħ": "h",
    "ı": "i",
    "ł": "l",
    "ŋ": "n",
    "œ": "oe",
    "ŧ": "t",
    "ς": "σ",
    "ى": "ي",
    "ی": "ي",
    "ک": "ك",
    "ة": "ه",
}
# Seen by nobody: the soft hyphen, Arabic's tatweel, signs of no width and of direction.
UNSEEN = frozenset("\u00ad\u0640\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff")


def fold(text: str) -> str:
    """`Straße`, `ŁÓDŹ` and `ＡＢＣ` give `strasse`, `lodz` and `abc`."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFKC", text).translate(_folded)


def fold_char(char: str) -> str:
    """The same for one character: none, one or several."""
    return _folded[ord(char)]


class _Folded(dict[int, str]):
    """By code point, filled as characters come."""

    def __missing__(self, point: int) -> str:
        folded = self[point] = _fold(chr(point))
        return folded


_folded = _Folded()


def _fold(char: str) -> str:
    if char in UNSEEN:
        return ""
    if (digit := unicodedata.decimal(char, None)) is not None:
        return str(digit)
    found = []
    for part in unicodedata.normalize("NFKD", char.casefold()):
        if unicodedata.combining(part) < FIRST_ACCENT and part not in UNSEEN:
            found.append(LETTERS.get(part, part))
    return unicodedata.normalize("NFC", "".join(found))
