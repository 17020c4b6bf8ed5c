from django.db import migrations

import chatkit.fields
import chatkit.models


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit", "0003_exact_ids"),
    ]

    operations = [
        migrations.AlterField(
            model_name="toolcall",
            name="id",
            field=chatkit.fields.ExactCharField(
                default=chatkit.models.new_tool_call_id,
                editable=False,
                max_length=64,
                primary_key=True,
                serialize=False,
            ),
        ),
    ]
