"""Takes out of a database and a storage what the app has put there: all of it, or what an earlier
try has left, which may be any of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.recorder import MigrationRecorder

from .. import retention
from ..attachments.files import FilesRemain
from ..fulltext import sqlite
from ..hosted import agent_sessions
from ..knowledge import database
from ..models import AgentSession, Attachment

NAME = "chatkit"
CONTRIB = "chatkit.contrib."
# That no migration has made, and so none deletes.
MADE_WHEN_NEEDED = database.TABLES


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
        (len(agent_session_ids()), "sessions of agents at OpenAI"),
        (_permissions().count(), "permissions"),
        (_content_types().count(), "content types"),
        (_log_entries().count() if _has_log() else 0, "entries of the admin's log"),
    ):
        if count:
            yield f"{count} {what}"
    if known := [label for label in labels() if _tables_of(label) or _migrations_of(label)]:
        yield f"the tables of {', '.join(known)}"
    if others := _there(MADE_WHEN_NEEDED):
        yield f"the tables {', '.join(others)}"


def delete_what_is_elsewhere() -> int:
    """Delete files in the storage, FilesRemain where that fails, and sessions of agents at OpenAI.
    How many of those are left."""
    if Attachment in _models():
        retention.delete_attachments(Attachment.objects.all())
    for model, field in _file_fields():
        for row in _with_file(model, field).iterator():
            file = getattr(row, field.name)
            try:
                file.storage.delete(file.name)
            except Exception as error:
                name = type(error).__name__
                raise FilesRemain(f"A file of {model.__name__} remains ({name}).") from error
    if agent_session_ids():
        AgentSession.objects.update(thread=None)
        agent_sessions.delete_waiting()
    return len(agent_session_ids())


def agent_session_ids() -> list[str]:
    if AgentSession not in _models():
        return []
    return list(AgentSession.objects.values_list("pk", flat=True))


def delete_tables() -> None:
    """Delete the tables, by the migrations' own way back, and what Django keeps about them."""
    migrated = MigrationExecutor(connection).loader.migrated_apps
    ours = [label for label in labels() if label in migrated]
    if any(_migrations_of(label) and not _is_whole(label) for label in ours):
        # There is no way back from where a table is missing that should be there, as where each of
        # its steps stands at once, on MySQL and MariaDB, and one has failed.
        _drop_each(ours)
    for label in ours:
        call_command("migrate", label, "zero", interactive=False, verbosity=0, skip_checks=True)
    with connection.cursor() as cursor:
        for name in _there(MADE_WHEN_NEEDED):
            cursor.execute(f"DROP TABLE {connection.ops.quote_name(name)}")
    if _has_log():
        _log_entries().delete()
    _content_types().delete()  # and permissions with them, of people and groups too


def _drop_each(ours: list[str]) -> None:
    """Drop all tables of these apps that are there, and have Django forget the migrations."""
    tables = [*_there((sqlite.INDEX,)), *(name for label in ours for name in _tables_of(label))]
    with connection.constraint_checks_disabled(), connection.schema_editor() as editor:
        for name in tables:
            editor.execute(editor.sql_delete_table % {"table": editor.quote_name(name)})
        editor.deferred_sql.clear()
    recorder = MigrationRecorder(connection)
    for label in ours:
        for name in _migrations_of(label):
            recorder.record_unapplied(label, name)


def _there(names: Iterable[str]) -> list[str]:
    """Those of these tables that the database has."""
    known = set(connection.introspection.table_names())
    return [name for name in names if name in known]


def _tables_of(label: str) -> list[str]:
    return _there(_all_tables_of(label))


def _all_tables_of(label: str) -> list[str]:
    """Those that its models should have."""
    found = apps.get_app_config(label).get_models(include_auto_created=True)
    return [model._meta.db_table for model in found if _has_table(model)]


def _is_whole(label: str) -> bool:
    return _tables_of(label) == _all_tables_of(label)


def _migrations_of(label: str) -> list[str]:
    """The names of those that were applied."""
    applied = MigrationRecorder(connection).applied_migrations()
    return [name for known, name in applied if known == label]


def _has_table(model: type[models.Model]) -> bool:
    return model._meta.managed and not model._meta.proxy


def _models() -> list[type[models.Model]]:
    """Those whose table is there."""
    found = (model for label in labels() for model in apps.get_app_config(label).get_models())
    ours = {model._meta.db_table: model for model in found if _has_table(model)}
    return [ours[name] for name in _there(ours)]


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
