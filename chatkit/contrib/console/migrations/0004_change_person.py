from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from chatkit.models.table_locks import LockTables

WITHHELD = "…"


def _key_of(row: Any) -> Any:
    """The key of the user that the change names; None also where it was taken out before."""
    key = row.after.get("user") or row.before.get("user")
    return None if key == WITHHELD else key


def forget_names(apps, schema_editor):
    """Of changes from before: whom they are about stands in `person` alone."""
    alias = schema_editor.connection.alias
    changes = apps.get_model("chatkit_console", "change").objects.using(alias)
    budgets = apps.get_model("chatkit_console", "budget").objects.using(alias)
    users = apps.get_model(settings.AUTH_USER_MODEL)._base_manager.using(alias)
    rows = changes.filter(kind="budget").order_by("pk")
    # Where a change is of another field, the row of the budget says it, or another change of it.
    there = {str(pk): user for pk, user in budgets.values_list("pk", "user")}
    about: dict[str, Any] = {pk: user for pk, user in there.items() if user is not None}
    for row in rows.iterator():
        if user := _key_of(row):
            about.setdefault(row.object_id, user)
    for row in rows.iterator():
        user = _key_of(row) or about.get(row.object_id)
        if not user and row.object_id in there:
            continue
        # Of a budget that is gone nobody knows any more whether its name is a person's.
        if user:
            row.person_id = users.filter(pk=user).values_list("pk", flat=True).first()
        row.name = f"#{row.object_id}"
        for side in (row.before, row.after):
            if side.get("user"):
                side["user"] = WITHHELD
        row.save(update_fields=["person", "name", "before", "after"])


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit_console", "0003_exact_names"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        LockTables("change", settings.AUTH_USER_MODEL),
        migrations.AddField(
            model_name="change",
            name="person",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.RunPython(forget_names, migrations.RunPython.noop),
    ]
