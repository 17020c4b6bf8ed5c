"""Whether what readers see has changed: one row, written with each change and read per question.

The token is random: a counter that a transaction took back would count to the same number again,
with other articles.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import connections, router
from django.db.models.signals import post_delete, post_save

from .models import Article, ArticleText, Phrasing, Revision

ONLY = 1  # the row's id


def touch() -> None:
    """Say that something has changed, in the transaction that changes it."""
    features = connections[router.db_for_write(Revision)].features
    # In one statement: with two, MariaDB sees deadlocks where several make the first row.
    Revision.objects.bulk_create(
        [Revision(pk=ONLY, token=uuid.uuid4().hex)],
        update_conflicts=True,
        update_fields=["token"],
        unique_fields=["id"] if features.supports_update_conflicts_with_target else None,
    )


def token() -> str:
    """What it is now: one query. "" before the first change."""
    return Revision.objects.filter(pk=ONLY).values_list("token", flat=True).first() or ""


def connect_signals() -> None:
    for model in (Article, ArticleText, Phrasing):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid="chatkit_articles")


def _changed(**kwargs: Any) -> None:
    touch()
