"""Words alike however they are typed, and the passages that show them."""

from __future__ import annotations

import time

import pytest

from chatkit import fulltext

ALIKE = [
    ("Facturación", "facturacion"),
    ("ŁÓDŹ", "lodz"),
    ("Straße", "STRASSE"),
    ("ＡＢＣ１２", "abc12"),
    ("ΣΊΣΥΦΟΣ", "σισυφος"),
    ("İstanbul", "istanbul"),
    ("الطلب", "طلب"),
    ("مُحَمَّد", "محمد"),
    ("١٢٣", "123"),
    ("co\u00adoperate", "cooperate"),
    ("cafe\u0301", "café"),
]


def found(text: str, search: str) -> bool:
    """What the databases do, by the rows alone."""
    words = fulltext.kept([text])
    return all(
        f" {term.token}{'' if term.begins else ' '}" in words for term in fulltext.wanted(search)
    )


@pytest.mark.parametrize(("one", "other"), ALIKE)
def test_alike(one: str, other: str) -> None:
    assert found(f"then {one} again", other)
    assert found(f"then {other} again", one)


@pytest.mark.parametrize(
    ("text", "search", "hit"),
    [
        ("注文をキャンセルしたい", "キャンセル", True),
        ("注文をキャンセルしたい", "文", True),
        ("注文をキャンセルしたい", "い", True),
        ("注文をキャンセルしたい", "文注", False),
        ("我想取消订单", "订单", True),
        ("ยกเลิกคำสั่งซื้อ", "คำสั่ง", True),
        ("मेरा ऑर्डर रद्द करें", "ऑर्डर", True),
        ("주문을 취소", "주문", True),
        ("cancel my order", "my canc", True),
        ("cancel my order", "canc my", False),  # only the last word may be unfinished
        ("an apple", "a", False),
        ("plan a trip", "a", True),
        ("order 12-34", "34", True),
        ("snake_case", "case", True),
        ("any", "!!", True),  # no word: the search itself answers nothing then
    ],
)
def test_parts_of_words(text: str, search: str, hit: bool) -> None:
    assert found(text, search) is hit


def test_what_is_kept_is_plain_for_every_database() -> None:
    words = fulltext.kept(["The ordinary α Ж 注文 o'Reilly"], also=fulltext.owner(1, "wf"))
    assert words.isascii()
    assert words.startswith(" qo")
    assert "  " not in words
    assert all(3 <= len(word) <= 82 and word.isalnum() for word in words.split())
    assert fulltext.kept(["", " ?! "], also="qo") == ""


def test_no_two_words_are_written_alike() -> None:
    assert not found("qu0001", "\u0101\u0001")
    assert fulltext.owner(1, "wf") != fulltext.owner(11, "f")


def shown(text: str, search: str) -> str:
    parts = fulltext.passage(text, fulltext.wanted(search))
    return "".join(f"[{part.text}]" if part.hit else part.text for part in parts)


@pytest.mark.parametrize(
    ("text", "search", "passage"),
    [
        ("Cancel the order", "order canc", "[Canc]el the [order]"),
        ("Die Straße war **naß**.", "strasse nass", "Die [Straße] war [naß]."),
        ("注文をキャンセルしたい", "キャンセル", "注文を[キャンセル]したい"),
        ("قال الطلب وصل", "طلب", "قال ال[طلب] وصل"),
        ("[a link](https://example.org/order)", "link", "a [link]"),
        ("nothing here", "absent", "nothing here"),
        ("line one\n\n```py\nprint(order)\n```", "order", "line one print([order])"),
    ],
)
def test_passages(text: str, search: str, passage: str) -> None:
    assert shown(text, search) == passage


def test_passage_of_a_long_text() -> None:
    text = "word " * 400 + "refund " + "more " * 60 + "refund of the invoice " + "end " * 300
    found = shown(text, "invoice refund")
    assert found.startswith("… ")
    assert found.endswith(" …")
    assert "[refund] of the [invoice]" in found
    assert len(found) < 240


@pytest.mark.parametrize("text", ["[" * 200_000, "*" * 200_000, "|-" * 100_000, "ab " * 70_000])
def test_no_text_takes_long(text: str) -> None:
    began = time.process_time()
    shown(text, "ab c")
    fulltext.kept([text])
    assert time.process_time() - began < 2


def test_line() -> None:
    assert fulltext.line("## Hello\n\n* **one**\n* two") == "Hello one two"
    assert fulltext.line("a" * 500) == "a" * 159 + "…"
    assert fulltext.line("turn \u202e it") == "turn it"
