from django.conf import settings
from django.db import migrations, models

import chatkit.fulltext.field


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit", "0012_thread_titled_by"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="deleted_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="deleted"
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="last_line",
            field=models.CharField(blank=True, editable=False, max_length=160, null=True),
        ),
        migrations.AddField(
            model_name="thread",
            name="place",
            field=models.PositiveSmallIntegerField(
                choices=[(0, "Pinned"), (1, "In the list"), (2, "Archived")],
                default=1,
                editable=False,
                verbose_name="place in the list",
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="title_words",
            field=chatkit.fulltext.field.WordsField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="threaditem",
            name="words",
            field=chatkit.fulltext.field.WordsField(blank=True, editable=False, null=True),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(
                fields=["user", "workflow_id", "place", "-updated_at", "-id"],
                name="chatkit_thread_list",
            ),
        ),
        migrations.AddIndex(
            model_name="thread",
            index=models.Index(fields=["deleted_at"], name="chatkit_thread_deleted"),
        ),
    ]
