"""Whether a text is about making something or about being rid of it.

To models of meaning "add a customer" and "remove a customer" are nearly the same: both are about
the same thing. Which of the two is asked for, some words tell.
"""

from __future__ import annotations

import re

from .language import words
from .stop_words import fold

MAKES, ENDS = 1, -1
# Of folded words: whole ones, or beginnings where a hyphen follows.
_MAKING = """
add adds added adding creat- insert-
agreg- anad- crea crear creamos crean insert-
adicion- cria criar crio criamos cadastr-
ajout- creer cree creez creons
hinzu- anleg- lege erstell- einfug-
aggiung- crea creare toevoeg-
اضف اضيف اضافه اضافة انشا انشئ انشاء
"""
_ENDING = """
remov- delet- eras- rid block- archiv- deactivat- retir- discontinu- hide hides hiding
quita- quito quite quiten quitem- elimin- borr- suprim- bloque- desactiv- ocult- descontinu-
apag- exclu- arquiv- desativ-
supprim- effac- enlev- bloqu- masqu-
losch- entfern- sperr- deaktivier- ausblend-
rimuov- cancellar- verwijder-
احذف حذف ازل ازيل ازاله ازالة امسح مسح حظر
"""


def _pattern(listed: str) -> re.Pattern[str]:
    parts = {fold(word) for word in listed.split()}
    return re.compile("|".join(re.escape(one).replace(r"\-", r"\w*") for one in sorted(parts)))


_PATTERNS = ((MAKES, _pattern(_MAKING)), (ENDS, _pattern(_ENDING)))


def leaning(text: str) -> int:
    """MAKES, ENDS, or 0 where neither or both are spoken of."""
    said = [fold(word) for word in words(text)]
    return sum(way for way, pattern in _PATTERNS if any(pattern.fullmatch(word) for word in said))


def contrary(question: str, heading: str) -> bool:
    """Whether one makes what the other ends."""
    way = leaning(question)
    return way != 0 and leaning(heading) == -way
