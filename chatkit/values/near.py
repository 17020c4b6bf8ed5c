"""What somebody who misspelt a name may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def meant(name: object, known: Iterable[str]) -> str:
    """A question that names the one of `known` that is most like it; "" where none is like it."""
    names = list(known)
    by_lower = {each.lower(): each for each in names}
    found = get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.6)
    return f"Did you mean {by_lower[found[0]]!r}?" if found else ""
