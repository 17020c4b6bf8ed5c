"""Figures by day. Days that are over are kept in a few rows each; today is counted as it stands.

A day's rows are made by `make_up` (the command `chatkit_rollup`) and made again where something
of that day has changed since: an answer that ended after midnight, a vote on an answer of before.
Until then the day is counted from its runs. What is deleted leaves its counts, of nobody: `gone`.

So that long periods are fast, a day has all its figures in one value, too (`summary`), and a month
that is over the sums of its people (`months`): both are made along with the days, and count only
as long as these are not stale.
"""

from .buckets import percentile
from .read import Figures, articles, compared, figures, people, stale_days
from .rollup import make_up, mark_stale

__all__ = [
    "Figures",
    "articles",
    "compared",
    "figures",
    "make_up",
    "mark_stale",
    "people",
    "percentile",
    "stale_days",
]
