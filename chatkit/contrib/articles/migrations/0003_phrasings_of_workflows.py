from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("chatkit_articles", "0002_workflows")]

    operations = [
        migrations.AddField(
            model_name="phrasing",
            name="workflow_id",
            field=models.CharField(
                blank=True,
                db_default="",
                default="",
                editable=False,
                max_length=128,
                verbose_name="workflow",
            ),
        ),
        migrations.AddConstraint(
            model_name="phrasing",
            constraint=models.UniqueConstraint(
                fields=("slug", "language", "workflow_id", "key"),
                name="chatkit_articles_phrasing_once",
            ),
        ),
        # Last, so that there is one at each moment: old code may write meanwhile.
        migrations.RemoveConstraint(
            model_name="phrasing",
            name="chatkit_articles_one_phrasing",
        ),
    ]
