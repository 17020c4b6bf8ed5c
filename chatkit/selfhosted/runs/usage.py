"""What an answer has used, as its server reports it, in values that any column can hold."""

from __future__ import annotations

from dataclasses import dataclass

from .outcomes import storable

MOST = 2**31 - 1  # that a column of tokens holds on every database
LONGEST_MODEL = 128


@dataclass
class Usage:
    """The tokens of an answer; None where nobody has told them."""

    model: str = ""
    tokens_in: int | None = None
    tokens_cached: int | None = None
    tokens_out: int | None = None

    def add(
        self,
        model: str,
        tokens_in: int | None,
        tokens_cached: int | None,
        tokens_out: int | None,
    ) -> None:
        self.model = storable(model or "")[:LONGEST_MODEL] or self.model
        self.tokens_in = _sum(self.tokens_in, tokens_in)
        self.tokens_cached = _sum(self.tokens_cached, tokens_cached)
        self.tokens_out = _sum(self.tokens_out, tokens_out)


def counted(value: object) -> int | None:
    """A number of tokens as it may be stored: a server may report anything. None for what is no
    number of tokens."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        return None
    return min(value, MOST)


def _sum(so_far: int | None, more: object) -> int | None:
    found = counted(more)
    return so_far if found is None else counted((so_far or 0) + found)
