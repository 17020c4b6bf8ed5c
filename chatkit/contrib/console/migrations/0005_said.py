import django.db.models.deletion
from django.db import migrations, models

# As in `said.models.Indexed`. Of PostgreSQL itself: it needs no extension, so no right to make one.
NAME = "chatkit_console_said_words"
INDEX = (
    f"CREATE INDEX {NAME} ON chatkit_console_said USING gin"
    " (array_to_tsvector(string_to_array(btrim(words), ' ')))"
)


def add_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(INDEX)


def remove_index(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP INDEX {NAME}")


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit", "0005_run_editors_told_at"),
        ("chatkit_console", "0004_budgets_and_switch"),
    ]

    operations = [
        migrations.CreateModel(
            name="Said",
            fields=[
                (
                    "thread",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="chatkit_console_said",
                        serialize=False,
                        to="chatkit.thread",
                    ),
                ),
                ("as_of", models.DateTimeField()),
                ("words", models.TextField()),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["as_of"], name="chatkit_console_said_as_of")],
            },
        ),
        migrations.RunPython(add_index, remove_index),
    ]
