"""What `chatkit_prune` does, as one of Django's Tasks: `prune.enqueue()`, from a schedule."""

from __future__ import annotations

from .. import conf
from ..background import task
from .rows import Outdated, delete_left_over


@task
def prune() -> dict[str, int]:
    """Delete what is older than CHATKIT["RETENTION_DAYS"], and what nobody needs any more, of
    whatever age. How many rows of each kind there were."""
    days = conf.get("RETENTION_DAYS")
    return delete_left_over() if days is None else Outdated.after(days).delete()
