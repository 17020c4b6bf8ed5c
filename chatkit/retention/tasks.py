"""What `chatkit_prune` does, as one of Django's Tasks: `prune.enqueue()`, from a schedule.

Of Django 6.0 or newer, or of the package django-tasks; nothing else imports this module.
"""

from __future__ import annotations

try:
    from django.tasks import task  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    from django_tasks import task  # type: ignore[import-not-found, no-redef, unused-ignore]

from .. import conf
from .rows import Outdated, delete_left_over


@task  # type: ignore[untyped-decorator, unused-ignore]
def prune() -> dict[str, int]:
    """Delete what is older than CHATKIT["RETENTION_DAYS"], and what nobody needs any more, of
    whatever age. How many rows of each kind there were."""
    days = conf.get("RETENTION_DAYS")
    return delete_left_over() if days is None else Outdated.after(days).delete()
