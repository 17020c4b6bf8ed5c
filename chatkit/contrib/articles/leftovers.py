"""What is kept by an article's name goes with it: an article that is made under the same name later
is another one."""

from __future__ import annotations

from django.db.models.signals import post_delete

from ...knowledge.library import folder_slugs
from .models import Article, Phrasing, Vote


def connect_signals() -> None:
    post_delete.connect(_forget, sender=Article, dispatch_uid="chatkit_articles_leftovers")


def _forget(instance: Article, using: str, **kwargs: object) -> None:
    """Not where a folder has an article of this name: readers see that from now on."""
    if instance.slug in folder_slugs():
        return
    for model in (Phrasing, Vote):
        model._default_manager.using(using).filter(slug=instance.slug).delete()
