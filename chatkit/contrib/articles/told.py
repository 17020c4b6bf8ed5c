"""What is told of changes of phrasings, without their words, which are those of people."""

from __future__ import annotations

from typing import Any

from ...admin.recorded import tell
from .models import Phrasing


def told_of(row: Phrasing) -> dict[str, Any]:
    """Its values, for `tell_phrasing`."""
    return {"slug": row.slug, "language": row.language, "text": row.text}


def tell_phrasing(user: Any, row: Phrasing, before: dict[str, Any], after: dict[str, Any]) -> None:
    """Tell that a phrasing was added, changed or deleted, in the same transaction."""
    tell(user, row, before, after, withheld=("text",), name=row.slug)
