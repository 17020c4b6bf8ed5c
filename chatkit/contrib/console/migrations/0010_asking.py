from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit_console", "0009_question_vectors"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        # First the new one: MySQL keeps an index for the foreign key `group` at all times.
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["group", "asked_at", "user"], name="chatkit_console_asking"),
        ),
        migrations.RemoveIndex(model_name="question", name="chatkit_console_latest"),
    ]
