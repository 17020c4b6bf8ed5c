"""Questions without an answer: gathered, near-identical ones as one, and marked by operators."""

from .gather import gather
from .groups import (
    LOOKED_UP,
    Line,
    Wording,
    articles_now,
    lines,
    name_of,
    passages,
    search,
    wordings,
)
from .marks import answered_by, dismiss, reopen, write_article

__all__ = [
    "LOOKED_UP",
    "Line",
    "Wording",
    "answered_by",
    "articles_now",
    "dismiss",
    "gather",
    "lines",
    "name_of",
    "passages",
    "reopen",
    "search",
    "wordings",
    "write_article",
]
