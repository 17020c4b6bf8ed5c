"""Takes out of a database and a storage what the app has put there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor

from .. import retention
from ..attachments.files import FilesRemain
from ..hosted import agent_sessions
from ..models import AgentSession, Attachment

NAME = "chatkit"
CONTRIB = "chatkit.contrib."


def labels() -> list[str]:
    """The labels of our apps that are installed, the optional ones first."""
    ours = [each for each in apps.get_app_configs() if _is_ours(each.name)]
    return sorted((each.label for each in ours), key=lambda label: label == NAME)


def _is_ours(name: str) -> bool:
    return name == NAME or name.startswith(CONTRIB)


def apps_that_need_it() -> list[str]:
    """Labels of other apps whose tables or migrations refer to ours."""
    ours = set(labels())
    executor = MigrationExecutor(connection)
    known = [(label, None) for label in ours if label in executor.loader.migrated_apps]
    plan = executor.migration_plan(known)
    found = {migration.app_label for migration, _backwards in plan}
    for model in apps.get_models():
        for field in model._meta.get_fields():
            to = field.related_model
            if field.concrete and isinstance(to, type) and to._meta.app_label in ours:
                found.add(model._meta.app_label)
    return sorted(found - ours)


def told() -> Iterator[str]:
    """What would be deleted, a line each; of kinds of which there are none, none."""
    for model in _models():
        if count := model._default_manager.count():
            yield f"{count} {model._meta.verbose_name_plural}"
    files = sum(_with_file(model, field).count() for model, field in _file_fields())
    for count, what in (
        (files, "files in the storage"),
        (AgentSession.objects.count(), "sessions of agents at OpenAI"),
        (_permissions().count(), "permissions"),
        (_content_types().count(), "content types"),
        (_log_entries().count() if _has_log() else 0, "entries of the admin's log"),
    ):
        if count:
            yield f"{count} {what}"
    yield f"the tables of {', '.join(labels())}"


def delete_what_is_elsewhere() -> int:
    """Delete files in the storage, FilesRemain where that fails, and sessions of agents at OpenAI.
    How many of those are left."""
    retention.delete_attachments(Attachment.objects.all())
    for model, field in _file_fields():
        for row in _with_file(model, field).iterator():
            file = getattr(row, field.name)
            try:
                file.storage.delete(file.name)
            except Exception as error:
                name = type(error).__name__
                raise FilesRemain(f"A file of {model.__name__} remains ({name}).") from error
    AgentSession.objects.update(thread=None)
    agent_sessions.delete_waiting()
    return AgentSession.objects.count()


def agent_session_ids() -> list[str]:
    return list(AgentSession.objects.values_list("pk", flat=True))


def delete_tables() -> None:
    """Delete the tables, by the migrations' own way back, and what Django keeps about them."""
    migrated = MigrationExecutor(connection).loader.migrated_apps
    for label in labels():
        if label not in migrated:
            continue
        call_command("migrate", label, "zero", interactive=False, verbosity=0, skip_checks=True)
    if _has_log():
        _log_entries().delete()
    _content_types().delete()  # and permissions with them, of people and groups too


def _models() -> list[type[models.Model]]:
    """Those that have a table."""
    found = (model for label in labels() for model in apps.get_app_config(label).get_models())
    return [model for model in found if model._meta.managed and not model._meta.proxy]


def _file_fields() -> Iterator[tuple[type[models.Model], models.FileField]]:
    for model in _models():
        for field in model._meta.get_fields():
            if isinstance(field, models.FileField):
                yield model, field


def _with_file(model: type[models.Model], field: models.FileField) -> models.QuerySet[Any]:
    return model._default_manager.exclude(**{field.name: ""}).only("pk", field.name)


def _content_types() -> models.QuerySet[ContentType]:
    return ContentType.objects.filter(app_label__in=labels())


def _permissions() -> models.QuerySet[Permission]:
    return Permission.objects.filter(content_type__in=_content_types())


def _has_log() -> bool:
    return apps.is_installed("django.contrib.admin")


def _log_entries() -> models.QuerySet[Any]:
    entries = apps.get_model("admin", "LogEntry")._default_manager
    found: models.QuerySet[Any] = entries.filter(content_type__in=_content_types())
    return found
