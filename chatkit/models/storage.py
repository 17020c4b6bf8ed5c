"""Where people's files are kept: STORAGES["chatkit"], else the site's default storage."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, default_storage, storages
from django.core.signals import setting_changed
from django.utils.functional import SimpleLazyObject, empty

ALIAS = "chatkit"


def _chosen() -> Any:
    return storages[ALIAS] if ALIAS in settings.STORAGES else default_storage


# Looked up at its first use, since tests change the settings.
file_storage: Any = SimpleLazyObject(_chosen)


def files() -> Storage:
    """The storage as a model field takes it; migrations name this function, not a storage."""
    storage: Storage = file_storage
    return storage


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting in ("STORAGES", "MEDIA_ROOT"):
        file_storage._wrapped = empty


setting_changed.connect(_forget, dispatch_uid="chatkit.storage")
