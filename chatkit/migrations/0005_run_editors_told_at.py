"""When a reader asked the editors for an article on what was not found."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chatkit", "0004_run_key")]

    operations = [
        migrations.AddField(
            model_name="run",
            name="editors_told_at",
            field=models.DateTimeField(
                blank=True, editable=False, null=True, verbose_name="editors told"
            ),
        ),
    ]
