"""Questions in other words are one line, where the extra `semantic` is."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from chatkit import personal_data
from chatkit.contrib.console import unanswered
from chatkit.contrib.console.models import QuestionGroup
from chatkit.contrib.console.unanswered import nearness
from chatkit.contrib.console.unanswered.likeness import Known
from chatkit.knowledge import encoder
from tests.people import permit

from .test_unanswered import URL, found, in_vain, only_group

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif(not encoder.installed(), reason="without the extra `semantic`"),
]
DATA = Path(__file__).parents[2] / "data"
FIRST = "What does the subscription cost per month?"
SAME = "How much is the monthly subscription?"


def language(code: str) -> dict[str, Any]:
    return {"searched": [{"query": "", "language": code}]}


@pytest.fixture
def words_alone(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """As where the extra is not installed."""
    monkeypatch.setattr(encoder, "installed", lambda: False)
    return monkeypatch


def joined(pairs: str) -> Counter[tuple[bool, str]]:
    """How many pairs of a file are one line, by words and in all: (same, how) -> count."""
    rows = json.loads((DATA / f"question_pairs_{pairs}.json").read_text())
    texts = [text for row in rows for _language, text in (row["first"], row["second"])]
    vectors = nearness.vectors_of(texts)
    assert vectors is not None
    count: Counter[tuple[bool, str]] = Counter()
    for place, row in enumerate(rows):
        one, other = (nearness.read(text, code) for code, text in (row["first"], row["second"]))
        near = nearness.Near([("key", one, nearness.packed(vectors[2 * place]))])
        by_words = Known([("key", one.terms)]).like(other.terms) is not None
        scores = near.scores(vectors[2 * place + 1][None])[0]
        count[row["same"], "words"] += by_words
        count[row["same"], "all"] += by_words or near.like(other, scores) is not None
    return count


@pytest.mark.parametrize(
    ("pairs", "by_words", "right", "wrong"),
    [("tuning", 4, 26, 1), ("tuning_more", 1, 14, 5), ("heldout", 7, 15, 2)],
)
def test_more_are_joined_than_by_words_and_few_wrongly(
    pairs: str, by_words: int, right: int, wrong: int
) -> None:
    count = joined(pairs)
    assert count[True, "words"] <= by_words
    assert count[True, "all"] >= right
    assert count[False, "all"] <= wrong


def test_other_words_and_another_language_are_the_same_line(
    console: Client, reader: Any, user: Any, other: Any
) -> None:
    in_vain(user, "Why was my account blocked?")
    in_vain(other, "¿Por qué se bloqueó mi cuenta?", **language("es"))
    in_vain(user, FIRST)
    assert sorted(row[1] for row in found(console)) == ["1", "2"]
    in_vain(other, SAME)  # now that the others' vectors are kept
    assert {tuple(row[:3]) for row in found(console)} >= {(SAME, "2", "2")}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("How do I add a customer?", "How do I remove a customer?"),
        ("Where is invoice 1042?", "Where is invoice 2077?"),
        ("أين الفاتورة رقم ١٠٤٢؟", "أين الفاتورة رقم ٢٠٧٧؟"),
        ("Is it possible to export to Excel?", "Can I export to Access?"),
    ],
)
def test_a_name_a_number_or_a_word_keeps_them_apart(
    console: Client, reader: Any, user: Any, first: str, second: str
) -> None:
    in_vain(user, first)
    in_vain(user, second)
    assert [row[1] for row in found(console)] == ["1", "1"]


def test_a_not_keeps_them_apart(console: Client, reader: Any, user: Any) -> None:
    in_vain(user, "¿Por qué recibo tantos correos?", **language("es"))
    in_vain(user, "Por que não recebo e-mails?", **language("pt"))
    assert [row[1] for row in found(console)] == ["1", "1"]


def test_a_vector_is_made_once(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    encode = encoder.encode

    def noted(texts: list[str]) -> Any:
        read.extend(texts)
        return encode(texts)

    monkeypatch.setattr(encoder, "encode", noted)
    in_vain(user, FIRST)
    unanswered.gather()
    for _time in range(3):
        in_vain(user, FIRST.lower())
        call_command("chatkit_rollup", verbosity=0)
    assert read == [FIRST]


def test_what_was_decided_stays(console: Client, reader: Any, user: Any, other: Any) -> None:
    permit(reader, "chatkit_console.change_questiongroup")
    in_vain(user, FIRST)
    unanswered.gather()
    console.post(f"{URL}{only_group().pk}/mark/", {"act": "dismiss"})
    in_vain(other, SAME)
    assert found(console) == []
    assert only_group().status == "dismissed"
    assert only_group().questions.count() == 2


def test_switched_on_later_it_joins_and_moves_nothing(user: Any, words_alone: Any) -> None:
    in_vain(user, FIRST)
    in_vain(user, SAME)
    call_command("chatkit_rollup", verbosity=0)
    before = dict(QuestionGroup.objects.values_list("key", "status"))
    assert len(before) == 2
    words_alone.undo()
    in_vain(user, "What is the monthly price of the subscription?")
    call_command("chatkit_rollup", verbosity=0)
    assert dict(QuestionGroup.objects.values_list("key", "status")) == before
    assert not QuestionGroup.objects.filter(vector=None).exists()


def test_switched_off_later_no_group_is_lost(user: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    in_vain(user, FIRST)
    in_vain(user, SAME)
    call_command("chatkit_rollup", verbosity=0)
    monkeypatch.setattr(encoder, "installed", lambda: False)
    in_vain(user, FIRST)
    call_command("chatkit_rollup", verbosity=0)
    assert only_group().questions.count() == 3


def test_a_model_that_does_not_run_leaves_the_words(
    console: Client, reader: Any, user: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(texts: Any) -> Any:
        raise RuntimeError("another version")

    monkeypatch.setattr(encoder, "encode", breaks)
    in_vain(user, FIRST)
    in_vain(user, FIRST.upper())
    in_vain(user, SAME)
    assert sorted(row[1] for row in found(console)) == ["1", "2"]


def test_the_vector_goes_with_the_questions(console: Client, reader: Any, user: Any) -> None:
    permit(reader, "chatkit_console.change_questiongroup")
    in_vain(user, "Can I export 20 orders to Excel?")
    unanswered.gather()
    group = only_group()
    assert group.vector
    assert group.names
    console.post(f"{URL}{group.pk}/mark/", {"act": "dismiss"})
    personal_data.erase(user)
    call_command("chatkit_rollup", verbosity=0)
    group = only_group()
    assert (group.vector, group.names, group.status) == (None, [], "dismissed")


def test_a_question_of_100_kb_is_one_line(console: Client, reader: Any, user: Any) -> None:
    in_vain(user, FIRST)
    unanswered.gather()  # the model is loaded
    in_vain(user, "I have been a seller for years. " * 3_200 + SAME)
    began = time.process_time()
    assert unanswered.gather() == 1
    assert time.process_time() - began < 1
    assert all(
        len(group.vector or b"") == 2 * encoder.WIDTH for group in QuestionGroup.objects.all()
    )


def test_thousands_of_groups_cost_one_product(user: Any) -> None:
    import numpy as np

    rows = np.random.default_rng(1).normal(size=(nearness.MOST, encoder.WIDTH))
    rows /= np.linalg.norm(rows, axis=1)[:, None]
    QuestionGroup.objects.bulk_create(
        QuestionGroup(
            key=f"k{number}",
            terms=[number],
            vector=row.astype("<f2").tobytes(),
            vector_of=nearness.version(),
        )
        for number, row in enumerate(rows)
    )
    assert nearness.vectors_of([FIRST]) is not None  # the model is loaded
    for number in range(5):
        in_vain(user, f"Question about topic{number}")
    began = time.process_time()
    assert unanswered.gather(10) == 5
    assert time.process_time() - began < 1
