"""Whether what readers see has changed: one row, written with each change and read per question.

The token is random: a counter that a transaction took back would count to the same number again,
with other articles.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models.signals import post_delete, post_save

from .models import Article, ArticleText, Phrasing, Revision

ONLY = 1  # the row's id


def touch() -> None:
    """Say that something has changed, in the transaction that changes it."""
    token = uuid.uuid4().hex
    if Revision.objects.filter(pk=ONLY).update(token=token):
        return
    try:
        with transaction.atomic():
            Revision.objects.create(pk=ONLY, token=token)
    except IntegrityError:  # another process made it just now
        Revision.objects.filter(pk=ONLY).update(token=token)


def token() -> str:
    """What it is now: one query. "" before the first change."""
    return Revision.objects.filter(pk=ONLY).values_list("token", flat=True).first() or ""


def connect_signals() -> None:
    for model in (Article, ArticleText, Phrasing):
        for signal in (post_save, post_delete):
            signal.connect(_changed, sender=model, dispatch_uid="chatkit_articles")


def _changed(**kwargs: Any) -> None:
    touch()
