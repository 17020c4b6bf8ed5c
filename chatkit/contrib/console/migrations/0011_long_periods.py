import datetime
from collections import Counter
from itertools import groupby

from django.conf import settings
from django.db import migrations, models
from django.db.models import Min, Sum
from django.utils import timezone

COUNTED = ("answers", "down", "tokens_in", "tokens_cached", "tokens_out")
PEOPLE = (*COUNTED, "failed", "not_found")
KIND = ("workflow_id", "model", "outcome", "error")
BATCH = 500


def fill(apps, schema_editor):
    """The summaries of the days that are made up, and the sums of the months that are over."""
    day_model = apps.get_model("chatkit_console", "Day")
    figures = apps.get_model("chatkit_console", "DayFigures").objects
    made = set(day_model.objects.filter(stale=False).values_list("day", flat=True))
    rows = figures.order_by("day").values_list("day", *KIND, *COUNTED, "first")
    told = {day: {"kinds": [], "first": {}} for day in made}
    for day, of_day in groupby(rows.iterator(2000), key=lambda row: row[0]):
        if day in made:
            told[day] = _summary(of_day)
    days = [day_model(day=day, summary=summary) for day, summary in told.items()]
    day_model.objects.bulk_update(days, ["summary"], batch_size=100)
    first = day_model.objects.aggregate(first=Min("day"))["first"]
    while first and (month := first.replace(day=1)) < timezone.now().date().replace(day=1):
        after = (month + datetime.timedelta(31)).replace(day=1)
        _sum_up(apps, month, after - datetime.timedelta(1))
        first = after


def _summary(rows):
    kinds, first = {}, Counter()
    for _day, workflow_id, model, outcome, error, *counts, words in rows:
        key = (workflow_id, model, outcome, error)
        so_far = kinds.get(key, [0] * len(COUNTED))
        kinds[key] = [one + more for one, more in zip(so_far, counts, strict=True)]
        first.update(words or {})
    return {"kinds": [[*key, *counts] for key, counts in kinds.items()], "first": dict(first)}


def _sum_up(apps, month, last):
    days = apps.get_model("chatkit_console", "Day").objects.filter(day__range=(month, last))
    if days.filter(stale=True).exists():
        return
    month_model = apps.get_model("chatkit_console", "MonthPerson")
    people = apps.get_model("chatkit_console", "DayPerson").objects
    totals = {f"total_{name}": Sum(name) for name in PEOPLE}
    rows = people.filter(day__range=(month, last)).order_by().values("user_id", "model")
    found = rows.annotate(**totals).values_list("user_id", "model", *totals)
    made = [
        month_model(
            month=month,
            user_id=user_id,
            model=model,
            **{name: count or 0 for name, count in zip(PEOPLE, counts, strict=True)},
        )
        for user_id, model, *counts in found
        if any(counts)
    ]
    month_model.objects.bulk_create(made, batch_size=BATCH)
    days.update(summed=True)


class Migration(migrations.Migration):
    dependencies = [
        ("chatkit_console", "0010_asking"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField("day", "summary", models.JSONField(null=True)),
        migrations.AddField("day", "summed", models.BooleanField(default=False, db_default=False)),
        migrations.AddField("evaluation", "tokens_in", models.BigIntegerField(default=0)),
        migrations.AddField("evaluation", "tokens_cached", models.BigIntegerField(default=0)),
        migrations.AddField("evaluation", "tokens_out", models.BigIntegerField(default=0)),
        migrations.CreateModel(
            name="MonthPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("month", models.DateField()),
                ("model", models.CharField(blank=True, max_length=128)),
                ("answers", models.BigIntegerField(default=0)),
                ("down", models.BigIntegerField(default=0)),
                ("failed", models.BigIntegerField(default=0)),
                ("not_found", models.BigIntegerField(default=0)),
                ("tokens_in", models.BigIntegerField(default=0)),
                ("tokens_cached", models.BigIntegerField(default=0)),
                ("tokens_out", models.BigIntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["month"], name="chatkit_console_month")],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop, elidable=True),
    ]
