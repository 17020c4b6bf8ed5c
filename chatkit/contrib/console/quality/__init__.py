"""The review queue: answers that somebody found wanting, and what became of them."""

from .queue import (
    add,
    add_by_operator,
    gather,
    on_run,
    take_back,
    tell,
    told_of,
    voted_down,
)

__all__ = [
    "add",
    "add_by_operator",
    "gather",
    "on_run",
    "take_back",
    "tell",
    "told_of",
    "voted_down",
]
