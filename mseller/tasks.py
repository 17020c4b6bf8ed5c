"""Who does the work that need not happen in a request, as the environment says it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from .environment import Environment

# What TASKS names, by the package django-tasks-db: `manage.py db_worker` does the work.
DATABASE = "database"


def settings(env: Environment) -> dict[str, Any]:
    """Django's own setting TASKS; without the variable the process does the work that began it."""
    if not _named(env):
        return {}
    return {"TASKS": {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}}


def apps(env: Environment) -> list[str]:
    return ["django_tasks_db"] if _named(env) else []


def _named(env: Environment) -> bool:
    name = env.str("TASKS", default="")
    if name not in ("", DATABASE):
        raise ImproperlyConfigured(f"TASKS is {name!r}; it can be {DATABASE!r}, or not set.")
    return bool(name)
