from pathlib import Path
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ChatKitConfig(AppConfig):
    """The app. Loads no SDK: that costs seconds and is only needed to answer a message."""

    name = "chatkit"
    verbose_name = _("Chat assistant")
    default_auto_field = "django.db.models.BigAutoField"
    # The package has two folders on its path (see __init__), so say which one is the app.
    path = str(Path(__file__).parent)

    def ready(self) -> None:
        from . import checks, navigation, sessions, visitors  # noqa: F401  (registers checks)
        from .api import logs
        from .attachments import files
        from .hosted import agent_sessions

        navigation.autodiscover()
        agent_sessions.connect_signals()
        files.connect_signals()
        logs.hide_keys()
        sessions.connect_signals()
        visitors.connect_signals()
        post_migrate.connect(_end_runs, sender=self, dispatch_uid="chatkit.runs")
        post_migrate.connect(_index_words, sender=self, dispatch_uid="chatkit.fulltext")


def _index_words(using: str, **kwargs: Any) -> None:
    from .fulltext import sqlite

    sqlite.ensure(connections[using])


def _end_runs(**kwargs: Any) -> None:
    """The tables were made or emptied, as after each of Django's transaction tests: what runs in
    this process is of before, and its connections would keep a test's database from being
    dropped. A server's own loop is left alone."""
    from .selfhosted.runs import lifecycle, process

    existing = process.existing()
    if existing is not None and existing.loop_thread is not None:
        lifecycle.stop_all()
        process.close()
