"""Fits the numbers of `chatkit/knowledge/certainty.py` to questions with a known article, and tells
what they give: `python -m tests.knowledge.fit`, a few minutes.

The weights of the measures make the article that was meant likeliest among all articles; the
chance is a logistic regression on whether the best article was meant. Both are held near zero, so
that few questions decide little. The weights of phrasings come after the others, which a site
without any has too, and the chance is fitted to each question twice: with phrasings and without.

The phrasings of the sample articles are questions of these sets. No question is measured against
those of its own set, and what is told for a set is found by the numbers that the other sets alone
give. At the end the search itself is asked, with the numbers that stand in the code.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from chatkit.knowledge import Knowledge, encoder
from chatkit.knowledge.certainty import Chance, Measured, Weighing
from chatkit.knowledge.question import Question

ROOT = Path(__file__).parents[2]
DATA = Path(__file__).parents[1] / "data"
ENDINGS = ("", "_more", "_third", "_fourth", "_fifth", "_sixth", "_seventh", "_eighth")
SETS = tuple(f"meaning_tuning{ending}" for ending in ENDINGS)
PLAIN = ("questions", "questions_more")  # in the articles' own words; no phrasings
OURS = ("en", "es")
HELD = 3.0  # how strongly the numbers are held near zero
MEASURES = ("whole", "words", "opinion")
TOLD = ("told", "told_opinion")


@dataclass(frozen=True)
class Row:
    name: str  # of its set
    language: str
    article: int | None
    measured: Measured


def questions(name: str) -> list[dict[str, Any]]:
    file = f"{name}.json" if name in PLAIN else f"questions_{name}.json"
    text = (DATA / file).read_text(encoding="utf-8")
    found: list[dict[str, Any]] = json.loads(text)
    return found


@contextmanager
def knowledge_without(name: str) -> Iterator[Knowledge]:
    """The sample articles with the phrasings that come from other sets."""
    own = {entry["question"] for entry in questions(name)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "help"
        shutil.copytree(ROOT / "mseller" / "help", path)
        phrasings = json.loads((path / "phrasings.json").read_text(encoding="utf-8"))
        left = [entry for entry in phrasings if entry["question"] not in own]
        (path / "phrasings.json").write_text(json.dumps(left), encoding="utf-8")
        yield Knowledge(path)


def rows_of(names: tuple[str, ...]) -> list[Row]:
    return [row for name in names for row in _rows_of(name)]


def _rows_of(name: str) -> list[Row]:
    found = []
    with knowledge_without(name) as knowledge:
        library = knowledge._current()
        meaning = library.meaning(None)
        assert meaning is not None
        for entry in questions(name):
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
            replace(row.measured, opinion=None, told_opinion=0.0),
        )
        for row in rows
    ]


def unphrased(rows: list[Row]) -> list[Row]:
    """The same without phrasings."""
    return [
        replace(row, measured=replace(row.measured, told=0.0, told_opinion=0.0)) for row in rows
    ]


def weighing_of(rows: list[Row]) -> Weighing:
    """Maximises the likelihood of the articles that were meant."""
    known = [row for row in rows if row.article is not None]
    articles: Any = np.array([row.article for row in known])
    first = columns_of(known, MEASURES)
    weights = likeliest(first, articles, np.zeros(first.shape[:2]))
    more = likeliest(columns_of(known, TOLD), articles, first @ weights)
    return Weighing(*map(float, (*weights, *more)))


def columns_of(rows: list[Row], names: tuple[str, ...]) -> Any:
    """For each question and article what these measures tell of it; 0 where there is none."""
    columns = [
        np.column_stack(
            [
                np.zeros_like(row.measured.whole) + (0.0 if value is None else value)
                for name in names
                for value in [getattr(row.measured, name)]
            ]
        )
        for row in rows
    ]
    found = np.stack(columns)
    return found - found.mean(axis=1, keepdims=True)


def likeliest(columns: Any, articles: Any, known: Any) -> Any:
    """The weights of the columns, beside what is `known` of each article."""
    spread = columns.std(axis=(0, 1)) + 1e-9
    columns = columns / spread
    meant = columns[np.arange(len(articles)), articles]
    weights = np.zeros(columns.shape[2])
    for _ in range(50):
        scores = known + columns @ weights
        shares = np.exp(scores - scores.max(axis=1, keepdims=True))
        shares /= shares.sum(axis=1, keepdims=True)
        means = (shares[:, :, None] * columns).sum(axis=1)
        slope = (means - meant).sum(axis=0) + HELD * weights
        apart = columns - means[:, None, :]
        bend = np.einsum("na,nai,naj->ij", shares, apart, apart) + HELD * np.eye(len(weights))
        weights -= np.linalg.solve(bend, slope)
    return weights / spread


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


def fitted(rows: list[Row]) -> tuple[Weighing, Chance]:
    weighing = weighing_of(rows)
    features, right, _ = told([*rows, *unphrased(rows)], weighing)
    return weighing, chance_of(features, right)


def tell(title: str, rows: list[Row]) -> None:
    print(f"{title}: {'; '.join(str(_rounded(numbers)) for numbers in fitted(rows))}")
    names = dict.fromkeys(row.name for row in rows)
    sums: Counter[str] = Counter()
    for name in names:
        others = [row for row in rows if row.name != name] or rows
        weighing, (none, *weights) = fitted(others)
        own = [row for row in rows if row.name == name]
        known = np.array([row.article is not None for row in own])
        print(f"  {name}: {known.sum()} and {(~known).sum()} off the topic")
        for kind, of_set in (("", own), ("without phrasings ", unphrased(own))):
            features, right, near = told(of_set, weighing)
            likely = 1 / (1 + np.exp(-(none + features @ np.array(weights))))
            for sure in (0.65, 0.7, 0.75, 0.8):
                said = likely >= sure
                counts = {
                    "right": said & right,
                    "wrong": said & ~right & known,
                    "off the topic": said & ~known,
                    "found": (said & right) | (~said & near),
                }
                line = f"{kind}from {sure}:"
                sums.update({f"{line} {what}": int(one.sum()) for what, one in counts.items()})
                print(f"    {line}", *(f"{what} {one.sum()}," for what, one in counts.items()))
    print("  all:", *(f"\n    {what} {count}" for what, count in sums.items()))


def ask(names: tuple[str, ...]) -> None:
    """What the search answers, set by set."""
    sums: Counter[str] = Counter()
    for name in names:
        ends: Counter[str] = Counter()
        with knowledge_without(name) as knowledge:
            for entry in questions(name):
                findings = knowledge.search(entry["question"])
                slugs = [match.section.slug for match in findings.matches]
                near = entry["article"] in [article.slug for article in findings.nearest]
                own = entry["language"] in OURS
                if entry["article"] is None:
                    end = "off the topic" if slugs else "declined"
                elif slugs:
                    right = slugs[0] == entry["article"]
                    end = f"right in {'ours' if own else 'others'}" if right else "wrong"
                else:
                    end = "among the buttons" if near else "lost"
                ends[end] += 1
                if end in ("wrong", "off the topic"):
                    print(f"    {end}: {slugs[0]} for {entry['question']}")
        sums += ends
        print(f"  {name}: {dict(ends)}")
    print(f"  all: {dict(sums)}")


def _rounded(numbers: Any) -> Any:
    return type(numbers)(*(round(number, 2) for number in numbers))


if __name__ == "__main__":
    names = tuple(sys.argv[1:]) or (*PLAIN, *SETS)
    found = rows_of(names)
    tell("With the second model", found)
    tell("Without", alone(found))
    print("The search itself:")
    ask(names)
