from django.db import migrations

import chatkit.fields


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit", "0002_tool_call"),
    ]

    operations = [
        migrations.AlterField(
            model_name="feedback",
            name="item_id",
            field=chatkit.fields.ExactCharField(max_length=128, verbose_name="item id"),
        ),
        migrations.AlterField(
            model_name="session",
            name="session_id",
            field=chatkit.fields.ExactCharField(
                blank=True, max_length=128, null=True, unique=True, verbose_name="session id"
            ),
        ),
        migrations.AlterField(
            model_name="thread",
            name="upstream_id",
            field=chatkit.fields.ExactCharField(
                blank=True, max_length=128, null=True, unique=True, verbose_name="id at OpenAI"
            ),
        ),
        migrations.AlterField(
            model_name="threaditem",
            name="item_id",
            field=chatkit.fields.ExactCharField(max_length=128, verbose_name="item id"),
        ),
        migrations.AlterField(
            model_name="toolcall",
            name="item_id",
            field=chatkit.fields.ExactCharField(blank=True, max_length=128, verbose_name="item id"),
        ),
    ]
