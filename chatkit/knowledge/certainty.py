"""How the measures of nearness are weighed, and how likely the nearest article answers.

The numbers were fitted to questions with a known article by logistic regression, and are printed by
`python -m tests.knowledge.fit`, which tells on which sets, and what each set gives where the other
ones alone were fitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, log
from typing import Any, NamedTuple

SURE = 0.75  # the chance from which an article is an answer: else one asks back


class Weighing(NamedTuple):
    """What an article's measures are multiplied by: the differences of their sums are logarithms
    of odds."""

    whole: float
    words: float
    opinion: float
    told: float
    told_opinion: float


class Chance(NamedTuple):
    """The logarithm of the odds that the best article answers: a sum of these parts."""

    none: float
    share: float  # times the logarithm of the odds of its share among the articles
    gap: float  # how much nearer the question is to the articles than to elsewhere
    lead: float  # by how much its words are nearer than those of any other article
    strange: float  # how near the word of the question is that is strangest to the article


JOINT = Weighing(5.54, 3.32, 44.4, 8.46, 55.26)
ALONE = Weighing(7.56, 3.7, 0.0, 13.61, 0.0)  # without a second model
JOINT_CHANCE = Chance(-2.09, 0.64, 1.46, 0.43, 2.13)
ALONE_CHANCE = Chance(-2.9, 0.68, 1.01, 0.65, 3.77)


@dataclass(frozen=True)
class Measured:
    """How near a question is to each article."""

    whole: Any  # its sections, sentences, names and all together, to the first model
    worth: Any  # each word of the question (a row) to its nearest word, less in running text
    near: Any  # the same, wherever the word stands
    opinion: Any  # to the second model; None without one
    elsewhere: float  # how near the nearest topic elsewhere is
    told: Any = 0.0  # how near the nearest phrasing is, to the first model
    told_opinion: Any = 0.0  # the same, to the second

    @property
    def words(self) -> Any:
        """How much nearer all words of the question are to each article than to the average."""
        return (self.worth - self.worth.mean(axis=1, keepdims=True)).sum(axis=0)

    def weighing(self) -> Weighing:
        return ALONE if self.opinion is None else JOINT

    def scores(self, weighing: Weighing | None = None) -> Any:
        """What speaks for each article."""
        weighing = weighing or self.weighing()
        scores = weighing.whole * self.whole + weighing.words * self.words
        scores = scores + weighing.told * self.told
        if self.opinion is None:
            return scores
        return scores + weighing.opinion * self.opinion + weighing.told_opinion * self.told_opinion

    def features(
        self, share: float, weighing: Weighing | None = None
    ) -> tuple[float, float, float, float]:
        """What the chance is told by; `share` is the best article's among the articles."""
        best = int(self.scores(weighing).argmax())
        words = self.words
        others = [value for place, value in enumerate(words) if place != best]
        lead = float(words[best]) - float(max(others, default=0.0))
        strange = float(self.near[:, best].min()) if len(self.near) else 0.0
        return (
            log((share + 1e-6) / (1 - share + 1e-6)),
            float(self.whole.max()) - self.elsewhere,
            lead,
            strange,
        )

    def chance(self, share: float) -> float:
        """That the article with the highest score answers."""
        none, *weights = ALONE_CHANCE if self.opinion is None else JOINT_CHANCE
        told = zip(weights, self.features(share), strict=True)
        odds = none + sum(weight * value for weight, value in told)
        return 1 / (1 + exp(-odds))
