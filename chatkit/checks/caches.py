"""Checks of the cache behind the rate limits: it must count, and for all processes together."""

from __future__ import annotations

from django.conf import settings
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.db import DatabaseCache
from django.core.cache.backends.dummy import DummyCache
from django.core.cache.backends.filebased import FileBasedCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.checks import CheckMessage, Error, Warning
from django.utils.module_loading import import_string

from .page import register

FIX = "Use a shared cache, such as Redis, in CACHES[{name!r}]."


def counting() -> str:
    """The name of the cache that counts, "" where nothing is to be counted."""
    if not getattr(settings, "RATELIMIT_ENABLE", True):
        return ""
    return str(getattr(settings, "RATELIMIT_USE_CACHE", "default"))


def _backend(name: str) -> type[BaseCache]:
    """The class of a cache. Raises what its import raises."""
    given = settings.CACHES[name]["BACKEND"]
    found: type[BaseCache] = import_string(given) if isinstance(given, str) else given
    return found


def keeps_nothing() -> bool:
    """Whether the cache that counts can't."""
    name = counting()
    try:
        return bool(name) and issubclass(_backend(name), DummyCache)
    except Exception:  # the check below says so
        return False


@register("chatkit")
def check_cache() -> list[CheckMessage]:
    """E041: the cache that counts calls is not there. W040: it keeps nothing."""
    name = counting()
    if not name or (name == "default" and name not in settings.CACHES):
        return []  # the latter is reported by Django's own checks
    try:
        backend = _backend(name)
    except Exception as error:  # a backend of the site's own may fail in any way
        fault = "is not there" if name not in settings.CACHES else f"can't be loaded ({error})"
        return [
            Error(
                f"CACHES[{name!r}], which counts calls for the rate limits, {fault}.",
                hint="Set CACHES, or name another cache in RATELIMIT_USE_CACHE.",
                id="chatkit.E041",
            )
        ]
    if not issubclass(backend, DummyCache):
        return []
    return [
        Warning(
            f"CACHES[{name!r}] keeps nothing: calls are not limited.",
            hint=f"{FIX.format(name=name)} Without limits on purpose: RATELIMIT_ENABLE = False.",
            id="chatkit.W040",
        )
    ]


@register("chatkit", deploy=True)
def check_shared_cache() -> list[CheckMessage]:
    """W042: the cache doesn't count exactly for several processes. With --deploy only."""
    name = counting()
    try:
        backend = _backend(name) if name else None
    except Exception:  # the check above says so
        return []
    if backend is None:
        return []
    if issubclass(backend, LocMemCache):
        fault = "counts in each process alone: with several, more calls pass than the limits say"
    elif issubclass(backend, FileBasedCache | DatabaseCache):
        fault = "loses counts of calls that come at once: more pass than the limits say"
    else:
        return []
    return [Warning(f"CACHES[{name!r}] {fault}.", hint=FIX.format(name=name), id="chatkit.W042")]
