"""Checks of a database with tenants: whether the answers reach the right one."""

from __future__ import annotations

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import DEFAULT_CACHE_ALIAS
from django.core.checks import CheckMessage, Error, Warning
from django.utils.module_loading import import_string

from .. import conf
from .caches import counting
from .databases import our_apps
from .page import register
from .values import is_sound

PARTS = ("current", "entered", "all")
DJANGO_TENANTS = "chatkit.selfhosted.tenants.DjangoTenants"


@register("chatkit")
def check_scope() -> list[CheckMessage]:
    """E061: CONNECTION_SCOPE names no such class, or django-tenants is there without it."""
    if not is_sound("CONNECTION_SCOPE"):
        return []
    path = conf.get("CONNECTION_SCOPE")
    fault = _fault(path)
    if not path and _has_django_tenants():
        fault = "There are tenants, and no CHATKIT['CONNECTION_SCOPE']: no answer finds its tables."
    if not fault:
        return []
    return [
        Error(
            fault,
            hint=f"For django-tenants it is {DJANGO_TENANTS!r}; else a class with "
            f"{', '.join(f'{name}()' for name in PARTS)}.",
            id="chatkit.E061",
        )
    ]


def _fault(path: str | None) -> str:
    if not path:
        return ""
    try:
        made = import_string(path)()
    except Exception as error:  # the site's own class may fail in any way
        return f"CHATKIT['CONNECTION_SCOPE'] can't be made ({type(error).__name__}: {error})."
    missing = [name for name in PARTS if not callable(getattr(made, name, None))]
    return f"CHATKIT['CONNECTION_SCOPE'] has no {missing[0]}()." if missing else ""


@register("chatkit")
def check_tenant_apps() -> list[CheckMessage]:
    """E062: `chatkit`, or an optional app of it, and the user model are not in the same schemas."""
    shared, own = (getattr(settings, name, ()) for name in ("SHARED_APPS", "TENANT_APPS"))
    if not _has_django_tenants():
        return []
    people = get_user_model()._meta.app_config.name
    # One message for each app of ours.
    apart = {
        app.name: name
        for app in our_apps()
        for name, listed in (("TENANT_APPS", own), ("SHARED_APPS", shared))
        if _lists(listed, app.name) != _lists(listed, people)
    }
    return [
        Error(
            f"Of {app!r} and {people!r}, which has the user model, {name} has only one.",
            hint="Conversations belong to people: list both in TENANT_APPS, or in SHARED_APPS.",
            id="chatkit.E062",
        )
        for app, name in apart.items()
    ]


@register("chatkit")
def check_cache() -> list[CheckMessage]:
    """W073: a cache that keeps something by people's primary keys knows no tenants."""
    if not _has_django_tenants():
        return []
    kept = {DEFAULT_CACHE_ALIAS: "what they found by '@'"}
    if name := counting():
        kept[name] = f"their limits, and {kept[name]}" if name in kept else "their limits"
    return [
        Warning(
            f"CACHES[{name!r}] has no KEY_FUNCTION: people of two tenants who have the same "
            f"primary key share {what}.",
            hint="Give it 'django_tenants.cache.make_key'.",
            id="chatkit.W073",
        )
        for name, what in kept.items()
        # One that is not there is what E041 or Django's own checks are about.
        if name in settings.CACHES and not settings.CACHES[name].get("KEY_FUNCTION")
    ]


def _has_django_tenants() -> bool:
    return any(config.name == "django_tenants" for config in apps.get_app_configs())


def _lists(listed: object, name: str) -> bool:
    """Whether a list of apps names this one, or its configuration."""
    entries = listed if isinstance(listed, list | tuple) else ()
    return any(str(entry) == name or str(entry).startswith(f"{name}.apps.") for entry in entries)


@register("chatkit")
def check_articles() -> list[CheckMessage]:
    """W063: the articles of the database, which a process keeps for all, where tenants have their
    own tables."""
    if not is_sound("CONNECTION_SCOPE") or not conf.get("CONNECTION_SCOPE"):
        return []
    if not apps.is_installed("chatkit.contrib.articles"):
        return []
    return [
        Warning(
            "chatkit.contrib.articles keeps articles for the whole process, and "
            "CHATKIT['CONNECTION_SCOPE'] is set.",
            hint="Leave it out, or readers get another tenant's articles; use folders instead.",
            id="chatkit.W063",
        )
    ]
