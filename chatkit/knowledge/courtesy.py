"""Greetings, thanks and farewells: messages that ask nothing."""

from __future__ import annotations

from typing import Literal

from .language import words
from .stop_words import MORE_STOP_WORDS, STOP_WORDS, fold

Courtesy = Literal["", "greeting", "thanks", "farewell"]

LONGEST = 10  # words of a courtesy

_THANKS = """
thanks thank thx ty cheers gracias obrigado obrigada valeu merci danke dankeschon vielen grazie
bedankt dank شكرا
"""
_GREETINGS = """
hello hi hey greetings hola buenas buenos ola oi bonjour bonsoir salut hallo moin ciao buongiorno
مرحبا اهلا السلام عليكم
"""
_FAREWELLS = """
bye goodbye adios chau hasta luego tchau adeus revoir tschuss wiedersehen arrivederci doei السلامة
"""
# What stands beside them, and is no topic either.
_BESIDE = """
ok okay great perfect good nice super cool awesome excellent wonderful helped helpful helps works
worked it morning afternoon evening day night there everybody everyone team see later very much lot
perfecto excelente genial listo vale claro dias tardes noches muchas ayudo sirvio funciono pronto
perfeito otimo bom boa muito dia tarde noite ajudou funcionou
parfait beaucoup bien bonne journee au a prima super perfekt gut guten tag morgen abend auf
molte mille perfetto جزيلا لك وسهلا صباح مساء الخير مع
"""


def _known(text: str) -> frozenset[str]:
    return frozenset(map(fold, text.split()))


_WORDS: tuple[tuple[Courtesy, frozenset[str]], ...] = (
    ("thanks", _known(_THANKS)),
    ("farewell", _known(_FAREWELLS)),
    ("greeting", _known(_GREETINGS)),
)
_FILLING = frozenset().union(
    _known(_BESIDE),
    *(known for _, known in _WORDS),
    *STOP_WORDS.values(),
    *MORE_STOP_WORDS.values(),
)


def courtesy(text: str) -> Courtesy:
    """Which courtesy a message is; "" where it asks something."""
    said = [fold(word) for word in words(text)]
    if not 0 < len(said) <= LONGEST or any(mark in text for mark in "?؟？"):
        return ""
    if not _FILLING.issuperset(said):
        return ""
    return next((kind for kind, known in _WORDS if not known.isdisjoint(said)), "")
