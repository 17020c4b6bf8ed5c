"""What the tasks that pages begin share: `django.tasks`, before Django 6.0 its backport
`django-tasks`, and work without either. And when work can't go to another thread."""

from __future__ import annotations

import importlib
from typing import Any

from django.db import connection


def task_library() -> Any:
    """What makes a function a task; None where there is no library for tasks."""
    for name in ("django.tasks", "django_tasks"):
        try:
            return importlib.import_module(name)
        except ImportError:
            continue
    return None


def runs_at_once(task: Any) -> bool:
    """Whether it would run within the call that enqueues it, as a plain function does."""
    return (
        not hasattr(task, "get_backend") or type(task.get_backend()).__name__ == "ImmediateBackend"
    )


def needs_this_connection() -> bool:
    """Whether another connection than this thread's would not see what it has written: inside a
    transaction, and in a SQLite database in memory. Both are what tests have."""
    return connection.in_atomic_block or (
        connection.vendor == "sqlite" and connection.is_in_memory_db()  # type: ignore[attr-defined]
    )
