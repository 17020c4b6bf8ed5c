"""Where people's files are kept: STORAGES["chatkit"], else the site's default storage."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.storage import Storage, default_storage, storages
from django.core.signals import setting_changed
from django.utils.functional import LazyObject, empty

ALIAS = "chatkit"


class FileStorage(LazyObject):  # type: ignore[type-arg, unused-ignore]
    """Looked up at its first use, since models are made before the settings are complete."""

    def _setup(self) -> None:
        self._wrapped: Any = storages[ALIAS] if ALIAS in settings.STORAGES else default_storage


file_storage: Any = FileStorage()


def files() -> Storage:
    """The storage as a model field takes it; migrations name this function, not a storage."""
    storage: Storage = file_storage
    return storage


def _forget(*, setting: str, **kwargs: object) -> None:
    if setting in ("STORAGES", "MEDIA_ROOT"):
        file_storage._wrapped = empty


setting_changed.connect(_forget, dispatch_uid="chatkit.storage")
