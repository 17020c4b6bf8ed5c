"""Fits the numbers of `chatkit/knowledge/certainty.py` to questions with a known article, and tells
what they give: `python -m tests.knowledge.fit`, a minute.

The weights of the measures make the article that was meant likeliest among all articles; the
chance is a logistic regression on whether the best article was meant. Both are held near zero, so
that few questions decide little. What is told for a set is found by the numbers that the other
sets alone give.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from chatkit.knowledge import Knowledge, encoder
from chatkit.knowledge.certainty import Chance, Measured, Weighing
from chatkit.knowledge.question import Question

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parents[1] / "data"
SETS = tuple(
    f"tuning{ending}"
    for ending in ("", "_more", "_third", "_fourth", "_fifth", "_sixth", "_seventh")
)
HELD = 3.0  # how strongly the numbers are held near zero


@dataclass(frozen=True)
class Row:
    name: str  # of its set
    language: str
    article: int | None
    measured: Measured


def rows_of(names: tuple[str, ...]) -> list[Row]:
    knowledge = Knowledge(ROOT / "mseller" / "help")
    knowledge.search("warm")
    library = knowledge._current()
    meaning = library.meaning(None)
    assert meaning is not None
    found = []
    for name in names:
        text = (DATA / f"questions_meaning_{name}.json").read_text(encoding="utf-8")
        for entry in json.loads(text):
            question = Question.read(entry["question"])
            asked, _ = library.ask(question.focus, "en", 3)
            weights = np.array([weight for _, weight in question.parts], dtype=np.float32)
            vector = weights @ encoder.encode([part for part, _ in question.parts])
            vector /= np.linalg.norm(vector)
            article = entry["article"]
            found.append(
                Row(
                    name,
                    entry["language"],
                    None if article is None else meaning._slugs.index(article),
                    meaning.measure(question.parts[0][0], vector, asked),
                )
            )
    return found


def alone(rows: list[Row]) -> list[Row]:
    """The same without the second model."""
    return [
        Row(
            row.name,
            row.language,
            row.article,
            Measured(
                row.measured.whole,
                row.measured.worth,
                row.measured.near,
                None,
                row.measured.elsewhere,
            ),
        )
        for row in rows
    ]


def weighing_of(rows: list[Row]) -> Weighing:
    """Maximises the likelihood of the articles that were meant."""
    known = [row for row in rows if row.article is not None]
    columns = np.stack(
        [
            np.column_stack(
                [
                    row.measured.whole,
                    row.measured.words,
                    np.zeros_like(row.measured.whole)
                    if row.measured.opinion is None
                    else row.measured.opinion,
                ]
            )
            for row in known
        ]
    )
    columns -= columns.mean(axis=1, keepdims=True)
    spread = columns.std(axis=(0, 1)) + 1e-9
    columns /= spread
    articles: Any = np.array([row.article for row in known])
    meant = columns[np.arange(len(known)), articles]
    weights = np.zeros(3)
    for _ in range(50):
        scores = columns @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        means = (shares[:, :, None] * columns).sum(axis=1)
        slope = (means - meant).sum(axis=0) + HELD * weights
        apart = columns - means[:, None, :]
        bend = np.einsum("na,nai,naj->ij", shares, apart, apart) + HELD * np.eye(3)
        weights -= np.linalg.solve(bend, slope)
    return Weighing(*map(float, weights / spread))


def told(rows: list[Row], weighing: Weighing) -> tuple[Any, Any, Any]:
    """For each row the features of the chance, whether its best article was meant, and whether
    that is among the first three."""
    features, right, near = [], [], []
    for row in rows:
        scores = row.measured.scores(weighing)
        shares = np.exp(scores - scores.max())
        shares /= shares.sum()
        features.append(row.measured.features(float(shares.max()), weighing))
        order = [int(number) for number in np.argsort(-scores)]
        right.append(order[0] == row.article)
        near.append(row.article in order[:3])
    return np.array(features), np.array(right), np.array(near)


def chance_of(features: Any, right: Any) -> Chance:
    mean, spread = features.mean(axis=0), features.std(axis=0)
    columns = np.column_stack([np.ones(len(features)), (features - mean) / spread])
    weights = np.zeros(columns.shape[1])
    hold = HELD * np.eye(len(weights))
    hold[0, 0] = 0.0
    for _ in range(50):
        likely = 1 / (1 + np.exp(-columns @ weights))
        slope = columns.T @ (likely - right) + hold @ weights
        bend = (columns * (likely * (1 - likely))[:, None]).T @ columns + hold
        weights -= np.linalg.solve(bend, slope)
    own = weights[1:] / spread
    return Chance(float(weights[0] - own @ mean), *map(float, own))


def tell(title: str, rows: list[Row]) -> None:
    weighing = weighing_of(rows)
    features, right, _ = told(rows, weighing)
    print(f"{title}: {_rounded(weighing)}\n  {_rounded(chance_of(features, right))}")
    names = dict.fromkeys(row.name for row in rows)
    for name in names:
        own = np.array([row.name == name for row in rows])
        others = [row for row, is_own in zip(rows, own, strict=True) if not is_own] or rows
        weighing = weighing_of(others)
        features, right, _ = told(others, weighing)
        none, *weights = chance_of(features, right)
        of_set = [row for row in rows if row.name == name]
        features, right, near = told(of_set, weighing)
        likely = 1 / (1 + np.exp(-(none + features @ np.array(weights))))
        known = np.array([row.article is not None for row in of_set])
        print(f"  {name}: {known.sum()} and {(~known).sum()} off the topic")
        print(f"    the first article right {right.sum()}, one of the first three {near.sum()}")
        for sure in (0.6, 0.65, 0.7, 0.75):
            said = likely >= sure
            counts = {
                "right": said & right,
                "wrong": said & ~right & known,
                "off the topic": said & ~known,
                "found": (said & right) | (~said & near),
            }
            print(f"    from {sure}:", *(f"{name} {one.sum()}," for name, one in counts.items()))


def _rounded(numbers: Any) -> Any:
    return type(numbers)(*(round(number, 2) for number in numbers))


if __name__ == "__main__":
    found = rows_of(tuple(sys.argv[1:]) or SETS)
    tell("With the second model", found)
    tell("Without", alone(found))
