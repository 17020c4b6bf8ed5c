from decimal import Decimal

import django.core.serializers.json
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
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
    initial = True
    # Those of before the first release.
    replaces = [
        ("chatkit_console", "0002_daily_figures"),
        ("chatkit_console", "0003_unanswered"),
        ("chatkit_console", "0004_budgets_and_switch"),
        ("chatkit_console", "0005_said"),
        ("chatkit_console", "0006_reviews"),
        ("chatkit_console", "0007_evaluations"),
        ("chatkit_console", "0008_reading"),
        ("chatkit_console", "0009_question_vectors"),
        ("chatkit_console", "0010_asking"),
        ("chatkit_console", "0011_long_periods"),
    ]

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
        ("chatkit", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Console",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
            ],
            options={
                "verbose_name": "console",
                "verbose_name_plural": "console",
                "permissions": [("view_console", "Can view the console")],
                "managed": False,
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Day",
            fields=[
                ("day", models.DateField(primary_key=True, serialize=False)),
                ("made_at", models.DateTimeField(null=True)),
                ("stale", models.BooleanField(default=True)),
                ("summary", models.JSONField(null=True)),
                ("summed", models.BooleanField(db_default=False, default=False)),
            ],
            options={
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="EvaluationSet",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "name",
                    models.SlugField(
                        allow_unicode=True, max_length=64, unique=True, verbose_name="name"
                    ),
                ),
                (
                    "workflow_id",
                    models.CharField(
                        blank=True, default="", max_length=128, verbose_name="workflow"
                    ),
                ),
                (
                    "bar",
                    models.FloatField(
                        blank=True,
                        null=True,
                        validators=[
                            django.core.validators.MinValueValidator(0),
                            django.core.validators.MaxValueValidator(1),
                        ],
                        verbose_name="bar",
                    ),
                ),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="created"),
                ),
            ],
            options={
                "verbose_name": "evaluation set",
                "verbose_name_plural": "evaluation sets",
                "ordering": ["name"],
                "default_permissions": ("change",),
            },
        ),
        migrations.CreateModel(
            name="Switch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "workflow_id",
                    models.CharField(
                        blank=True,
                        help_text="Empty: the whole site.",
                        max_length=128,
                        unique=True,
                        verbose_name="workflow",
                    ),
                ),
                (
                    "offline",
                    models.BooleanField(
                        default=True,
                        help_text="It takes no questions, at once. Answers that are being written go on.",
                        verbose_name="offline",
                    ),
                ),
                (
                    "notice",
                    models.TextField(
                        blank=True,
                        help_text="What people read meanwhile. Empty: a sentence in their language.",
                        max_length=500,
                        verbose_name="notice",
                    ),
                ),
            ],
            options={
                "verbose_name": "offline switch",
                "verbose_name_plural": "offline switches",
                "ordering": ["workflow_id"],
                "permissions": [("use_offline", "Can use the assistant while it is offline")],
            },
        ),
        migrations.CreateModel(
            name="Budget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "workflow_id",
                    models.CharField(
                        blank=True,
                        help_text="Empty: every workflow.",
                        max_length=128,
                        verbose_name="workflow",
                    ),
                ),
                (
                    "each_person",
                    models.BooleanField(
                        default=False,
                        help_text="Each person may use the whole amount. Otherwise all share it.",
                        verbose_name="for each person",
                    ),
                ),
                (
                    "amount",
                    models.DecimalField(
                        decimal_places=2,
                        max_digits=14,
                        validators=[django.core.validators.MinValueValidator(Decimal("0.01"))],
                        verbose_name="amount",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("messages", "Messages"),
                            ("tokens", "Tokens"),
                            ("money", "Money"),
                        ],
                        default="messages",
                        max_length=16,
                        verbose_name="counted in",
                    ),
                ),
                (
                    "span",
                    models.CharField(
                        choices=[("day", "Day"), ("month", "Month")],
                        default="day",
                        help_text="It begins anew at midnight in the site's time zone.",
                        max_length=8,
                        verbose_name="period",
                    ),
                ),
                ("active", models.BooleanField(default=True, verbose_name="active")),
                (
                    "group",
                    models.ForeignKey(
                        blank=True,
                        help_text="Only who is in this group.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="auth.group",
                        verbose_name="group",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        help_text="Empty: everybody.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="person",
                    ),
                ),
            ],
            options={
                "verbose_name": "budget",
                "verbose_name_plural": "budgets",
                "ordering": ["pk"],
            },
        ),
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("user_name", models.CharField(blank=True, max_length=150)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("added", "Added"),
                            ("changed", "Changed"),
                            ("deleted", "Deleted"),
                        ],
                        max_length=8,
                    ),
                ),
                ("kind", models.CharField(max_length=64)),
                ("object_id", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=200)),
                (
                    "before",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "after",
                    models.JSONField(
                        default=dict, encoder=django.core.serializers.json.DjangoJSONEncoder
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="DayArticle",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("gone", models.BooleanField(default=False)),
                ("answers", models.IntegerField(default=0)),
                ("down", models.IntegerField(default=0)),
                ("article", models.CharField(max_length=200)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["day"], name="chatkit_console_articles")],
            },
        ),
        migrations.CreateModel(
            name="DayFigures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("gone", models.BooleanField(default=False)),
                ("answers", models.IntegerField(default=0)),
                ("down", models.IntegerField(default=0)),
                ("workflow_id", models.CharField(blank=True, max_length=128)),
                ("model", models.CharField(blank=True, max_length=128)),
                ("tokens_in", models.BigIntegerField(default=0)),
                ("tokens_cached", models.BigIntegerField(default=0)),
                ("tokens_out", models.BigIntegerField(default=0)),
                ("outcome", models.CharField(blank=True, max_length=16)),
                ("error", models.CharField(blank=True, max_length=64)),
                ("first", models.JSONField(default=dict)),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["day"], name="chatkit_console_figures")],
            },
        ),
        migrations.CreateModel(
            name="Evaluation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                (
                    "label",
                    models.CharField(blank=True, default="", max_length=64, verbose_name="label"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("waiting", "Waiting"),
                            ("running", "Running"),
                            ("done", "Done"),
                            ("broken", "Broken off"),
                        ],
                        default="waiting",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("error", models.CharField(blank=True, default="", max_length=255)),
                ("workflow_id", models.CharField(max_length=128)),
                ("model", models.CharField(blank=True, default="", max_length=128)),
                ("total", models.PositiveIntegerField(default=0)),
                ("asked", models.PositiveIntegerField(default=0)),
                ("passed", models.PositiveIntegerField(default=0)),
                ("tokens_in", models.BigIntegerField(default=0)),
                ("tokens_cached", models.BigIntegerField(default=0)),
                ("tokens_out", models.BigIntegerField(default=0)),
                ("created_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("beat_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("ended_at", models.DateTimeField(null=True)),
                (
                    "started_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "evaluation_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="runs",
                        to="chatkit_console.evaluationset",
                    ),
                ),
            ],
            options={
                "ordering": ["-number"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation_set", "number"),
                        name="chatkit_console_evaluation_number",
                    )
                ],
            },
        ),
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
                        on_delete=django.db.models.deletion.SET_NULL,
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
        migrations.CreateModel(
            name="QuestionGroup",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=40, unique=True)),
                ("terms", models.JSONField(default=list, editable=False)),
                ("names", models.JSONField(default=list, editable=False)),
                ("vector", models.BinaryField(null=True)),
                ("vector_of", models.CharField(blank=True, editable=False, max_length=64)),
                ("language", models.CharField(blank=True, max_length=16, verbose_name="language")),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("drafted", "Being written"),
                            ("answered", "Answered by an article"),
                            ("dismissed", "Not for us"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                ("article", models.CharField(blank=True, max_length=200, verbose_name="article")),
                ("marked_at", models.DateTimeField(null=True, verbose_name="marked")),
                (
                    "marked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="marked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "unanswered question",
                "verbose_name_plural": "unanswered questions",
                "default_permissions": ("change",),
            },
        ),
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="chatkit_console_question",
                        serialize=False,
                        to="chatkit.run",
                    ),
                ),
                ("asked_at", models.DateTimeField()),
                ("down", models.BooleanField(default=False)),
                ("pending", models.BooleanField(default=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "group",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="chatkit_console.questiongroup",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["asked_at", "group", "user"], name="chatkit_console_asked"
                    ),
                    models.Index(
                        fields=["group", "asked_at", "user"], name="chatkit_console_asking"
                    ),
                    models.Index(fields=["pending", "asked_at"], name="chatkit_console_pending"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Reading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
                ("user_name", models.CharField(blank=True, max_length=150)),
                (
                    "action",
                    models.CharField(
                        choices=[
                            ("opened", "Opened"),
                            ("searched", "Searched"),
                            ("exported", "Exported"),
                        ],
                        max_length=8,
                    ),
                ),
                ("thread_id", models.CharField(blank=True, max_length=64)),
                ("what", models.CharField(blank=True, max_length=32)),
                (
                    "person",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "-pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Review",
            fields=[
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="chatkit_console_review",
                        serialize=False,
                        to="chatkit.run",
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[
                            ("down", "Thumbs down"),
                            ("reported", "Told the editors"),
                            ("added", "Added by an operator"),
                        ],
                        max_length=16,
                        verbose_name="source",
                    ),
                ),
                (
                    "reason",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("wrong", "Wrong"),
                            ("outdated", "Outdated"),
                            ("not_my_question", "Not my question"),
                            ("other", "Something else"),
                        ],
                        default="",
                        max_length=16,
                        verbose_name="reason",
                    ),
                ),
                (
                    "came_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="came in"),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("mended", "Mended"),
                            ("dismissed", "Dismissed"),
                        ],
                        default="open",
                        max_length=16,
                        verbose_name="status",
                    ),
                ),
                (
                    "notes",
                    models.TextField(blank=True, default="", max_length=2000, verbose_name="notes"),
                ),
                ("marked_at", models.DateTimeField(null=True, verbose_name="marked")),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="assigned to",
                    ),
                ),
                (
                    "marked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="marked by",
                    ),
                ),
            ],
            options={
                "verbose_name": "review",
                "verbose_name_plural": "reviews",
                "default_permissions": ("change",),
                "indexes": [
                    models.Index(
                        fields=["status", "-came_at", "-run"], name="chatkit_console_queue"
                    ),
                    models.Index(
                        fields=["came_at", "reason", "status"], name="chatkit_console_reasons"
                    ),
                ],
            },
        ),
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
        migrations.CreateModel(
            name="Spent",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("holder", models.CharField(blank=True, max_length=64)),
                ("begins", models.DateField()),
                ("messages", models.BigIntegerField(default=0)),
                ("tokens", models.BigIntegerField(default=0)),
                ("money", models.DecimalField(decimal_places=9, default=0, max_digits=20)),
                ("unpriced", models.BigIntegerField(default=0)),
                (
                    "budget",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="spent",
                        to="chatkit_console.budget",
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("budget", "begins", "holder"), name="chatkit_console_spent_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DayPerson",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("gone", models.BooleanField(default=False)),
                ("answers", models.IntegerField(default=0)),
                ("down", models.IntegerField(default=0)),
                ("workflow_id", models.CharField(blank=True, max_length=128)),
                ("model", models.CharField(blank=True, max_length=128)),
                ("tokens_in", models.BigIntegerField(default=0)),
                ("tokens_cached", models.BigIntegerField(default=0)),
                ("tokens_out", models.BigIntegerField(default=0)),
                ("failed", models.IntegerField(default=0)),
                ("not_found", models.IntegerField(default=0)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "default_permissions": (),
                "indexes": [models.Index(fields=["day"], name="chatkit_console_people")],
            },
        ),
        migrations.CreateModel(
            name="EvaluationResult",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=40)),
                ("question", models.TextField(max_length=2000, verbose_name="question")),
                (
                    "language",
                    models.CharField(
                        blank=True, default="", max_length=16, verbose_name="language"
                    ),
                ),
                (
                    "article",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="article"
                    ),
                ),
                (
                    "phrase",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="phrase"),
                ),
                (
                    "outcome",
                    models.CharField(
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
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                ("passed", models.BooleanField()),
                (
                    "got_outcome",
                    models.CharField(
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
                        max_length=16,
                    ),
                ),
                ("got_articles", models.JSONField(default=list)),
                ("got_text", models.TextField(blank=True, default="")),
                ("error", models.CharField(blank=True, default="", max_length=255)),
                ("duration_ms", models.PositiveIntegerField(default=0)),
                (
                    "evaluation",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="results",
                        to="chatkit_console.evaluation",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation", "key"), name="chatkit_console_result_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="EvaluationQuestion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(editable=False, max_length=40)),
                ("question", models.TextField(max_length=2000, verbose_name="question")),
                (
                    "language",
                    models.CharField(
                        blank=True, default="", max_length=16, verbose_name="language"
                    ),
                ),
                (
                    "article",
                    models.CharField(
                        blank=True, default="", max_length=200, verbose_name="article"
                    ),
                ),
                (
                    "phrase",
                    models.CharField(blank=True, default="", max_length=300, verbose_name="phrase"),
                ),
                (
                    "outcome",
                    models.CharField(
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
                        max_length=16,
                        verbose_name="outcome",
                    ),
                ),
                (
                    "evaluation_set",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="questions",
                        to="chatkit_console.evaluationset",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("evaluation_set", "key"), name="chatkit_console_question_once"
                    )
                ],
            },
        ),
        migrations.RunPython(add_index, remove_index, atomic=False),
    ]
