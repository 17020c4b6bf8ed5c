"""Fills in the words by which a search finds what was said before, then makes the index of them.

Each batch is committed on its own, and a migration that was broken off begins again where it was.
SQLite's index is made after each `migrate`: see `chatkit.fulltext.sqlite`.
"""

from django.db import migrations

from chatkit.fulltext.lookup import POSTGRES_INDEX
from chatkit.threads.filling import fill

NAME = "chatkit_item_words"
TABLE = "chatkit_threaditem"


def fill_words(apps, schema_editor):
    models = (apps.get_model("chatkit", name) for name in ("Thread", "ThreadItem"))
    fill(*models, using=schema_editor.connection.alias)


def add_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema_editor.execute(f"CREATE INDEX IF NOT EXISTS {NAME} ON {TABLE} {POSTGRES_INDEX}")
    elif connection.vendor == "mysql" and not _has_index(connection):
        schema_editor.execute(f"ALTER TABLE {TABLE} ADD FULLTEXT INDEX {NAME} (words)")


def remove_index(apps, schema_editor):
    connection = schema_editor.connection
    if connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX IF EXISTS {NAME}")
    elif connection.vendor == "mysql" and _has_index(connection):
        schema_editor.execute(f"ALTER TABLE {TABLE} DROP INDEX {NAME}")
    elif connection.vendor == "sqlite":
        # The column goes next, which its triggers name.
        with connection.cursor() as cursor:
            for kind in ("insert", "update", "delete"):
                cursor.execute(f"DROP TRIGGER IF EXISTS chatkit_threaditem_words_{kind}")
            cursor.execute("DROP TABLE IF EXISTS chatkit_threaditem_words")


def _has_index(connection):
    with connection.cursor() as cursor:
        return NAME in connection.introspection.get_constraints(cursor, TABLE)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("chatkit", "0013_thread_list")]

    operations = [
        migrations.RunPython(fill_words, migrations.RunPython.noop),
        migrations.RunPython(add_index, remove_index),
    ]
