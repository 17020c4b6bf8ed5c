"""What became of each question, what was searched for it and what was cited."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="run",
            name="cited",
            field=models.JSONField(blank=True, default=list, editable=False, verbose_name="cited"),
        ),
        migrations.AddField(
            model_name="run",
            name="outcome",
            field=models.CharField(
                blank=True,
                choices=[
                    ("answered", "Answered"),
                    ("clarified", "Asked back"),
                    ("not_found", "No answer found"),
                    ("refused", "Refused"),
                    ("handed_over", "Handed over"),
                    ("failed", "Failed"),
                    ("stopped", "Stopped"),
                    ("interrupted", "Interrupted"),
                    ("unknown", "Unknown"),
                ],
                default="",
                editable=False,
                max_length=16,
                verbose_name="outcome",
            ),
        ),
        migrations.AddField(
            model_name="run",
            name="searched",
            field=models.JSONField(
                blank=True, default=list, editable=False, verbose_name="searched"
            ),
        ),
        migrations.AddIndex(
            model_name="run",
            index=models.Index(
                fields=["outcome", "-created_at", "-id"], name="chatkit_run_outcome"
            ),
        ),
    ]
