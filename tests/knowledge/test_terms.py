"""Words, spelling and terms: what a question's words stand for."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from chatkit.knowledge.language import fold, is_stop_word, language_scores, primary, stem, words
from chatkit.knowledge.spelling import Speller, distance
from chatkit.knowledge.terms import MAX_TERMS, Vocabulary


def test_fold() -> None:
    assert fold("Facturación ÑANDÚ") == "facturacion nandu"


def test_words_keep_accents_and_drop_the_rest() -> None:
    assert words('¿Contraseña "OR" NEAR(a*)? can\'t 2FA') == [
        *["contraseña", "or", "near", "a", "can", "t", "2fa"]
    ]


def test_stems() -> None:
    assert stem("invoices", "en") == stem("invoicing", "en")
    assert stem("facturación", "es") == stem("facturas", "es") == "factur"
    assert stem("Кот", "xx") == "кот"


@pytest.mark.slow
def test_stems_between_threads() -> None:
    # Snowball keeps the word inside the stemmer: without a lock threads mix their words up.
    pool = [f"facturaci{'o' * n}nes" for n in range(300)] + [
        f"orden{'a' * n}mos" for n in range(300)
    ]
    expected = [stem.__wrapped__(word, "es") for word in pool]
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(8) as executor:
            found = list(executor.map(lambda word: stem.__wrapped__(word, "es"), pool * 3))
    finally:
        sys.setswitchinterval(interval)
    assert found == expected * 3


@pytest.mark.parametrize("code", ["es", "ES", "es-MX", "es_DO", " es "])
def test_primary(code: str) -> None:
    assert primary(code) == "es"


def test_stop_words() -> None:
    assert is_stop_word("Cómo", "es")
    assert is_stop_word("how", "en")
    assert not is_stop_word("how", "es")
    assert not is_stop_word("pedido", "es")
    assert not is_stop_word("how", "fr")


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("How do I cancel an order?", "en"),
        ("como cancelo un pedido", "es"),
        ("¿Password?", "es"),
        ("reset", "en"),
        ("mañana", "es"),
    ],
)
def test_language_scores(question: str, language: str) -> None:
    scores = language_scores(question, {"en": {"reset"}, "es": {"pedido"}})
    assert max(scores, key=lambda code: scores[code]) == language


def test_language_scores_leave_open_what_nothing_tells() -> None:
    assert language_scores("123 xyz", {"en": (), "es": ()}) == {"en": 0.0, "es": 0.0}


@pytest.mark.parametrize(
    ("one", "other", "slips"),
    [
        ("order", "order", 0),
        ("ordr", "order", 1),
        ("oredr", "order", 1),
        ("orrder", "order", 1),
        ("orter", "order", 1),
        ("contrasena", "contrsaenna", 2),
        ("order", "invoice", 3),
        ("abcd", "dcba", 3),
    ],
)
def test_distance(one: str, other: str, slips: int) -> None:
    assert distance(one, other, 2) == slips


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("ordr", ("order", 1)),
        ("oredr", ("order", 1)),
        ("invocie", ("invoice", 1)),
        ("invoce", ("invoice", 1)),
        ("comissions", ("commissions", 1)),
        ("comisions", ("commissions", 2)),
        ("tire", None),  # a short word with a letter replaced is another word
        ("torder", None),  # the first letter counts as right
        ("rice", None),
        ("ord", None),
        ("x" * 50, None),
        ("2fax", None),
    ],
)
def test_correct(typed: str, found: tuple[str, int] | None) -> None:
    speller = Speller(["order", "invoice", "commissions", "time", "price", "2fa", "x" * 50])
    assert speller.correct(typed) == found


def test_correct_prefers_fewer_slips_then_the_usual() -> None:
    assert Speller(["deliveriez", "delivery"]).correct("deliverye") == ("delivery", 1)
    assert Speller(["payments", "paymentz"]).correct("payment") == ("payments", 1)
    assert Speller(["paymentz", "payments"]).correct("payment") == ("paymentz", 1)


class TestVocabulary:
    @pytest.fixture
    def vocabulary(self) -> Vocabulary:
        vocabulary = Vocabulary("es")
        texts = ("El logotipo de la facturación", "La contraseña", "La factura", "Un pedido perdió")
        for text in texts:
            vocabulary.count(vocabulary.read(text))
        return vocabulary

    @pytest.mark.parametrize(
        ("typed", "found", "quality"),
        [
            ("facturación", "factur", 1.0),
            ("facturacion", "factur", 1.0),  # as typed without accents
            ("FACTURAS", "factur", 1.0),
            ("contrasena", "contrasen", 1.0),
            ("perdio", "perd", 1.0),  # by itself it would have another stem
            ("pierdo", "perd", 1.0),  # its stressed vowel breaks
            ("logo", "logotip", 0.85),
            ("pedidio", "ped", 0.85),
        ],
    )
    def test_term(self, vocabulary: Vocabulary, typed: str, found: str, quality: float) -> None:
        (term,) = vocabulary.terms(typed).values()
        assert (term.stem, term.quality) == (found, quality)

    def test_rare_terms_tell_more_and_foreign_names_the_most(self, vocabulary: Vocabulary) -> None:
        terms = vocabulary.terms("la factura, el pedido, un tractor y mi Facebook")
        weights = {stem: term.weight for stem, term in terms.items()}
        assert weights["factur"] < weights["ped"] == weights["tractor"] < weights["facebook"]

    def test_stop_words_and_crumbs_are_no_terms(self, vocabulary: Vocabulary) -> None:
        assert vocabulary.terms("¿cómo hago x hw un la 7?") == {}

    def test_terms_are_limited(self, vocabulary: Vocabulary) -> None:
        assert len(vocabulary.terms(" ".join(f"palabra{n}" for n in range(500)))) == MAX_TERMS

    def test_contains(self, vocabulary: Vocabulary) -> None:
        assert "facturacion" in vocabulary
        assert "factur" not in vocabulary
        assert "la" not in vocabulary
