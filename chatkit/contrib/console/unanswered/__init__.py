"""Questions without an answer: gathered, near-identical ones as one, and marked by operators."""

from .gather import gather
from .groups import Line, Wording, articles_now, lines, name_of, passages, wordings
from .marks import answered_by, dismiss, reopen, write_article

__all__ = [
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
    "wordings",
    "write_article",
]
